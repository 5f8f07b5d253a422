//! How often a store is asked, in time that moves only when somebody waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clientela_connectors::http::{RateGate, RateGates, RateReading};
use clientela_connectors::{Clock, ConnectorError, Fetched, ListRequest, Sleep, Urgency};
use clientela_domain::capability::{Allowance, Rate};
use clientela_domain::{Field, FieldValue};
use clientela_sandbox::RateMode;

use crate::stores::read_all;
use crate::world::{Time, World};

const BURST: f64 = 40.0;
const PER_SECOND: f64 = 2.0;
const DOCUMENTED: Rate = Rate::Bucket { burst: 40, per_second: PER_SECOND };

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
    let allowed = time.total_slept().as_secs_f64() * PER_SECOND + BURST;
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
    let (gate, _) = gate(Rate::Bucket { burst: 2, per_second: 1.0 });
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
async fn nonsense_about_an_allowance_shuts_nobody_out() {
    for limit in [1.0, 40.0, 1e18, 1e308] {
        for remaining in [-1e308, -40.0, 0.0, 40.0, 1e308] {
            for reset in [None, Some(Duration::ZERO), Some(Duration::from_millis(1)), Some(Duration::MAX)] {
                let (gate, time) = gate(DOCUMENTED);
                gate.learn(RateReading { limit, remaining, reset });
                gate.admit(Urgency::Sweep).await;
                let waited = time.total_slept();
                // The slowest plan that there may be, with a bucket that is full.
                assert!(waited < Duration::from_secs(600), "{limit} {remaining} {reset:?}: {waited:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_slows_down_and_answers_give_the_pace_back() {
    let rate = Rate::Bucket { burst: 20, per_second: 10.0 };
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
            let allowed = world.time.total_slept().as_secs_f64() * PER_SECOND + BURST;
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

#[tokio::test]
async fn forty_in_any_ten_seconds_are_nearly_used_and_never_exceeded() {
    let world = World::start("tiendanegocio", 400, RateMode::Documented).await;
    let connector = world.connector();
    let request = ListRequest { page_size: Some(1), ..ListRequest::default() };
    let (found, _) = read_all(&*connector, request).await.unwrap();
    assert_eq!(found.len(), 400);
    assert_eq!(world.statuses().await.get(&429), None);
    let used = connector.requests() as f64 / (world.time.total_slept().as_secs_f64() * 4.0);
    assert!((0.95..=1.0).contains(&used), "{used}");
}

#[tokio::test]
async fn a_shop_that_tells_of_an_allowance_by_the_minute_is_asked_no_more_than_that() {
    let variants = [("rate", "60"), ("rate_headers", "present")];
    let world = World::with("uappi", 300, RateMode::Documented, &variants).await;
    let connector = crate::uappi::with_everybody(&world).await;
    let mut request = ListRequest::default();
    loop {
        let page = connector.list(&request, Urgency::Sweep).await.unwrap();
        match page.next {
            Some(next) => request.position = Some(next),
            None => break,
        }
    }
    assert_eq!(world.statuses().await.get(&429), None);
    // One a second, and what goes out at once in the beginning.
    let used = connector.requests() as f64 / world.time.total_slept().as_secs_f64();
    assert!((0.95..=1.05).contains(&used), "{used}");
}

#[tokio::test]
async fn a_shop_that_tells_of_its_allowance_only_by_refusing_is_obeyed() {
    for wish in ["seconds", "http_date", "absent"] {
        let variants = [("rate", "60"), ("retry_after", wish)];
        let world = World::with("uappi", 150, RateMode::Documented, &variants).await;
        let connector = crate::uappi::with_everybody(&world).await;
        let mut request = ListRequest { page_size: Some(5), ..ListRequest::default() };
        let mut pauses = 0;
        loop {
            match connector.list(&request, Urgency::Sweep).await {
                Ok(page) => match page.next {
                    Some(next) => request.position = Some(next),
                    None => break,
                },
                // Without a wish the end of the minute is not known, and whoever asks waits longer each time.
                Err(ConnectorError::RateLimited { .. }) if wish == "absent" => {
                    pauses += 1;
                    world.time.sleep(Duration::from_secs(60)).await;
                }
                Err(error) => panic!("{wish}: {error:?}"),
            }
        }
        let refused = world.statuses().await.get(&429).copied().unwrap_or_default();
        assert!(refused <= 12 && pauses <= 3, "{wish}: {refused} refusals, {pauses} pauses");
    }
}

const MINUTES: Rate = Rate::PerMinute(&[
    Allowance { route: "first", per_minute: 60 },
    Allowance { route: "second", per_minute: 10 },
]);

#[tokio::test]
async fn no_minute_holds_more_than_its_requests_and_few_of_them_are_left_unused() {
    let (gate, time) = gate(MINUTES);
    let mut sent = Vec::new();
    for _ in 0..600 {
        gate.admit(Urgency::Sweep).await;
        sent.push(time.elapsed());
    }
    for (place, at) in sent.iter().enumerate() {
        let minute = sent[place..].iter().take_while(|later| **later < *at + Duration::from_secs(60));
        assert!(minute.count() <= 60, "from {at:?} on");
    }
    // By the clock's minutes, as the store may count them: every whole one is used.
    for minute in 0..time.elapsed().as_secs() / 60 {
        let used = sent.iter().filter(|at| at.as_secs() / 60 == minute).count();
        assert!((57..=60).contains(&used), "minute {minute}: {used}");
    }
}

#[tokio::test]
async fn an_edit_in_the_middle_of_a_long_reading_waits_for_seconds_and_not_for_a_minute() {
    let (gate, time) = gate(MINUTES);
    for _ in 0..15 {
        gate.admit(Urgency::Sweep).await;
    }
    assert_eq!(time.total_slept(), Duration::ZERO, "a small store is read at once");
    let mut longest = Duration::ZERO;
    for turn in 0..300 {
        gate.admit(Urgency::Sweep).await;
        if turn >= 60 && turn % 20 == 0 {
            let before = time.elapsed();
            for _ in 0..3 {
                gate.admit(Urgency::Push).await;
            }
            longest = longest.max(time.elapsed() - before);
        }
    }
    assert!(longest <= Duration::from_secs(4), "{longest:?}");
}

#[tokio::test]
async fn what_others_used_of_a_minute_is_believed_and_a_refusal_is_waited_out() {
    let reading = |remaining: f64| RateReading { limit: 60.0, remaining, reset: None };
    let (shared, time) = gate(MINUTES);
    shared.admit(Urgency::Push).await;
    shared.learn(reading(57.0));
    shared.admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::ZERO);
    shared.learn(reading(0.0));
    shared.admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::from_millis(60_500), "somebody else used the rest");

    let (refused, time) = gate(MINUTES);
    refused.admit(Urgency::Push).await;
    refused.slow_down();
    refused.admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::from_millis(60_500));

    let (smaller, time) = gate(MINUTES);
    smaller.learn(RateReading { limit: 5.0, remaining: 5.0, reset: None });
    for _ in 0..5 {
        smaller.admit(Urgency::Push).await;
    }
    assert_eq!(time.total_slept(), Duration::ZERO);
    smaller.admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::from_millis(60_500));
    for nonsense in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e12] {
        smaller.learn(RateReading { limit: nonsense, remaining: nonsense, reset: None });
    }
    smaller.admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::from_millis(60_500));
}

