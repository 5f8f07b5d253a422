//! What can be typed. Secrets are not among it: they come on standard input.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::exit;

/// The customer book of a shop, on the desk and without the internet.
#[derive(Debug, Parser)]
#[command(name = "clientela", version, max_term_width = 110)]
pub(crate) struct Arguments {
    /// Folder of the customer book.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// One JSON object on standard output, everything else on standard error.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of messages: pt-BR, es or en.
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Connect, check and remove stores.
    #[command(subcommand)]
    Store(StoreCommand),
    /// Send edits and read what changed, of all stores or of these.
    Sync {
        names: Vec<String>,
        /// Read everything again and look for deleted customers.
        #[arg(long)]
        full: bool,
    },
    /// List customers.
    Customers {
        #[command(flatten)]
        query: QueryArguments,
        /// Without it 50, and with --json all.
        #[arg(long)]
        limit: Option<usize>,
        #[arg(long, default_value_t = 0)]
        offset: usize,
    },
    /// Look at one customer, edit, change the role, create, delete, erase.
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// Edits that a store has not confirmed.
    Changes {
        #[command(subcommand)]
        command: Option<ChangesCommand>,
    },
    /// Edits in conflict with what the store has.
    Conflicts {
        #[command(subcommand)]
        command: Option<ConflictsCommand>,
    },
    /// The dated notes of a customer.
    Journal {
        id: i64,
        /// Add a note.
        #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
        add: Option<String>,
    },
    /// Write customers to a file.
    Export {
        file: PathBuf,
        #[command(flatten)]
        query: QueryArguments,
        #[arg(long, value_enum)]
        format: Option<Format>,
        #[arg(long, value_enum, default_value_t = Profile::Excel)]
        profile: Profile,
        /// Names of columns, separated by commas.
        #[arg(long, value_delimiter = ',')]
        columns: Vec<String>,
        /// ; or ,
        #[arg(long)]
        separator: Option<char>,
    },
    /// Figures over the customers.
    Analytics {
        #[arg(long)]
        store: Option<String>,
    },
    /// The signed-in person's own account at a store.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Start a local stand-in of the platforms, for trying out and for tests.
    Sandbox(SandboxArguments),
    /// Check the customer book: file, indexes, second copy, keychain, clocks.
    Doctor {
        /// Mend what can be mended. A book that cannot be used is set aside, never deleted, and made anew with
        /// everything that was typed; the next sync fetches the customers.
        #[arg(long)]
        mend: bool,
        /// Make a new book although nothing that was typed can be read any more.
        #[arg(long, requires = "mend")]
        may_lose_edits: bool,
        /// Remove old files beside the book: what was set aside, and copies from before an upgrade.
        #[arg(long)]
        remove_old: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct QueryArguments {
    /// Text to look for: name, e-mail, phone, document, note. A text that begins with - stands behind --.
    pub(crate) query: Option<String>,
    #[arg(long)]
    pub(crate) store: Option<String>,
    /// FIELD=VALUE; can be given several times.
    #[arg(long = "where", value_name = "FIELD=VALUE")]
    pub(crate) filters: Vec<String>,
    /// FIELD, or -FIELD for the other way round.
    #[arg(long, allow_hyphen_values = true, value_name = "[-]FIELD", default_value = "name")]
    pub(crate) sort: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Connect a store. Standard input: the token; with --email the password; a secret key, where the platform
    /// has one, on the next line; further tokens, where one opens one customer only, a line each.
    Add {
        platform: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        url: Option<String>,
        #[arg(long)]
        alias: Option<String>,
        #[arg(long)]
        store_id: Option<String>,
        #[arg(long)]
        email: Option<String>,
        /// authorization or authentication
        #[arg(long)]
        auth_header: Option<String>,
    },
    /// List the connected stores.
    List,
    /// Ask the store whether it still accepts us.
    Check { name: String },
    /// Give a store a new token or password; where one opens one customer only, also the token of one more customer.
    /// Standard input as for add.
    SignIn { name: String },
    /// Ask the store itself for some of its customers and take them into the copy.
    Ask {
        name: String,
        #[command(flatten)]
        question: QuestionArguments,
    },
    /// Remove a store from this machine, with its copy and its edits.
    Remove {
        name: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Write the store's own customer file, as it comes.
    Export { name: String, file: PathBuf },
}

/// What customers are asked for. Which of these a platform takes is said by it.
#[derive(Debug, Args)]
pub(crate) struct QuestionArguments {
    /// What the store's own search is given.
    #[arg(long)]
    pub(crate) search: Option<String>,
    /// The store's own ids, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub(crate) ids: Vec<String>,
    /// Only those with a greater id of the store.
    #[arg(long)]
    pub(crate) since_id: Option<String>,
    /// A day or a moment, ISO 8601.
    #[arg(long)]
    pub(crate) created_from: Option<String>,
    #[arg(long)]
    pub(crate) created_to: Option<String>,
    #[arg(long)]
    pub(crate) updated_from: Option<String>,
    #[arg(long)]
    pub(crate) updated_to: Option<String>,
    #[arg(long)]
    pub(crate) segment: Option<String>,
    #[arg(long)]
    pub(crate) group: Option<String>,
    /// At most so many customers; 200 when it is not given.
    #[arg(long)]
    pub(crate) limit: Option<i64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Show everything about a customer.
    Show { id: i64 },
    /// Change fields. They are saved at once and sent with the next sync.
    Edit {
        id: i64,
        #[arg(required = true, value_name = "FIELD=VALUE")]
        changes: Vec<String>,
    },
    /// Give a customer another role.
    Role { id: i64, role: String },
    /// Make a customer at the store.
    Create {
        store: String,
        #[arg(required = true, value_name = "FIELD=VALUE")]
        fields: Vec<String>,
        /// A part of its address; can be given several times.
        #[arg(long = "address", value_name = "PART=VALUE")]
        address: Vec<String>,
        /// Let the store send an invitation.
        #[arg(long)]
        invite: bool,
        /// Set the customer's password at the shop, which comes on standard input.
        #[arg(long)]
        password: bool,
        /// Although somebody with this e-mail or document is there.
        #[arg(long)]
        although_duplicate: bool,
    },
    /// Give a customer a new password at the shop. It comes on standard input and is kept nowhere.
    Password { id: i64 },
    /// Delete a customer at the store. Asks for the customer's e-mail.
    Delete {
        id: i64,
        #[arg(long)]
        yes: bool,
    },
    /// Remove everything about a person from this machine. Asks for the customer's e-mail.
    Erase {
        id: i64,
        #[arg(long)]
        yes: bool,
    },
    /// The addresses of a customer.
    Address {
        id: i64,
        #[command(subcommand)]
        command: Option<AddressCommand>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AddressCommand {
    List,
    Add {
        #[arg(required = true, value_name = "FIELD=VALUE")]
        parts: Vec<String>,
    },
    Edit {
        address: String,
        #[arg(required = true, value_name = "FIELD=VALUE")]
        parts: Vec<String>,
    },
    Remove {
        address: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ChangesCommand {
    List,
    /// Send a refused edit once more.
    Retry {
        id: i64,
    },
    /// Take an edit back.
    Discard {
        id: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConflictsCommand {
    List,
    /// Settle a conflict: mine, theirs, or text VALUE.
    Resolve {
        id: i64,
        #[command(subcommand)]
        decision: DecisionArgument,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DecisionArgument {
    Mine,
    Theirs,
    /// Of a new address: the store has another one, and this one is added to it
    Both,
    Text {
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    Show {
        #[arg(long)]
        store: String,
        /// Whose, where the store has several sign-ins.
        #[arg(long)]
        customer: Option<i64>,
    },
    Edit {
        #[arg(long)]
        store: String,
        /// Whose, where the store has several sign-ins.
        #[arg(long)]
        customer: Option<i64>,
        #[arg(required = true, value_name = "FIELD=VALUE")]
        changes: Vec<String>,
    },
    /// Standard input: the old and the new password, a line each.
    Password {
        #[arg(long)]
        store: String,
        /// Whose, where the store has several sign-ins.
        #[arg(long)]
        customer: Option<i64>,
    },
    /// order_updates, promotions, newsletter = true or false. Without any: show them.
    Preferences {
        #[arg(long)]
        store: String,
        #[arg(value_name = "NAME=true|false")]
        changes: Vec<String>,
    },
    /// Write everything the store holds about the account to a file, or to standard output.
    DataExport {
        #[arg(long)]
        store: String,
        file: Option<PathBuf>,
    },
    /// Delete the account at the store. Its e-mail has to be typed on standard input.
    Delete {
        #[arg(long)]
        store: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SandboxArguments {
    #[arg(long, default_value = "127.0.0.1:0")]
    pub(crate) listen: std::net::SocketAddr,
    #[arg(long, default_value_t = 500)]
    pub(crate) customers: usize,
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// KEY=VALUE; can be given several times.
    #[arg(long = "variant", value_name = "K=V")]
    pub(crate) variants: Vec<String>,
    #[arg(long)]
    pub(crate) faults: Option<String>,
    #[arg(long, value_enum, default_value_t = Rate::Documented)]
    pub(crate) rate: Rate,
    /// Only these platforms.
    #[arg(long, value_delimiter = ',')]
    pub(crate) platforms: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Csv,
    Xlsx,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    Excel,
    Exact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rate {
    Off,
    Documented,
}

/// Help and version are answers; everything else that cannot be read is a mistake of usage. With `--json` it is told as one.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        print!("{}", error.render());
        return exit::DONE.into();
    }
    if std::env::args_os().any(|argument| argument == "--json") {
        let message = error.render().to_string();
        let line = message.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        crate::output::error_json("invalid_input", &line);
    }
    eprint!("{}", error.render());
    exit::USAGE.into()
}
