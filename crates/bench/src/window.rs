//! The real window on the same book, beside a window with nothing in it that was built from the same workspace.
//!
//! Both run on one screen under one driver, and take turns. What is measured is written by the page itself: it notes when what it
//! changed can be seen.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use clientela_webdriver::{Driver, Start, memory_of, started_at};
use serde_json::{Value, json};

use crate::figures::{Table, Times, is_chosen};

const STARTS: usize = 7;
const FRAMES: usize = 300;
const PATIENCE: usize = 3_000;
const PAUSE: Duration = Duration::from_millis(10);
/// What is done beside the first rows, like following the store, has ended by then.
const REST: Duration = Duration::from_secs(8);

const START: &str = "window: start to first rows";
const MEMORY: &str = "window: memory of the program at rest";
const KEYSTROKE: &str = "window: keystroke to painted rows, p99";
const KEYSTROKE_MEDIAN: &str = "window: keystroke to painted rows, median";
const FRAME: &str = "window: frame while scrolling, p95";
const LATE: &str = "window: frames while scrolling that came late";

/// The moment, in milliseconds of this machine's clock, at which rows could be seen.
const PAINTED_AT: &str = "const mark = performance.getEntriesByName('rows').at(-1);
    return mark === undefined ? null : performance.timeOrigin + mark.startTime;";
const LISTEN: &str = "addEventListener('input', (event) => {
        performance.clearMarks('rows');
        window.typedAt = event.timeStamp;
    }, true);
    return true;";
/// Milliseconds from the newest keystroke to its rows.
const ANSWERED_IN: &str = "const mark = performance.getEntriesByName('rows').at(-1);
    return window.typedAt === undefined || mark === undefined || mark.startTime < window.typedAt
        ? null : mark.startTime - window.typedAt;";
/// Moves the list by a few rows in every frame and notes how long each took.
const SCROLL: &str = "const count = arguments[0];
    const list = document.querySelector('[data-testid=list]');
    const frames = [];
    let before = null;
    const step = (now) => {
        if (before !== null) frames.push(now - before);
        before = now;
        list.scrollTop += 90;
        if (frames.length < count) requestAnimationFrame(step);
        else window.frameTimes = frames;
    };
    requestAnimationFrame(step);
    return true;";

/// What `cargo xtask bench --window` hands over.
struct Surroundings {
    driver: PathBuf,
    app: PathBuf,
    empty: PathBuf,
}

/// Measures where a driver and the programs were handed over; says nothing otherwise.
pub(crate) async fn all(
    folder: &Path,
    customers: usize,
    texts: &[String],
    chosen: &[String],
    table: &mut Table,
) -> Result<()> {
    let Some(surroundings) = surroundings() else { return Ok(()) };
    let wants = |work: &str| is_chosen(work, chosen);
    if wants(START) || wants(MEMORY) {
        starts(&surroundings, folder, customers, table).await?;
    }
    if wants(KEYSTROKE) || wants(FRAME) {
        work(&surroundings, folder, customers, texts, table).await?;
    }
    Ok(())
}

fn surroundings() -> Option<Surroundings> {
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    Some(Surroundings {
        driver: path("CLIENTELA_TAURI_DRIVER")?,
        app: path("CLIENTELA_DESKTOP_BINARY")?,
        empty: path("CLIENTELA_EMPTY_WINDOW")?,
    })
}

async fn starts(
    surroundings: &Surroundings,
    folder: &Path,
    customers: usize,
    table: &mut Table,
) -> Result<()> {
    let (mut ours, mut empty) = (Times::default(), Times::default());
    let (mut our_memory, mut empty_memory) = (Vec::new(), Vec::new());
    for number in 0..STARTS {
        for (program, times, memory) in [
            (&surroundings.app, &mut ours, &mut our_memory),
            (&surroundings.empty, &mut empty, &mut empty_memory),
        ] {
            let window = open(surroundings, program, folder).await?;
            let program = *window.programs().first().context("the program has ended")?;
            let painted = patiently(&window, PAINTED_AT).await?.as_f64().context("a moment")?;
            let started = started_at(program)?.duration_since(SystemTime::UNIX_EPOCH)?;
            times.add(Duration::from_secs_f64(painted / 1_000.0).saturating_sub(started));
            // The first starts are enough to tell.
            if number < 2 {
                wait(REST).await;
                memory.push(memory_of(program)? as f64 / 1_048_576.0);
            }
        }
    }
    table.compare(START, customers, "ms", ours.median(), empty.median(), Some(1.3));
    let most = |memory: &[f64]| memory.iter().copied().fold(0.0, f64::max);
    table.figure(MEMORY, customers, "MiB more", most(&our_memory) - most(&empty_memory), Some(120.0));
    Ok(())
}

