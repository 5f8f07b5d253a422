//! The inner half of a session: this program again, now with a bus of its own, starts the keychain and then the command.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{SECRET_SERVICE, secret_service_runs};
use crate::program::{answer, cannot_start};
use crate::surroundings::Surroundings;

/// It guards nothing but the keys of sample stores and tests; real keys lie in the keychain of a real session.
const PASSWORD: &[u8] = b"sample";

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn run(here: &Surroundings, folder: &Path, program: &[OsString]) -> Result<ExitCode> {
    let (program, arguments) = program.split_first().context("a program to run")?;
    let runtime = RuntimeFolder::create()?;
    let _keychain = Keychain::start(here, folder, &runtime.0)?;
    let mut command = Command::new(program);
    command.args(arguments);
    if here.runtime_folder.is_none() {
        command.env("XDG_RUNTIME_DIR", &runtime.0);
    }
    let status = command.status().with_context(|| cannot_start(&command))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

struct Keychain(Child);

impl Keychain {
    fn start(here: &Surroundings, folder: &Path, runtime: &Path) -> Result<Self> {
        let log = here.target.join("session").join("keychain.log");
        fs::create_dir_all(log.parent().unwrap_or(&here.target))
            .context("a folder for the keychain's log")?;
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        // Its own folders, so that the keyrings and the running daemon of the person at the desk stay as they are.
        command.env("XDG_DATA_HOME", folder).env("XDG_RUNTIME_DIR", runtime);
        command.env_remove("GNOME_KEYRING_CONTROL");
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        command.stderr(fs::File::create(&log).context("the keychain's log")?);
        let mut keychain = Self(command.spawn().with_context(|| cannot_start(&command))?);
        {
            // The password ends where the input ends.
            let mut input = keychain.0.stdin.take().context("the keychain's input")?;
            input.write_all(PASSWORD).context("unlocking the keychain")?;
        }
        keychain.wait_until_open().with_context(|| format!("no keychain; see {}", log.display()))?;
        Ok(keychain)
    }

    fn wait_until_open(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            // Asking a name that nobody owns yet would start a second, locked daemon.
            if secret_service_runs() && has_default_collection() {
                return Ok(());
            }
            if let Some(status) = self.0.try_wait().context("watching the keychain")? {
                bail!("gnome-keyring-daemon ended with {status}");
            }
            sleep(Duration::from_millis(50));
        }
        bail!("gnome-keyring-daemon did not answer within {} s", PATIENCE.as_secs());
    }
}

impl Drop for Keychain {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Without one, nothing could be stored.
fn has_default_collection() -> bool {
    let mut question = Command::new("dbus-send");
    question.args(["--session", "--print-reply=literal", "--reply-timeout=5000"]);
    question.arg(format!("--dest={SECRET_SERVICE}")).arg("/org/freedesktop/secrets");
    question.args(["org.freedesktop.Secret.Service.ReadAlias", "string:default"]);
    answer(&mut question).is_ok_and(|path| path.contains("/collection/"))
}

/// For the sockets of one session. It lies in the system's temporary folder because the path of a socket must be short.
struct RuntimeFolder(PathBuf);

impl RuntimeFolder {
    fn create() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("clientela-session-{}", std::process::id()));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for RuntimeFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
