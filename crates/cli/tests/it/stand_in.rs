//! `clientela sandbox`: ready when it says so, gone when it is told to.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::desk::{keys, program};

async fn start(arguments: &[&str]) -> (Child, Value) {
    let mut command = program();
    command
        .arg("sandbox")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line =
        tokio::time::timeout(Duration::from_secs(20), lines.next_line()).await.expect("it becomes ready");
    (child, serde_json::from_str(&line.unwrap().unwrap()).unwrap())
}

async fn ends_well(child: &mut Child) {
    let status = tokio::time::timeout(Duration::from_secs(10), child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(0), "an end that was asked for is no failure");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_says_everything_and_the_end_of_input_ends_it() {
    let (mut child, ready) = start(&["--customers", "20", "--seed", "3", "--rate", "off"]).await;
    assert_eq!(keys(&ready), ["control", "stores"], "{ready}");
    let stores = ready["stores"].as_array().unwrap();
    assert_eq!(stores.len(), 5, "{ready}");
    for store in stores {
        assert_eq!(keys(store), ["platform", "url", "alias", "store_id", "email", "secrets"], "{store}");
    }
    let state = reqwest::get(format!("{}/state?platform=inallweb", ready["control"].as_str().unwrap()))
        .await
        .unwrap();
    assert_eq!(state.status(), 200, "it is ready when it says so");
    drop(child.stdin.take());
    ends_well(&mut child).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_it_from_the_moment_it_is_ready() {
    for signal in ["-TERM", "-INT"] {
        let (mut child, ready) = start(&["--customers", "5", "--platforms", "tiendanube"]).await;
        assert_eq!(ready["stores"].as_array().unwrap().len(), 1, "only the platform that was asked for");
        // Held open, or its end would do the signal's work.
        let input = child.stdin.take();
        let pid = child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
        ends_well(&mut child).await;
        drop(input);
    }
}
