//! What no document of In All Web says, and the ways in which it can be.

use crate::variant::choices;

choices! {
    "inallweb";

    /// Page size when none is asked for.
    page_size_default: PageSizeDefault = Twenty "20" | Ten "10" | Fifty "50";
    /// Largest page size; more is refused with 422.
    page_size_max: PageSizeMax = Hundred "100" | Twenty "20" | Fifty "50" | TwoHundred "200";
    /// Order of the list.
    list_order: ListOrder = Id "id" | IdDescending "id_desc" | Updated "updated";
    /// Whether list items are the base object or hold segment and role too.
    list_item_shape: ListItemShape = Base "base" | Full "full";
    /// Whether staff accounts stand in the customer list.
    list_staff: ListStaff = No "no" | Yes "yes";
    /// Whether the stated total and page count are right.
    total_wrong: TotalWrong = No "no" | High "high" | Low "low";
    /// What a search compares, and how.
    search: Search = Contains "contains" | Prefix "prefix" | WithPhone "with_phone" | Ignored "ignored";
    /// Whether the segment filter minds small and large letters.
    segment_filter: SegmentSpelling = AnyCase "any_case" | Exact "exact";
    /// What a segment filter that names no segment gives.
    unknown_segment: UnknownSegment = Empty "empty" | Refused "422";
    /// Which rule wins where a customer fits two segments.
    segment_order: SegmentOrder = VipFirst "vip_first" | NewFirst "new_first";
    /// Spelling of segments in answers.
    segment_case: SegmentCase = Lower "lower" | Title "title";
    /// Spelling of roles, in answers and in what is accepted.
    role_case: RoleCase = Lower "lower" | Title "title" | Snake "snake";
    /// Whether the numbers of the role call are those of customers, count differently, or are others altogether.
    role_ids: RoleIds = Same "same" | Shifted "shifted" | Unknown "unknown";
    /// Whether an admin may take the role of another admin or of a sysadmin away.
    admin_demotes: AdminDemotes = Yes "yes" | No "no";
    /// Unit of `active_rate`.
    active_rate_unit: ActiveRateUnit = Fraction "fraction" | Percent "percent";
    /// Whether `updated_at` moves with a write, stays, or is never told.
    updated_at: UpdatedAt = Moves "moves" | Still "still" | Null "null";
    /// Spelling of dates.
    date_spelling: DateSpelling = Zulu "z" | Offset "offset" | Naive "naive" | Micros "micros";
    /// Whether a null that is sent clears the field or is ignored.
    null_clears: NullClears = Clear "clear" | Ignore "ignore";
    /// What a key does that the call does not know.
    unknown_keys: UnknownKeys = Ignored "ignored" | Refused "422";
    /// Whether values are stored as they are sent or tidied first.
    stored_form: StoredForm = AsSent "as_sent" | Tidied "tidied";
    /// What the export is.
    export_shape: ExportShape = CsvComma "csv_comma" | CsvSemicolonBom "csv_semicolon_bom" | EmptyObject "empty_object";
    /// Titles of the export's columns.
    export_titles: ExportTitles = Title "title" | Snake "snake" | Portuguese "pt";
    /// Content type of the export.
    export_type: ExportType = Csv "text/csv" | Octets "application/octet-stream";
    /// How much of an order the detail tells.
    detail_orders_shape: DetailOrdersShape = Full "full" | Minimal "minimal";
    /// Keys of the addresses in the detail.
    detail_addresses_shape: DetailAddressesShape = Full "full" | Minimal "minimal";
    /// What a sign-in has to send: JSON with either key, or a form.
    login_body: LoginBody = Email "email" | Username "username" | Form "form";
    /// Shape of the answer to a sign-in.
    login_shape: LoginShape = AccessToken "access_token" | Token "token" | Nested "nested" | Camel "camel" | Full "full";
    /// Status of a sign-in to an account that is not active, and of its further calls.
    inactive_account: InactiveAccount = Forbidden "403" | Unauthorized "401" | BadRequest "400";
    /// Whether a token can be exchanged after its end, for a week.
    refresh_window: RefreshWindow = Valid "valid_only" | Week "week";
    /// Life of a token from a sign-in, in minutes.
    token_minutes: TokenMinutes = Thirty "30" | One "1" | Day "1440";
    /// Status where no token was sent.
    missing_token: MissingToken = Unauthorized "401" | Forbidden "403";
    /// Status where an e-mail is taken.
    email_taken: EmailTaken = BadRequest "400" | Conflict "409" | Unprocessable "422";
    /// Status where the current password is wrong.
    password_refused: PasswordRefused = BadRequest "400" | Unauthorized "401" | Forbidden "403" | Unprocessable "422";
    /// What is left of an account that deleted itself.
    delete_account: DeleteAccount = Gone "gone" | Deactivated "deactivated" | Anonymized "anonymized";
    /// What a text in the place of an id answers.
    text_id: TextId = Unprocessable "422" | NotFound "404";
    /// Shape of a refusal that is no 422.
    detail_shape: DetailShape = Text "text" | List "list" | Object "object" | Message "message";
    /// Shape of a 422.
    validation_shape: ValidationShape = List "list" | Text "text" | Message "message";
    /// What a data export holds.
    data_export_shape: DataExportShape = Object "object" | Empty "empty" | Csv "csv";
    /// Whether there is an allowance of 60 requests in 10 seconds, and how a refusal says when to come back.
    rate: Rate = None "none" | Seconds "429_seconds" | HttpDate "429_http_date" | Bare "429_bare";
}

impl PageSizeDefault {
    pub(crate) fn number(self) -> usize {
        match self {
            PageSizeDefault::Ten => 10,
            PageSizeDefault::Twenty => 20,
            PageSizeDefault::Fifty => 50,
        }
    }
}

impl PageSizeMax {
    pub(crate) fn number(self) -> usize {
        match self {
            PageSizeMax::Twenty => 20,
            PageSizeMax::Fifty => 50,
            PageSizeMax::Hundred => 100,
            PageSizeMax::TwoHundred => 200,
        }
    }
}

impl TokenMinutes {
    pub(crate) fn number(self) -> i64 {
        match self {
            TokenMinutes::One => 1,
            TokenMinutes::Thirty => 30,
            TokenMinutes::Day => 1_440,
        }
    }
}