#[tokio::test]
async fn routes_do_not_take_from_each_other() {
    let time = Time::new(None);
    let ports = time.ports();
    let gates = RateGates::new(MINUTES, &ports.clock, &ports.sleep);
    for _ in 0..60 {
        gates.of("first").admit(Urgency::Push).await;
    }
    for _ in 0..10 {
        gates.of("second").admit(Urgency::Push).await;
    }
    assert_eq!(time.total_slept(), Duration::ZERO);
    gates.of("second").admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::from_millis(60_500));
    gates.of("unheard of").admit(Urgency::Push).await;
    assert_eq!(time.total_slept(), Duration::from_millis(60_500), "the first again, and its minute is over");
}

#[tokio::test]
async fn twenty_thousand_customers_are_read_at_the_documented_limits_without_a_refusal() {
    for (window, customers) in [("clock_minute", 20_000), ("first_request", 6_000)] {
        let world = World::with("yampi", customers, RateMode::Documented, &[("rate_window", window)]).await;
        let connector = world.connector();
        let (found, pages) = read_all(&*connector, ListRequest::default()).await.unwrap();
        assert_eq!(found.len(), customers);
        assert!(pages >= customers / 100, "{pages}");
        assert_eq!(world.statuses().await.get(&429), None, "{window}");
        // Sixty a minute, and the clusters before the list count with it.
        let used = connector.requests() as f64 / world.time.total_slept().as_secs_f64();
        assert!((0.95..=1.1).contains(&used), "{window}: {used}");
    }
}

#[tokio::test]
async fn edits_and_looks_at_every_route_meet_no_refusal() {
    for variants in [&[("write_allowance", "shared")][..], &[("rate_window", "first_request")]] {
        let world = World::with("yampi", 40, RateMode::Documented, variants).await;
        let connector = world.connector();
        let (found, _) = read_all(&*connector, ListRequest::default()).await.unwrap();
        let person = found
            .values()
            .find(|record| record.documents.value().is_some() && record.email.value().is_some());
        let id = person.unwrap().remote_id.clone();
        for turn in 0..70 {
            let Fetched::Found { record, .. } = connector.fetch(&id, Urgency::Opened).await.unwrap() else {
                panic!("{id} is missing");
            };
            let note = FieldValue::Text(format!("turn {turn}"));
            connector.update(&record, &[(Field::Note, note)]).await.unwrap();
        }
        assert_eq!(world.statuses().await.get(&429), None, "{variants:?}");
        // Thirty writes a minute are what holds this up.
        let used = 70.0 / (world.time.total_slept().as_secs_f64() / 2.0 + 30.0);
        assert!(used >= 0.7, "{used}");
    }
}
