//! The app's window, and what a person does in it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use clientela_sandbox::ReadyStore;
use clientela_webdriver::{Driver, Start};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::screen::{close_window_of, eventually, file_name, patiently, picture, surroundings, within};
use crate::shop::Person;

/// Words for the scripts below: elements by their test id, and texts as they are seen.
const WORDS: &str = r#"
const all = (id) => [...document.querySelectorAll(`[data-testid="${id}"]`)];
const at = (id) => all(id)[0] ?? null;
const text = (id) => at(id)?.innerText ?? null;
"#;

/// A machine of one person: a home folder and a data folder. Windows come and go on it.
pub(crate) struct Machine {
    folder: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) home: PathBuf,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data, home) = (folder.path().join("book"), folder.path().join("home"));
        std::fs::create_dir(&home).unwrap();
        Self { folder, data, home }
    }

    /// Opens the window on the system's keychain, in English.
    pub(crate) async fn open(&self) -> Window {
        self.open_with(None).await
    }

    /// Opens the window on a file of secrets; without one, on the system's keychain.
    pub(crate) async fn open_with(&self, secrets: Option<PathBuf>) -> Window {
        let secrets = secrets.map(|file| ("CLIENTELA_SECRETS", format!("file:{}", file.display())));
        let start = Start {
            driver: &surroundings().driver,
            app: &surroundings().app,
            arguments: vec!["--data-dir".as_ref(), self.data.as_ref()],
            home: &self.home,
            language: "C.UTF-8",
            variables: secrets.into_iter().collect(),
        };
        let driver = Driver::start(&start).await.unwrap();
        let window = Window { driver };
        window.see("the program has started", "return document.querySelector('main') !== null").await;
        window
    }

    /// A place for files outside the book.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

pub(crate) struct Window {
    driver: Driver,
}

impl Window {
    /// Waits until a script of the page gives something else than null, false or nothing, and returns it.
    pub(crate) async fn see(&self, what: &str, script: &str) -> Value {
        self.see_with(what, script, &[]).await
    }

    /// As [`Window::see`], with arguments for the script.
    pub(crate) async fn see_with(&self, what: &str, script: &str, arguments: &[Value]) -> Value {
        let script = format!("{WORDS}{script}");
        let seen = patiently(async || {
            let value = self.driver.run(&script, arguments).await.ok()?;
            (!value.is_null() && value != json!(false)).then_some(value)
        });
        match seen.await {
            Some(value) => value,
            None => {
                picture(&format!("failed-{}", file_name(what)));
                let page = self.driver.run("return document.body.innerText", &[]).await;
                panic!("never seen: {what}\nthe page: {page:?}");
            }
        }
    }

    /// What a script gives now.
    pub(crate) async fn read(&self, script: &str) -> Value {
        self.driver.run(&format!("{WORDS}{script}"), &[]).await.unwrap()
    }

    /// Waits until the element with this test id is there.
    pub(crate) async fn there(&self, id: &str) {
        self.see_with(id, "return at(arguments[0]) !== null", &[json!(id)]).await;
    }

