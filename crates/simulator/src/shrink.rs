//! Makes the tape of a failing history as short and quiet as it can be while the same thing still goes wrong.

/// Never asks more often than this.
const MOST_TRIES: u32 = 600;

/// The smallest tape found for which `still_fails` holds. It holds for the given one.
pub async fn smallest<Try>(choices: Vec<u32>, still_fails: impl Fn(Vec<u32>) -> Try) -> Vec<u32>
where
    Try: Future<Output = Option<Vec<u32>>>,
{
    let mut best = choices;
    let mut tries = 0;
    let mut has_improved = true;
    while has_improved && tries < MOST_TRIES {
        has_improved = false;
        let mut size = best.len() / 2;
        while size > 0 && tries < MOST_TRIES {
            let mut from = 0;
            while from < best.len() && tries < MOST_TRIES {
                let to = (from + size).min(best.len());
                let without = [&best[..from], &best[to..]].concat();
                let mut quiet = best.clone();
                quiet[from..to].fill(0);
                let is_quiet = quiet == best;
                tries += 1;
                if let Some(drawn) = still_fails(without).await {
                    if is_smaller(&drawn, &best) {
                        best = drawn;
                        has_improved = true;
                        continue;
                    }
                } else if !is_quiet {
                    tries += 1;
                    if let Some(drawn) = still_fails(quiet).await
                        && is_smaller(&drawn, &best)
                    {
                        best = drawn;
                        has_improved = true;
                    }
                }
                from += size;
            }
            size /= 2;
        }
    }
    while best.last() == Some(&0) {
        best.pop();
    }
    best
}

fn is_smaller(one: &[u32], other: &[u32]) -> bool {
    let weight = |tape: &[u32]| (tape.len(), tape.iter().filter(|choice| **choice > 0).count());
    weight(one) < weight(other)
}
