//! How often a store is asked, in time that moves only when somebody waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clientela_connectors::http::{RateGate, RateReading};
use clientela_connectors::{ListRequest, Urgency};
use clientela_domain::capability::Rate;
use clientela_sandbox::RateMode;

use crate::stores::read_all;
use crate::world::{Time, World};

const DOCUMENTED: Rate = Rate { burst: 40, per_second: 2.0 };

fn gate(rate: Rate) -> (Arc<RateGate>, Arc<Time>) {
    let time = Time::new(None);
    let ports = time.ports();
    (Arc::new(RateGate::new(rate, ports.clock, ports.sleep)), time)
}

#[tokio::test]
async fn a_long_run_uses_the_whole_allowance_and_no_more() {
    let (gate, time) = gate(DOCUMENTED);
    for _ in 0..38 {
        gate.admit(Urgency::Sweep).await;
    }
    assert_eq!(time.total_slept(), Duration::ZERO, "the burst needs no waiting");
    for _ in 0..2_000 {
        gate.admit(Urgency::Sweep).await;
    }
    let allowed = time.total_slept().as_secs_f64() * DOCUMENTED.per_second + f64::from(DOCUMENTED.burst);
    let used = 2_038.0 / allowed;
    assert!((0.99..=1.0).contains(&used), "{used}");
}

#[tokio::test]
async fn the_more_urgent_goes_first_and_one_place_is_kept_for_people() {
    let (gate, time) = gate(DOCUMENTED);
    for _ in 0..38 {
        gate.admit(Urgency::Sweep).await;
    }
    gate.admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::ZERO, "a person does not wait for the background");

    let order: Arc<std::sync::Mutex<Vec<Urgency>>> = Arc::default();
    let waiting =
        [Urgency::Sweep, Urgency::Sweep, Urgency::Changes, Urgency::Opened, Urgency::Push].map(|urgency| {
            let (gate, order) = (Arc::clone(&gate), Arc::clone(&order));
            async move {
                gate.admit(urgency).await;
                order.lock().unwrap().push(urgency);
            }
        });
    let [a, b, c, d, e] = waiting;
    tokio::join!(a, b, c, d, e);
    let came = order.lock().unwrap().clone();
    assert_eq!(came, [Urgency::Push, Urgency::Opened, Urgency::Changes, Urgency::Sweep, Urgency::Sweep]);
}

#[tokio::test]
async fn a_place_that_is_given_up_holds_nobody() {
    let (gate, _) = gate(Rate { burst: 2, per_second: 1.0 });
    gate.admit(Urgency::Push).await;
    {
        let mut waiting = Box::pin(gate.admit(Urgency::Push));
        // Polled once, so that it stands in the queue, and dropped.
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(waiting.as_mut().poll(context))).await;
        assert!(polled.is_pending());
    }
    gate.admit(Urgency::Sweep).await;
}

#[tokio::test]
async fn larger_plans_and_stricter_stores_are_learned_from_the_answers() {
    let reading = |limit: f64, remaining: f64, reset: u64| RateReading {
        limit,
        remaining,
        reset: Some(Duration::from_millis(reset)),
    };
    let (large, time) = gate(DOCUMENTED);
    large.admit(Urgency::Sweep).await;
    large.learn(reading(400.0, 399.0, 50));
    for _ in 0..397 {
        large.admit(Urgency::Sweep).await;
    }
    assert_eq!(time.total_slept(), Duration::ZERO);
    large.admit(Urgency::Sweep).await;
    assert_eq!(time.total_slept(), Duration::from_millis(50), "twenty a second");

    let (shared, time) = gate(DOCUMENTED);
    shared.admit(Urgency::Sweep).await;
    shared.learn(reading(40.0, 0.0, 20_000));
    shared.admit(Urgency::Sweep).await;
    assert_eq!(time.total_slept(), Duration::from_millis(1_500), "somebody else filled the bucket");

    let (slow, time) = gate(DOCUMENTED);
    slow.admit(Urgency::Sweep).await;
    slow.learn(reading(40.0, 0.0, 40_000));
    slow.admit(Urgency::Sweep).await;
    assert_eq!(time.total_slept(), Duration::from_secs(3), "a bucket that leaks one a second");
}

