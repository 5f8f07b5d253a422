//! `clientela sandbox`: the stand-in server by itself, until standard input closes or it is told to end.

use std::collections::BTreeMap;
use std::io;

use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_sandbox::{RateMode, Sandbox, SandboxOptions};
use tokio::sync::oneshot;

use crate::arguments::{Rate, SandboxArguments};

pub(crate) async fn run(arguments: SandboxArguments) -> ApiResult<()> {
    let mut variants = BTreeMap::new();
    for pair in &arguments.variants {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| ApiError::new(Code::InvalidInput, format!("{pair:?} is not KEY=VALUE")))?;
        variants.insert(key.to_owned(), value.to_owned());
    }
    let mut options = SandboxOptions {
        listen: arguments.listen,
        customers: arguments.customers,
        seed: arguments.seed,
        variants,
        faults: arguments.faults,
        rate: match arguments.rate {
            Rate::Off => RateMode::Off,
            Rate::Documented => RateMode::Documented,
        },
        ..SandboxOptions::default()
    };
    if !arguments.platforms.is_empty() {
        options.platforms = arguments.platforms;
    }
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| ApiError::new(Code::InvalidInput, error.to_string()))?;
    // Whoever reads the line may tell us to end at once.
    let mut end = End::listen().map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    match serde_json::to_string(sandbox.ready()) {
        Ok(line) => crate::output::line(&line),
        Err(error) => return Err(ApiError::new(Code::Internal, error.to_string())),
    }
    tokio::select! {
        _ = end_of_input() => {}
        () = end.told() => {}
    }
    sandbox.shutdown().await;
    Ok(())
}

/// Read by a thread of its own: the runtime would not end before a read that nobody answers.
fn end_of_input() -> oneshot::Receiver<()> {
    let (tell, ended) = oneshot::channel();
    std::thread::spawn(move || {
        // An input that cannot be read has ended too.
        io::copy(&mut io::stdin(), &mut io::sink()).ok();
        tell.send(()).ok();
    });
    ended
}

/// The signals that end the program in an orderly way.
#[cfg(unix)]
struct End {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl End {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The key that ends the program in an orderly way.
#[cfg(windows)]
struct End(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl End {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn told(&mut self) {
        self.0.recv().await;
    }
}
