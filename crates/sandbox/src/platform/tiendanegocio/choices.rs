//! What no document of Tiendanegocio says, and the ways in which it can be.

use crate::variant::choices;

choices! {
    "tiendanegocio";

    /// How the token stands in the Authorization header.
    auth_form: AuthForm = Both "both" | Bare "bare" | Bearer "bearer";
    /// What the token may do.
    scope: Scope = Write "write" | Read "read" | None "none";
    /// Whether a request without User-Agent is refused with 400.
    user_agent: UserAgent = Optional "optional" | Required "required";
    /// Whether the younger ids are above 2^53.
    big_ids: BigIds = Off "off" | On "on";
    /// Order of the list; with since_id it is always by id.
    list_order: ListOrder = Id "id" | IdDescending "id_desc" | Updated "updated" | Unstable "unstable";
    /// Whether the bounds of date filters are within.
    bounds: Bounds = Inclusive "inclusive" | Exclusive "exclusive";
    /// What a page behind the last one answers.
    past_end: PastEnd = Empty "empty" | NotFound "404";
    /// Page size when none is asked for.
    per_page_default: PerPageDefault = Fifty "50" | Twenty "20" | Thirty "30";
    /// Largest page size.
    per_page_max: PerPageMax = TwoHundred "200" | Hundred "100" | Fifty "50";
    /// What a larger one does.
    per_page_over: PerPageOver = Clamped "clamped" | Refused "422";
    /// Whether next_page repeats the filters of the page it stands on; the document shows page and per_page alone.
    next_page: NextPage = KeepsFilters "keeps_filters" | LosesFilters "loses_filters";
    /// How the last page says that there is no next one.
    last_page: LastPage = Null "null" | Absent "absent" | Empty "empty";
    /// Whether the stated total is right.
    total_count: TotalCount = Exact "exact" | High "high" | Low "low";
    /// How the counts of the envelope are written.
    pagination_counts: PaginationCounts = Number "number" | Text "text";
    /// Whether since_id and other filters hold together, or since_id alone counts.
    since_id_filters: SinceIdFilters = Both "both" | Alone "alone";
    /// What a PUT does with fields that it leaves out.
    put: Put = Merge "merge" | Replace "replace";
    /// What a null in a body does.
    null_field: NullField = Clears "clears" | Ignored "ignored" | Refused "422";
    /// What a PUT does with the fields that answers show and no body lists: accepts_marketing and address.
    unlisted_fields: UnlistedFields = Ignored "ignored" | Stored "stored" | Refused "422";
    /// What a new customer has to have.
    required: Required = NameAndEmail "name_and_email" | Email "email" | Nothing "nothing";
    /// Status where an e-mail is taken.
    email_taken: EmailTaken = Unprocessable "422" | Conflict "409" | BadRequest "400" | Allowed "allowed";
    /// Shape of a refusal that names no field.
    error_shape: ErrorShape = Code "code" | Error "error" | Message "message";
    /// Shape of a refusal that names fields.
    unprocessable: Unprocessable = Flat "flat" | Errors "errors" | Mixed "mixed" | NoFields "no_fields";
    /// Whether values are stored as they are sent or tidied first, phones to digits.
    stored_form: StoredForm = AsSent "as_sent" | Tidied "tidied";
    /// Whether a PUT that changes nothing moves updated_at.
    unchanged_put: UnchangedPut = Still "still" | Moves "moves";
    /// Seconds until a write is seen by reads.
    visibility_delay: VisibilityDelay = None "0" | Five "5" | Sixty "60";
    /// What a DELETE that worked answers.
    delete_answer: DeleteAnswer = Object "200" | NoContent "204" | Blank "200_empty";
    /// What a DELETE does with a customer that has orders.
    delete_with_orders: DeleteWithOrders = Unprocessable "422" | Conflict "409" | Allowed "allowed";
    /// What a deleted customer answers afterwards.
    deleted_answer: DeletedAnswer = NotFound "404" | Gone "410" | Object "200_object";
    /// What an anonymised customer answers afterwards.
    redacted_answer: RedactedAnswer = NotFound "404" | Blanked "blanked";
    /// Spelling of dates.
    date_spelling: DateSpelling = Millis "millis" | Seconds "seconds" | Offset "offset" | NoColon "no_colon";
    /// How a text that is missing is written.
    blank: Blank = Null "null" | Empty "empty";
    /// What `address` holds: keys as other shops have them, Spanish ones, never more than `{}`, or always null.
    address: AddressShape = Keys "keys" | Spanish "spanish" | Object "object" | Null "null";
    /// What a customer without orders shows as the last one: nothing, or the 1 of the document.
    no_last_order: NoLastOrder = Null "null" | Document "document";
    /// How money is written.
    money: Money = Text "text" | Number "number";
    /// How a 429 says when to come back.
    retry_after: RetryAfter = Absent "absent" | Seconds "seconds" | HttpDate "http_date";
    /// Whether orders can be filtered by customer.
    orders_filter: OrdersFilter = Ignored "ignored" | CustomerId "customer_id";
}

impl PerPageDefault {
    pub(crate) fn number(self) -> usize {
        match self {
            PerPageDefault::Twenty => 20,
            PerPageDefault::Thirty => 30,
            PerPageDefault::Fifty => 50,
        }
    }
}

impl PerPageMax {
    pub(crate) fn number(self) -> usize {
        match self {
            PerPageMax::Fifty => 50,
            PerPageMax::Hundred => 100,
            PerPageMax::TwoHundred => 200,
        }
    }
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
