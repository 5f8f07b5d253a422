//! What the documents of Uappi leave open, lose in print or contradict, and the ways in which it can be.

use crate::variant::choices;

choices! {
    "uappi";

    /// Where `fields` is looked for; the table says the query, the example sends a body.
    fields_place: FieldsPlace = Both "both" | Query "query" | Body "body";
    /// Which keys are left when `fields` names some: the plain ones and the named, the named alone, those and the id, or all.
    fields_keys: FieldsKeys = Plain "plain_and_named" | Named "named" | NamedAndId "named_and_id" | All "all";
    /// What the numbers chosen by `fields` are called: as in other answers, or as they were asked for.
    fields_names: FieldsNames = Answer "answer" | Asked "asked";
    /// What totalOrderValue means; the document calls it the balance of the wallet.
    total_order_value: TotalOrderValue = Orders "order_value" | Wallet "wallet_amount";
    /// Whether a request without a JSON content type is refused, and how.
    untyped: Untyped = Unsupported "415" | BadRequest "400" | Accepted "accepted";
    /// What a body that is not JSON gives.
    malformed_body: MalformedBody = BadRequest "400" | ServerError "500";
    /// Whose answers are masked.
    masked: Masked = Flagged "flagged" | Never "never" | Always "always";
    /// How a masked part is written; the printed document shows what its renderer made of the asterisks.
    asterisks: Asterisks = Three "three" | Each "each" | Html "html";
    /// How GET writes a phone that was stored with its country code.
    get_phone: GetPhone = National "national" | AsStored "as_stored";
    /// Whether the answer to a PUT holds addresses, documents, flags and the last order.
    put_answer: PutAnswer = Slim "slim" | Full "full";
    /// What a protected field in a PUT does.
    protected: Protected = Ignored "ignored" | Refused "422";
    /// What a PUT does with a tradeName that it leaves out.
    absent_trade_name: AbsentTradeName = Kept "kept" | Cleared "cleared";
    /// Shape of the refusal of a PUT: the document's, or the one that GET has.
    put_refusal: PutRefusal = Plain "plain" | Coded "coded";
    /// Whether values are stored as they are sent or tidied first.
    stored_form: StoredForm = AsSent "as_sent" | Tidied "tidied";
    /// Seconds until a write is seen by reads.
    visibility_delay: VisibilityDelay = None "0" | Five "5" | Sixty "60";
    /// Which paths change a password: the document prints the one without a prefix.
    password_path: PasswordPath = Prefixed "prefixed" | Bare "bare" | Both "both";
    /// How a password that breaks a rule is refused.
    password_refusal: PasswordRefusal = Errors "422_errors" | Coded "422_coded" | BadRequest "400" | StatusFalse "200_false";
    /// Life of the tokens that the control API gives out, in minutes.
    token_minutes: TokenMinutes = Year "525600" | Hour "60" | One "1";
    /// Whether signing out makes the token worthless.
    logout: Logout = EndsToken "ends_token" | KeepsToken "keeps_token";
    /// Whether there is an allowance of 60 requests a minute.
    rate: Rate = None "off" | SixtyPerMinute "60";
    /// Whether a 429 says when to come back.
    retry_after: RetryAfter = Absent "absent" | Seconds "seconds" | HttpDate "http_date";
    /// Whether answers carry X-RateLimit-Limit and X-RateLimit-Remaining, as those of version 2 do.
    rate_headers: RateHeaders = Absent "absent" | Present "present";
    /// What a 429 holds.
    rate_body: RateBody = Coded "coded" | Message "message" | Blank "empty";
    /// What an inactive customer is answered.
    inactive: Inactive = Forbidden "403" | Shown "shown";
    /// What a deleted customer is answered.
    deleted: Deleted = NotFound "404" | Unauthenticated "401" | Shown "shown";
    /// What an anonymised customer is answered.
    redacted: Redacted = NotFound "404" | Unauthenticated "401" | Blanked "blanked";
    /// How money is written.
    money: Money = Number "number" | Text "text";
    /// Spelling of times; the printed document lost all but their end.
    date_spelling: DateSpelling = Offset "offset" | Zulu "z" | Micros "micros" | Blank "blank";
    /// How a text that is missing is written.
    blank: Blank = Null "null" | Empty "empty";
    /// How documents are written.
    documents: Documents = Punctuated "punctuated" | Digits "digits";
    /// Whether customers belong to a group of dealers.
    dealer_group: DealerGroup = Null "null" | Number "number";
    /// Whether the younger ids are above 2^53.
    big_ids: BigIds = Off "off" | On "on";
}

impl VisibilityDelay {
    pub(crate) fn seconds(self) -> i64 {
        match self {
            VisibilityDelay::None => 0,
            VisibilityDelay::Five => 5,
            VisibilityDelay::Sixty => 60,
        }
    }
}

impl TokenMinutes {
    pub(crate) fn number(self) -> i64 {
        match self {
            TokenMinutes::One => 1,
            TokenMinutes::Hour => 60,
            TokenMinutes::Year => 525_600,
        }
    }
}
