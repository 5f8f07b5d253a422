//! The one table of what an interface can ask for: name, request, response.
//!
//! From it come the TypeScript map, the shell's handlers and the list that the shell declares to Tauri, so a command
//! cannot exist in one place and lack in another. `app` commands are functions of this crate; `shell` commands need a
//! window, a dialog or the embedded sample store and live in the shell.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::dto::customer::AddressDto;
use crate::dto::edit::{Decision, FieldChange};
use crate::dto::export::ExportOptions;
use crate::dto::query::ListQuery;

/// A request without content.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct StoreRef {
    pub store_id: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MaybeStore {
    pub store_id: Option<i64>,
}

/// New credentials for a connected store. The store must turn out to be the same one.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct SignIn {
    pub store_id: i64,
    pub secret: String,
    pub second_secret: Option<String>,
}

/// One more sign-in to a store where one opens one customer only.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct MoreSignIn {
    pub store_id: i64,
    pub secret: String,
}

/// Asks the store itself for some of its customers. They are taken into the copy.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct StoreQuestion {
    pub store_id: i64,
    pub search: Option<String>,
    /// The store's own ids.
    pub ids: Vec<String>,
    /// Only those with a greater id of the store.
    pub since_id: Option<String>,
    /// Moments or days, ISO 8601; a day means its beginning in `_from` and its end in `_to`.
    pub created_from: Option<String>,
    pub created_to: Option<String>,
    pub updated_from: Option<String>,
    pub updated_to: Option<String>,
    pub segment: Option<String>,
    pub group: Option<String>,
    /// At most so many customers; null: 200.
    pub limit: Option<i64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SyncRequest {
    /// Empty: all stores.
    pub store_ids: Vec<i64>,
    /// Read everything again, and look for deleted customers.
    pub full: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RowsRequest {
    pub view: i64,
    pub offset: i64,
    /// At most 500.
    pub limit: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CustomerRef {
    pub id: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EditRequest {
    pub id: i64,
    pub changes: Vec<FieldChange>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RoleRequest {
    pub id: i64,
    pub role: String,
    /// The role that the person saw; null where nobody looks (the command line).
    #[serde(default)]
    pub seen: Option<String>,
}

#[derive(Clone, Serialize, Deserialize, TS)]
pub struct CreateRequest {
    pub store_id: i64,
    pub fields: Vec<FieldChange>,
    pub addresses: Vec<AddressDto>,
    /// The store sends the customer an invitation.
    pub invite: bool,
    /// The customer's password at the shop, where the platform takes one. Sent and forgotten.
    pub password: Option<String>,
    /// Create although somebody with this e-mail or document is there.
    pub although_duplicate: bool,
}

/// A new password of a customer at the shop. Sent and forgotten.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct CustomerPassword {
    pub id: i64,
    pub new: String,
}

/// Whose own account: where a store has several sign-ins, the customer says which.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AccountRef {
    pub store_id: i64,
    #[serde(default)]
    pub customer: Option<i64>,
}

/// `confirmation` is the word or address that the person typed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ConfirmedCustomer {
    pub id: i64,
    pub confirmation: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ConfirmedStore {
    pub store_id: i64,
    pub confirmation: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddressRequest {
    pub id: i64,
    /// An empty `id` adds a new address.
    pub address: AddressDto,
    /// The address as it was shown when the person began to type; null: as it is now.
    #[serde(default)]
    pub seen: Option<AddressDto>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddressRef {
    pub id: i64,
    pub address_id: String,
    /// The address as the person saw it; null where nobody looks (the command line).
    #[serde(default)]
    pub seen: Option<AddressDto>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct JournalRequest {
    pub id: i64,
    pub text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EditRef {
    pub edit: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DecisionRequest {
    pub edit: i64,
    pub decision: Decision,
    /// What the person had before their eyes; null where nobody looks (the command line).
    #[serde(default)]
    pub seen: Option<SeenQuestion>,
}

/// Both values of a conflict, as an `EditDto` had them.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SeenQuestion {
    pub mine: Option<String>,
    pub theirs: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExportRequest {
    pub query: ListQuery,
    pub options: ExportOptions,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PathRequest {
    pub path: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AccountEdit {
    pub store_id: i64,
    #[serde(default)]
    pub customer: Option<i64>,
    pub changes: Vec<FieldChange>,
}

#[derive(Clone, Serialize, Deserialize, TS)]
pub struct PasswordChange {
    pub store_id: i64,
    #[serde(default)]
    pub customer: Option<i64>,
    pub old: String,
    pub new: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PreferencesChange {
    pub store_id: i64,
    pub preferences: crate::dto::account::PreferencesDto,
}

/// Calls `$then!` with the table. One line a command: name, request, response, and for `app` commands the function.
#[macro_export]
macro_rules! with_commands {
    ($then:path) => {
        $then! {
            app {
                platforms(Nothing) -> Vec<PlatformDto> = stores::platforms_list;
                stores(Nothing) -> Vec<StoreDto> = stores::list;
                store_add(AddStore) -> StoreDto = stores::add;
                store_check(StoreRef) -> StoreDto = stores::check;
                store_sign_in(SignIn) -> StoreDto = stores::sign_in;
                store_add_sign_in(MoreSignIn) -> StoreDto = stores::add_sign_in;
                store_ask(StoreQuestion) -> StoreAnswerDto = store_question::ask;
                store_remove(ConfirmedStore) -> Nothing = stores::remove;
                sync_start(SyncRequest) -> SyncDto = sync::start;
                sync_cancel(Nothing) -> Nothing = sync::cancel;
                list_open(ListQuery) -> ListView = list::open;
                list_rows(RowsRequest) -> ListRows = list::rows;
                filter_choices(MaybeStore) -> FilterChoices = list::filter_choices;
                customer_page(CustomerRef) -> CustomerPageDto = customers::page;
                customer_refresh(CustomerRef) -> CustomerPageDto = customers::refresh;
                customer_edit(EditRequest) -> CustomerPageDto = customers::save_edits;
                customer_role(RoleRequest) -> CustomerPageDto = customers::change_role;
                customer_create(CreateRequest) -> CustomerPageDto = new_customer::create;
                customer_delete(ConfirmedCustomer) -> Nothing = customers::delete;
                customer_erase(ConfirmedCustomer) -> ErasedDto = customers::erase;
                customer_password(CustomerPassword) -> Nothing = customers::set_password;
                address_save(AddressRequest) -> CustomerPageDto = customers::save_address;
                address_remove(AddressRef) -> CustomerPageDto = customers::remove_address;
                journal_add(JournalRequest) -> CustomerPageDto = customers::add_journal_entry;
                edits(Nothing) -> Vec<EditDto> = edits::list;
                edit_retry(EditRef) -> Nothing = edits::retry;
                edit_discard(EditRef) -> Nothing = edits::discard;
                conflict_resolve(DecisionRequest) -> Nothing = edits::resolve;
                export_quick(ExportRequest) -> ExportedDto = export::quick;
                export_cancel(Nothing) -> Nothing = export::cancel;
                analytics(MaybeStore) -> AnalyticsDto = analytics::figures;
                account_show(AccountRef) -> AccountDto = account::show;
                account_edit(AccountEdit) -> AccountDto = account::edit;
                account_password(PasswordChange) -> Nothing = account::change_password;
                account_preferences(PreferencesChange) -> PreferencesDto = account::change_preferences;
                account_delete(ConfirmedStore) -> Nothing = account::delete;
                settings_save(SettingsDto) -> Nothing = settings::save;
                book_check(Nothing) -> HealthDto = doctor::check;
                book_mend(Nothing) -> HealthDto = doctor::mend;
                book_remove_old(Nothing) -> Nothing = doctor::remove_old;
            }
            shell {
                start(Nothing) -> StartDto;
                store_add_sample(Nothing) -> Vec<StoreDto>;
                export_as(ExportRequest) -> Option<ExportedDto>;
                store_csv_as(StoreRef) -> Option<ExportedDto>;
                account_data_as(StoreRef) -> Option<ExportedDto>;
                open_folder(PathRequest) -> Nothing;
                book_rebuild(RebuildRequest) -> RebuiltDto;
            }
        }
    };
}
