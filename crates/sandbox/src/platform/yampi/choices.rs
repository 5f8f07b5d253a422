//! What no document of Yampi says, or what its clients report otherwise, and the ways in which it can be.

use crate::variant::choices;

choices! {
    "yampi";

    /// How many stores the credentials open: the right one alone, with a closed one, or with another open one too.
    merchants: Merchants = Two "two" | One "one" | Several "several";
    /// Whether the store is in service; one that is not answers 403 to everything but the account.
    store_state: StoreState = Active "active" | Inactive "inactive";
    /// What an alias that is none of the account's answers.
    unknown_alias: UnknownAlias = NotFound "404" | Forbidden "403" | Unauthorized "401";
    /// What a request without the content type answers.
    content_type_missing: ContentTypeMissing = Refused "415" | BadRequest "400" | Tolerated "tolerated";
    /// Body of a 401.
    unauthorized_shape: UnauthorizedShape = Message "message" | ErrorKey "error" | Detail "detail" | Html "html";
    /// Body of other refusals; 422 and 429 keep theirs.
    error_shape: ErrorShape = Message "message" | ErrorKey "error" | Detail "detail" | Html "html";
    /// Body of a 422.
    unprocessable: Unprocessable = Errors "errors" | WithCode "with_code" | MessageOnly "message_only";
    /// Whether a 429 says in seconds when to come back.
    retry_after: RetryAfter = Absent "absent" | Seconds "seconds";
    /// When a minute of the allowance begins.
    rate_window: RateWindow = ClockMinute "clock_minute" | FirstRequest "first_request";
    /// Whether each route that writes has an allowance of its own, or all share one.
    write_allowance: WriteAllowance = PerRoute "per_route" | Shared "shared";
    /// Whether answers to a GET are kept for half an hour by their address.
    cache: Cache = On "on" | Off "off";
    /// Seconds until a write is seen by reads.
    visibility_delay: VisibilityDelay = None "0" | Five "5" | Sixty "60";

    /// What `data` of one customer is.
    detail_data: DetailData = Array "array" | Object "object";
    /// What `data` of the answer to a write is.
    write_data: WriteData = Object "object" | Array "array";
    /// Status of a customer that was created.
    create_status: CreateStatus = Created "201" | Ok "200";
    /// How `meta.pagination` writes its numbers.
    meta_numbers: MetaNumbers = Number "number" | Text "text";
    /// What `links` is where all is on one page.
    links_empty: LinksEmpty = Array "array" | Object "object" | Null "null" | Absent "absent";
    /// Shape of the customer's phone; hidden ones are null or left out for everybody.
    phone_shape: PhoneShape = Flat "flat" | Wrapped "wrapped" | Null "null" | Absent "absent";
    /// Shape of the customer's derived block.
    spreadsheet_shape: SpreadsheetShape = Wrapped "wrapped" | Flat "flat" | Null "null" | Absent "absent";
    /// Shape of what `include` adds.
    include_shape: IncludeShape = Wrapped "wrapped" | Flat "flat" | Null "null" | Absent "absent";
    /// How flags are written.
    flags: Flags = Boolean "boolean" | Number "number";
    /// Whether a customer tells when it was created and changed.
    customer_dates: CustomerDates = Absent "absent" | Object "object";
    /// Zone of local times.
    date_zone: DateZone = SaoPaulo "America/Sao_Paulo" | Utc "UTC" | BuenosAires "America/Argentina/Buenos_Aires";
    /// Spelling of a time inside its object.
    date_spelling: DateSpelling = Micros "micros" | Seconds "seconds" | Iso "iso";
    /// Whether the younger ids are above 2^53.
    big_ids: BigIds = Off "off" | On "on";
    /// Whether names and e-mails come with blanks around them.
    outer_spaces: OuterSpaces = Off "off" | On "on";
    /// Key of a postal code, in answers and in what is accepted.
    address_key: AddressKey = ZipCode "zip_code" | Zipcode "zipcode";
    /// Whether customers tell their cluster, or the members of a cluster alone do.
    cluster_id: ClusterId = Told "told" | Null "null";
    /// Whether lists of clusters have pages.
    cluster_paging: ClusterPaging = Paged "paged" | Unpaged "unpaged";
    /// What is left of a person after an erasure.
    anonymized_form: AnonymizedForm = Null "null" | Placeholder "placeholder" | Word "word" | Empty "empty";
    /// How an order writes its value.
    order_total: OrderTotal = Number "number" | Text "text";

    /// Order of the list where none is asked for.
    list_order: ListOrder = Id "id" | IdDescending "id_desc" | Name "name" | Unstable "unstable";
    /// Whether orderBy is known.
    order_by: OrderBy = Honoured "honoured" | Ignored "ignored";
    /// What a limit above 100 does.
    limit_over: LimitOver = Clamped "clamped" | Refused "422";
    /// What a page behind the last one answers.
    past_end: PastEnd = Empty "empty" | NotFound "404" | Last "last";
    /// Whether the stated total is right.
    total: Total = Exact "exact" | High "high" | Low "low";
    /// Whether lists can be walked with a scroll id, and for how long one lives: five minutes or ten seconds.
    scroll: Scroll = Supported "supported" | Ignored "ignored" | ExpiresQuickly "expires_quickly";
    /// Whether each answer of a scroll has a new id, or one id goes on from call to call.
    scroll_ids: ScrollIds = Same "same" | Fresh "fresh";
    /// What a scroll id that has run out answers.
    scroll_expired: ScrollExpired = BadRequest "400" | NotFound "404" | Empty "empty";
    /// What a date filter on created_at does.
    date_filter: DateFilter = Honoured "honoured" | Ignored "ignored" | Fails "500";
    /// What a date filter on updated_at does.
    date_filter_updated: DateFilterUpdated = Fails "500" | Ignored "ignored" | Honoured "honoured";
    /// Whether a filter that is no array is passed over.
    scalar_filters: ScalarFilters = Ignored "ignored" | Honoured "honoured";
    /// Whether a customer_id that is no array is passed over in orders.
    scalar_customer_id: ScalarCustomerId = Ignored "ignored" | Honoured "honoured";
    /// What a search for one customer that finds nobody answers.
    search_miss: SearchMiss = NotFound "404" | Empty "empty";

    /// What a new customer has to have.
    post_required: PostRequired = Document "name_email_type_document" | Type "name_email_type" | Email "name_email";
    /// What a PUT does with what it leaves out: it has to name everything that is required and merges the rest,
    /// the same with a document even for those who have none, merges all of it, or empties it.
    put: Put = Demands "demands" | DemandsDocument "demands_document" | Merge "merge" | Replace "replace";
    /// What a null that is sent does.
    null_write: NullWrite = Clears "clears" | Ignored "ignored" | Refused "422";
    /// What becomes of an empty text that is sent.
    empty_text: EmptyText = Null "null" | Kept "kept";
    /// Whether values are stored as they are sent or tidied first.
    stored_form: StoredForm = AsSent "as_sent" | Tidied "tidied";
    /// Which keys of a name are read.
    name_write: NameWrite = Both "both" | Name "name" | Parts "parts";
    /// How a phone can be sent.
    phone_write: PhoneWrite = Any "any" | Text "text" | Parts "parts";
    /// Whether the check digits of a document are checked.
    document_check: DocumentCheck = Checked "checked" | Unchecked "unchecked";
    /// Whether a document can be sent with its punctuation.
    document_punctuation: DocumentPunctuation = Stripped "stripped" | Refused "422";
    /// Whether an address has to name who receives there.
    address_required: AddressRequired = Receiver "with_receiver" | Place "place";
    /// What an e-mail does that somebody else has.
    email_taken: EmailTaken = Unprocessable "422" | Conflict "409" | Allowed "allowed";
    /// What a document does that somebody else has.
    document_taken: DocumentTaken = Unprocessable "422" | Conflict "409" | Allowed "allowed";
    /// What a DELETE of a customer does.
    delete: Delete = NotAllowed "405" | NotFound "404" | Works "200" | NoContent "204";
    /// What a deleted customer answers afterwards.
    deleted_answer: DeletedAnswer = NotFound "404" | Gone "410" | Empty "200_empty";
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

impl DateZone {
    pub(crate) fn name(self) -> &'static str {
        match self {
            DateZone::SaoPaulo => "America/Sao_Paulo",
            DateZone::Utc => "UTC",
            DateZone::BuenosAires => "America/Argentina/Buenos_Aires",
        }
    }

    /// Hours from UTC; since 2019 neither city has a summer time.
    pub(crate) fn hours(self) -> i64 {
        match self {
            DateZone::SaoPaulo | DateZone::BuenosAires => -3,
            DateZone::Utc => 0,
        }
    }
}
