//! `clientela sandbox`: the stand-in server by itself, until standard input closes or it is told to end.

use std::collections::BTreeMap;

use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_sandbox::{RateMode, Sandbox, SandboxOptions};
use tokio::io::AsyncReadExt;

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
    match serde_json::to_string(sandbox.ready()) {
        Ok(line) => println!("{line}"),
        Err(error) => return Err(ApiError::new(Code::Internal, error.to_string())),
    }
    let mut input = tokio::io::stdin();
    let mut buffer = [0_u8; 256];
    tokio::select! {
        () = async { while input.read(&mut buffer).await.is_ok_and(|read| read > 0) {} } => {}
        _ = told_to_end() => {}
    }
    sandbox.shutdown().await;
    Ok(())
}

#[cfg(unix)]
async fn told_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn told_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