    /// The text of the element with this test id, once it can be seen: what is cut away is no text.
    pub(crate) async fn text(&self, id: &str) -> String {
        let text = self.see_with(id, "return text(arguments[0])?.trim() || null", &[json!(id)]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks the element with this test id as soon as it can be clicked.
    pub(crate) async fn click(&self, id: &str) {
        self.click_at(&selector(id)).await;
    }

    /// Clicks what a selector names.
    pub(crate) async fn click_at(&self, selector: &str) {
        let mut refused = None;
        let clicked = patiently(async || match self.driver.click(selector).await {
            Ok(()) => Some(()),
            Err(error) => {
                refused = Some(error);
                None
            }
        });
        if clicked.await.is_none() {
            picture(&format!("failed-{}", file_name(selector)));
            panic!("{selector} cannot be clicked: {refused:?}");
        }
    }

    /// Opens a list and chooses from it. A list that is just opening or closing takes no click, which nobody is quick enough to
    /// notice but a test.
    pub(crate) async fn choose(&self, list: &str, choice: &str) {
        let option = format!("{list}-{choice}");
        self.becomes(list, &option, true).await;
        self.becomes(&option, &option, false).await;
    }

    /// Clicks what goes away by it.
    pub(crate) async fn click_away(&self, id: &str) {
        self.there(id).await;
        self.becomes(id, id, false).await;
    }

    /// Clicks until an element is there, or is not.
    async fn becomes(&self, clicked: &str, element: &str, there: bool) {
        let is_so = async || {
            let found = self.read(&format!("return at({element:?}) !== null")).await;
            (found == json!(there)).then_some(())
        };
        let mut clicks = Vec::new();
        for _ in 0..5 {
            // It may go just now.
            clicks.push(self.driver.click(&selector(clicked)).await);
            if within(Duration::from_secs(3), is_so).await.is_some() {
                return;
            }
        }
        picture(&format!("failed-{}", file_name(element)));
        panic!("{element} does not change when {clicked} is clicked: {clicks:?}");
    }

    /// Empties an input and types into it.
    pub(crate) async fn fill(&self, id: &str, text: &str) {
        self.there(id).await;
        // Everything is marked first, so that the first key replaces it, as a person would.
        self.read(&format!("at({id:?}).focus(); at({id:?}).select(); return true")).await;
        let keys = if text.is_empty() { "\u{e017}" } else { text };
        self.keys(id, keys).await;
        self.see_with(
            &format!("{text:?} in {id}"),
            "return at(arguments[0]).value === arguments[1]",
            &[json!(id), json!(text)],
        )
        .await;
    }

    /// Presses keys while the element with this test id has the focus.
    pub(crate) async fn keys(&self, id: &str, keys: &str) {
        let typed = self.driver.type_into(&selector(id), keys).await;
        assert!(typed.is_ok(), "{id} takes no keys: {typed:?}");
    }

    /// Connects a store through the form, and waits until all of it is here.
    pub(crate) async fn connect(&self, store: &ReadyStore, name: &str, customers: u64) {
        self.fill_in(store, name, &store.secrets[0]).await;
        self.click("connect-submit").await;
        self.gone("connect-dialog").await;
        self.in_step(name).await;
        self.total(customers).await;
    }

    /// Opens the form and fills it in, with this token or password.
    pub(crate) async fn fill_in(&self, store: &ReadyStore, name: &str, secret: &str) {
        if self.read("return at('connect-store') === null").await == json!(true) {
            self.click("rail-stores").await;
        }
        self.click("connect-store").await;
        self.click(&format!("platform-{}", store.platform)).await;
        self.fill("connect-name", name).await;
        self.fill("connect-url", &store.url).await;
        // A store has a number or an alias even where nobody is asked for it.
        for (input, value) in [("store_id", &store.store_id), ("alias", &store.alias)] {
            let input = format!("connect-{input}");
            if let Some(value) = value
                && self.read(&format!("return at({input:?}) !== null")).await == json!(true)
            {
                self.fill(&input, value).await;
            }
        }
        if self.read("return at('connect-secret_key') !== null").await == json!(true) {
            self.fill("connect-secret_key", &store.secrets[1]).await;
        }
        match &store.email {
            Some(email) => {
                self.fill("connect-email", email).await;
                self.fill("connect-password", secret).await;
            }
            None => self.fill("connect-token", secret).await,
        }
    }

    /// Waits until the element with this test id is gone.
    pub(crate) async fn gone(&self, id: &str) {
        self.see_with(&format!("{id} gone"), "return at(arguments[0]) === null", &[json!(id)]).await;
    }

    /// Waits until a store has been read whole, by its card.
    pub(crate) async fn in_step(&self, name: &str) {
        self.click("rail-stores").await;
        self.see_with(
            &format!("{name} in step"),
            "return [...document.querySelectorAll('article[data-state=ready]')]
                .some((card) => card.innerText.includes(arguments[0]))",
            &[json!(name)],
        )
        .await;
        self.click("rail-customers").await;
    }

    /// Waits until the list has this many customers.
    pub(crate) async fn total(&self, customers: u64) {
        let wanted = [json!(customers.to_string())];
        self.see_with(
            &format!("{customers} in the list"),
            "return at('total')?.dataset.total === arguments[0]",
            &wanted,
        )
        .await;
    }

    /// Types a search and waits for its rows: their texts, in order.
    pub(crate) async fn search(&self, text: &str) -> Vec<String> {
        self.fill("search", text).await;
        let what = format!("rows for {text:?}");
        let script = "const total = Number(at('total')?.dataset.total ?? -1);
             const busy = document.querySelector('[aria-busy=true]') !== null;
             // The list is asked a moment after the last key; its settled state is the same twice.
             const now = `${total} ${text('list')}`;
             const before = window.rowsBefore;
             window.rowsBefore = now;
             return total >= 0 && !busy && before === now && all('row').map((row) => row.innerText)";
        let rows = self.see(&what, script).await;
        rows.as_array().unwrap().iter().map(|row| row.as_str().unwrap().to_owned()).collect()
    }

    /// Finds a person by the e-mail and opens the page.
    pub(crate) async fn open_customer(&self, person: &Person) {
        self.click("rail-customers").await;
        self.fill("search", &person.email).await;
        self.total(1).await;
        self.see_with(
            &format!("the row of {}", person.name),
            "return all('row').length === 1 && text('row').includes(arguments[0])",
            &[json!(person.email)],
        )
        .await;
        self.click("row").await;
        self.see_with(
            &format!("the page of {}", person.name),
            "return text('panel-name') === arguments[0]",
            &[json!(person.name)],
        )
        .await;
    }

    /// Waits until the open customer stands like this.
    pub(crate) async fn state(&self, state: &str) {
        let wanted = [json!(state)];
        self.see_with(
            &format!("state {state}"),
            "return at('state-badge')?.dataset.state === arguments[0]",
            &wanted,
        )
        .await;
    }

    /// Writes the note and saves it.
    pub(crate) async fn write_note(&self, note: &str) {
        self.fill("note-input", note).await;
        self.click("save-edits").await;
        self.gone("save-edits").await;
    }

    /// F5: everything is brought in step now.
    pub(crate) async fn sync(&self) {
        self.see("no sync running", "return at('sync-now')?.disabled === false").await;
        self.read("document.activeElement?.blur(); return true").await;
        self.keys("rail-customers", "\u{e035}").await;
    }

    /// Whether something cries for attention: offline and the like must not.
    pub(crate) async fn is_calm(&self) -> bool {
        self.read("return document.querySelector('[role=alert]') === null").await == json!(true)
    }

    /// Closes the window as a person does, and waits for the program's end.
    pub(crate) async fn close(self) {
        close_window_of(self.program()).await;
        eventually("the program has ended", || self.driver.programs().is_empty()).await;
    }

    /// Takes the program's life, as a power cut would.
    pub(crate) async fn kill(self) {
        Command::new("kill").args(["-KILL", &self.program().to_string()]).status().unwrap();
        eventually("the program is gone", || self.driver.programs().is_empty()).await;
    }

    fn program(&self) -> u32 {
        let running = self.driver.programs();
        assert_eq!(running.len(), 1, "one window, one program");
        running[0]
    }
}

fn selector(id: &str) -> String {
    format!("[data-testid={}]", json!(id))
}
