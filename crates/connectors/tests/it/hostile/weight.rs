//! Answers that would fill the memory.

use clientela_connectors::ConnectorError;

use super::liar::Liar;
use super::replies::{self, Reply};
use super::tape::{Exchange, PLATFORMS, Question, Tape};

/// More than the largest answer needs, packed, unpacked and read at once.
const MOST: u64 = 256 << 20;

/// What an answer may cost most: as much as it may have of bytes, and of values of which each is read as a customer.
fn heavy(tape: &Tape, exchange: &Exchange) -> Vec<(&'static str, Reply)> {
    let list = |one: &str, count: usize| {
        let rows = vec![one; count].join(",");
        match exchange.body.first() {
            Some(b'[') => format!("[{rows}]"),
            _ if exchange.body.windows(9).any(|nine| nine == b"\"results\"") => {
                format!(r#"{{"results":[{rows}]}}"#)
            }
            _ if exchange.body.windows(7).any(|seven| seven == b"\"items\"") => {
                format!(r#"{{"items":[{rows}]}}"#)
            }
            _ => format!(r#"{{"data":[{rows}]}}"#),
        }
    };
    let says = |body: String| replies::saying(exchange, String::new(), body.as_bytes());
    let mut heavy =
        vec![("bomb", replies::bomb(exchange)), ("many customers", says(list(r#"{"id":7}"#, 99_000)))];
    // What is done before a platform looks at it is the same for all.
    if tape.platform == PLATFORMS[0] {
        let keys: String = (0..900_000).map(|key| format!("\"k{key}\":0,")).collect();
        heavy.extend([
            ("endless text", replies::endless(exchange, 33 << 20)),
            ("one long text", says(format!("[\"{}\"]", "x".repeat(31 << 20)))),
            ("many numbers", says(list("7", 900_000))),
            ("many keys", says(format!("{{{keys}\"z\":1}}"))),
        ]);
    }
    heavy
}

#[tokio::test]
async fn no_answer_takes_more_memory_than_the_largest_honest_one() {
    let mut tapes = Vec::new();
    for platform in PLATFORMS {
        tapes.extend(Tape::record_all(platform, &[Question::List, Question::Update]).await);
    }
    for tape in tapes {
        let Some(at) = (0..tape.exchanges.len()).find(|at| tape.is_chief(*at)) else { continue };
        let liar = Liar::start(tape.exchanges.clone(), at).await;
        for (what, reply) in heavy(&tape, &tape.exchanges[at]) {
            liar.tell(reply);
            let before = resident();
            let outcome = tape.ask(&*tape.connector(&liar.origin)).await;
            let label = format!("{} {:?} {what}", tape.platform, tape.question);
            if matches!(what, "bomb" | "endless text") {
                let refused = match tape.question {
                    Question::Update => matches!(outcome, Err(ConnectorError::OutcomeUnknown { .. })),
                    _ => matches!(outcome, Err(ConnectorError::TooLarge { limit: 0x0200_0000 })),
                };
                assert!(refused, "{label}: {:?}", outcome.map(|_| ()));
            }
            assert!(liar.asked().1 > 0, "{label}: it was told");
            drop(outcome);
            let grown = peak().saturating_sub(before);
            println!("{label}: {} MiB", grown >> 20);
            assert!(grown < MOST, "{label}: {} MiB", grown >> 20);
        }
    }
}

/// A line of the system's own account of this process, in bytes. Where there is none, nothing is measured.
fn account_of(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let told = status.lines().find_map(|told| told.strip_prefix(line)).unwrap_or_default();
    told.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) << 10
}

fn resident() -> u64 {
    // Begins the peak anew where the system lets us.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    account_of("VmRSS:")
}

fn peak() -> u64 {
    account_of("VmHWM:")
}