#[tokio::test]
async fn a_refusal_slows_down_and_answers_give_the_pace_back() {
    let rate = Rate { burst: 20, per_second: 10.0 };
    let (gate, time) = gate(rate);
    gate.slow_down();
    gate.admit(Urgency::Sweep).await;
    assert_eq!(time.total_slept(), Duration::from_millis(400), "two places at half the pace");
    for _ in 0..25 {
        gate.recover();
    }
    gate.admit(Urgency::Sweep).await;
    time.forget();
    gate.admit(Urgency::Sweep).await;
    assert_eq!(time.total_slept(), Duration::from_millis(100));
}

#[tokio::test]
async fn nobody_asks_while_the_store_wants_its_peace() {
    let (gate, time) = gate(DOCUMENTED);
    gate.close_for(Duration::from_secs(9));
    gate.admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::from_secs(9));
    gate.admit(Urgency::Sweep).await;
    assert_eq!(time.total_slept(), Duration::from_secs(9));
}

#[tokio::test]
async fn a_long_first_pass_meets_no_refusal() {
    for variants in
        [vec![], vec![("rate_plan", "large")], vec![("retry_after", "seconds"), ("total_count", "high")]]
    {
        let world = World::with("tiendanube", 260, RateMode::Documented, &variants).await;
        let connector = world.connector();
        let request = ListRequest { page_size: Some(1), ..ListRequest::default() };
        let (found, pages) = read_all(&*connector, request).await.unwrap();
        assert_eq!(found.len(), 260);
        assert!(pages >= 260);
        assert_eq!(world.statuses().await.get(&429), None, "{variants:?}");
        if variants.is_empty() {
            let allowed = world.time.total_slept().as_secs_f64() * DOCUMENTED.per_second + 40.0;
            let used = connector.requests() as f64 / allowed;
            assert!(used >= 0.95, "{used}");
        }
    }
}

#[tokio::test]
async fn edits_and_looks_go_on_during_a_first_pass_without_a_refusal() {
    let world = World::start("tiendanube", 120, RateMode::Documented).await;
    let connector = world.connector();
    let done = AtomicUsize::new(0);
    let sweep = async {
        let request = ListRequest { page_size: Some(1), ..ListRequest::default() };
        read_all(&*connector, request).await.unwrap();
        done.store(1, Ordering::SeqCst);
    };
    let looks = async {
        let first = connector.list(&ListRequest::default(), Urgency::Opened).await.unwrap().records.remove(0);
        while done.load(Ordering::SeqCst) == 0 {
            connector.fetch(&first.remote_id, Urgency::Push).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    // The looks would starve the sweep; a person does not look that often, so they end first.
    tokio::select! {
        ((), ()) = async { tokio::join!(sweep, looks) } => {}
        () = async { while connector.requests() < 300 { tokio::task::yield_now().await } } => {}
    }
    assert_eq!(world.statuses().await.get(&429), None);
}

#[tokio::test]
async fn a_store_that_documents_no_limit_is_found_out_and_obeyed() {
    for form in ["429_seconds", "429_http_date", "429_bare"] {
        let world = World::with("inallweb", 150, RateMode::Documented, &[("rate", form)]).await;
        let connector = world.connector();
        let request = ListRequest { page_size: Some(1), ..ListRequest::default() };
        let (found, _) = read_all(&*connector, request).await.unwrap();
        assert_eq!(found.len(), 150, "{form}");
        let refused = world.statuses().await.get(&429).copied().unwrap_or_default();
        assert!(refused <= 12, "{form}: {refused} refusals");
    }
}