async fn work(
    surroundings: &Surroundings,
    folder: &Path,
    customers: usize,
    texts: &[String],
    table: &mut Table,
) -> Result<()> {
    let empty = open(surroundings, &surroundings.empty, folder).await?;
    let (typed, frames) = (type_all(&empty, texts).await?, scroll(&empty).await?);
    drop(empty);
    let ours = open(surroundings, &surroundings.app, folder).await?;
    patiently(&ours, PAINTED_AT).await?;
    wait(REST).await;
    let (our_typed, our_frames) = (type_all(&ours, texts).await?, scroll(&ours).await?);
    table.compare(KEYSTROKE, customers, "ms", our_typed.p99(), typed.p99(), None);
    table.compare(KEYSTROKE_MEDIAN, customers, "ms", our_typed.median(), typed.median(), None);
    table.compare(FRAME, customers, "ms", our_frames.percentile(0.95), frames.percentile(0.95), None);
    let late = |times: &Times| times.share_over(1.5 * frames.median()) * 100.0;
    table.compare(LATE, customers, "%", late(&our_frames), late(&frames).max(0.1), None);
    Ok(())
}

/// Types every text letter by letter, as somebody who waits for the rows of each.
async fn type_all(window: &Driver, texts: &[String]) -> Result<Times> {
    const SEARCH: &str = "[data-testid=search]";
    const BACKSPACE: &str = "\u{e003}";
    let mut times = Times::default();
    patiently(window, LISTEN).await?;
    for text in texts {
        for letter in text.chars() {
            window.run("delete window.typedAt; return true", &[]).await?;
            window.type_into(SEARCH, &letter.to_string()).await?;
            let took = patiently(window, ANSWERED_IN).await?.as_f64().context("a time")?;
            times.add(Duration::from_secs_f64(took / 1_000.0));
        }
        window.run("document.querySelector(arguments[0]).select(); return true", &[json!(SEARCH)]).await?;
        window.run("delete window.typedAt; return true", &[]).await?;
        window.type_into(SEARCH, BACKSPACE).await?;
        patiently(window, ANSWERED_IN).await?;
    }
    Ok(times)
}

async fn scroll(window: &Driver) -> Result<Times> {
    window.run(SCROLL, &[json!(FRAMES)]).await?;
    let frames = patiently(window, "return window.frameTimes ?? null").await?;
    let mut times = Times::default();
    for frame in frames.as_array().context("the frames")? {
        times.add(Duration::from_secs_f64(frame.as_f64().context("a time")? / 1_000.0));
    }
    Ok(times)
}

async fn open(surroundings: &Surroundings, program: &Path, folder: &Path) -> Result<Driver> {
    let (book, home) = (folder.join("book"), folder.join("home"));
    std::fs::create_dir_all(&home)?;
    let arguments: Vec<&OsStr> = match program == surroundings.app {
        true => vec!["--data-dir".as_ref(), book.as_ref()],
        false => Vec::new(),
    };
    let secrets = format!("file:{}", folder.join(crate::stage::SECRETS).display());
    Driver::start(&Start {
        driver: &surroundings.driver,
        app: program,
        arguments,
        home: &home,
        language: "C.UTF-8",
        variables: vec![("CLIENTELA_SECRETS", secrets)],
    })
    .await
}

/// Asks the page again and again until it has something to say.
async fn patiently(window: &Driver, script: &str) -> Result<Value> {
    for _ in 0..PATIENCE {
        // A page that is not there yet cannot be asked.
        if let Ok(value) = window.run(script, &[]).await
            && !value.is_null()
        {
            return Ok(value);
        }
        wait(PAUSE).await;
    }
    bail!("the window never answers: {script}");
}

#[expect(clippy::disallowed_methods, reason = "a real window takes real time")]
async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}
