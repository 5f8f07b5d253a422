//! What no document of Tiendanube says, or two documents say differently, and the ways in which it can be.

use crate::variant::choices;

choices! {
    "tiendanube";

    /// Which header carries the token.
    auth_header: AuthHeader = Both "both" | Authentication "authentication" | Authorization "authorization";
    /// What the token may do.
    scope: Scope = Write "write" | Read "read" | None "none";
    /// Whether the store is paid for.
    store_state: StoreState = Active "active" | Unpaid "unpaid";
    /// Country of the store, which decides its currency and language.
    store_country: StoreCountry = Brazil "BR" | Argentina "AR";
    /// Whether the younger ids are above 2^53.
    big_ids: BigIds = Off "off" | On "on";
    /// Order of the list; with since_id it is always by id.
    list_order: ListOrder = Id "id" | IdDescending "id_desc" | Updated "updated" | Unstable "unstable";
    /// Whether the bounds of date filters are within.
    bounds: Bounds = Inclusive "inclusive" | Exclusive "exclusive";
    /// What a page behind the last one answers.
    past_end: PastEnd = NotFound "404" | Empty "empty";
    /// What a per_page above 200 does.
    per_page_over: PerPageOver = Clamped "clamped" | Refused "422";
    /// Whether lists carry a Link header.
    link: Link = Present "present" | Absent "absent";
    /// Whether lists carry a count, and a right one.
    total_count: TotalCount = Exact "exact" | High "high" | Absent "absent";
    /// Whether a list that asks for no page has pages all the same; two guides disagree.
    paging: Paging = Always "always" | Asked "asked";
    /// Whether the filter `ids` is known.
    ids_filter: IdsFilter = Known "known" | Ignored "ignored";
    /// Whether the undocumented filter `email` is known.
    email_filter: EmailFilter = Ignored "ignored" | Exact "exact";
    /// Spelling of dates.
    date_spelling: DateSpelling = Colon "colon" | NoColon "no_colon";
    /// Whether records hold the keys of later versions.
    payload: Payload = Newer "newer" | Document "document";
    /// How an empty `extra` is written.
    extra_empty: ExtraEmpty = Object "object" | Array "array";
    /// How an address writes what it does not have.
    address_blank: AddressBlank = Empty "empty" | Null "null";
    /// What a PUT does with fields that it leaves out.
    put: Put = Merge "merge" | Replace "replace";
    /// What a PUT does with addresses that its array leaves out.
    put_addresses: PutAddresses = Removed "removed" | Kept "kept";
    /// Whether values are stored as they are sent or tidied first.
    stored_form: StoredForm = AsSent "as_sent" | Tidied "tidied";
    /// Whether a change of note or extra alone moves updated_at.
    note_moves_updated_at: NoteMovesUpdatedAt = Yes "yes" | No "no";
    /// Whether a PUT that changes nothing moves updated_at.
    unchanged_put: UnchangedPut = Still "still" | Moves "moves";
    /// What an address in a PUT that says whether it is the default answers.
    default_in_put: DefaultInPut = Unprocessable "422" | BadRequest "400";
    /// What an e-mail answers that somebody else has.
    email_taken: EmailTaken = Field "422_field" | Rule "422_code" | Conflict "409" | BadRequest "400";
    /// Seconds until a write is seen by reads.
    visibility_delay: VisibilityDelay = None "0" | Five "5" | Sixty "60";
    /// What a DELETE that worked answers.
    delete_answer: DeleteAnswer = Object "200" | NoContent "204";
    /// What a DELETE of a customer with orders answers.
    delete_with_orders: DeleteWithOrders = Rule "422_code" | Flat "422_flat" | Conflict "409" | Forbidden "403" | BadRequest "400";
    /// What a deleted customer answers afterwards.
    deleted_answer: DeletedAnswer = NotFound "404" | Gone "410" | Forbidden "403" | Blank "200_empty";
    /// What an anonymised customer answers afterwards.
    redacted_answer: RedactedAnswer = NotFound "404" | Blanked "blanked";
    /// Shape of a refusal with 422.
    unprocessable: Unprocessable = Flat "flat" | Mixed "mixed" | CodeOnly "code_only";
    /// Shape of every other refusal.
    refusal_shape: RefusalShape = Code "code" | Error "error" | ErrorDescription "error_description" | Html "html";
    /// Shape of the refusal of a body that is no JSON.
    malformed_json: MalformedJson = Error "error" | Code "code";
    /// Status of a token that is not known; it may come as if all was well.
    unauthorized_status: UnauthorizedStatus = Unauthorized "401" | Ok "200";
    /// Whether a 404 has a description.
    not_found_text: NotFoundText = Text "text" | Null "null";
    /// How a 429 says when to come back.
    retry_after: RetryAfter = Absent "absent" | Seconds "seconds" | HttpDate "http_date";
    /// Size of the allowance: 40 with 2 a second, ten times that, or more than anybody can ask for.
    rate_plan: RatePlan = Basic "basic" | Large "large" | Endless "endless";
    /// Paths of a customer's own custom fields: read and written at one, written one below, or not there.
    custom_field_values: CustomFieldValues = Below "values_below" | Same "same_path" | Absent "absent";
    /// Dates in the answer to a new metafield: without a zone, as in the documents, or as everywhere else.
    metafield_dates: MetafieldDates = Mixed "mixed" | Offset "offset";
    /// How order lines write their quantity.
    order_quantity: OrderQuantity = Text "text" | Number "number";
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
