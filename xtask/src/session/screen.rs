//! An invisible screen with a window manager, without which a window gets no focus and no size.

use std::fs::{File, create_dir_all};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::program::cannot_start;
use crate::surroundings::Surroundings;

/// Ends with its owner.
pub(crate) struct Screen {
    server: Child,
    window_manager: Child,
    display: String,
}

impl Screen {
    pub(crate) fn start(here: &Surroundings) -> Result<Self> {
        let logs = here.target.join("session");
        create_dir_all(&logs).with_context(|| format!("creating {}", logs.display()))?;
        let log = |name: &str| File::create(logs.join(name)).context("a log file of the screen");

        // The server picks a free number by itself and writes it; picking one here would be a race.
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1366x900x24", "-nolisten", "tcp"]);
        let mut server = server
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log("xvfb.log")?)
            .spawn()
            .with_context(|| cannot_start(&server))?;
        let number = display_number(&mut server);
        let display = match number {
            Ok(number) => format!(":{number}"),
            Err(error) => {
                end(&mut server);
                return Err(error.context(format!("Xvfb gave no display; see {}", logs.display())));
            }
        };

        let mut window_manager = Command::new("openbox");
        let window_manager = window_manager
            .env("DISPLAY", &display)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log("openbox.log")?)
            .spawn()
            .with_context(|| cannot_start(&window_manager));
        match window_manager {
            Ok(window_manager) => Ok(Self { server, window_manager, display }),
            Err(error) => {
                end(&mut server);
                Err(error)
            }
        }
    }

    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// Makes a command open its windows here.
    pub(crate) fn lend_to(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("GDK_BACKEND", "x11")
            // Without a graphics card the web view's faster path shows an empty window.
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        end(&mut self.window_manager);
        end(&mut self.server);
    }
}

fn display_number(server: &mut Child) -> Result<u32> {
    let output = server.stdout.take().context("Xvfb's output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).context("reading Xvfb's output")?;
    if line.is_empty() {
        bail!("Xvfb ended at once");
    }
    line.trim().parse().with_context(|| format!("Xvfb wrote {line:?}"))
}

/// It may have ended by itself; then there is nothing to do.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::Screen;
    use crate::surroundings::Surroundings;

    #[test]
    fn two_screens_get_two_numbers() {
        let here = Surroundings::read().expect("surroundings");
        if here.find("Xvfb").is_none() || here.find("openbox").is_none() {
            return;
        }
        let first = Screen::start(&here).expect("a screen");
        let second = Screen::start(&here).expect("another screen");
        assert_ne!(first.display(), second.display());
    }
}
