//! The path of one request: faults before, the platform, faults after, the log, the wire.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, Response};

use crate::clock::wait;
use crate::fault::{Fault, damage, instead};
use crate::server::delivery::respond;
use crate::server::listener::{CuttableListener, Wire};
use crate::server::{Answer, Call, World, hold};

/// A body larger than this is not a customer.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// Serves one store until the sandbox stops.
pub(crate) async fn serve_store(listener: CuttableListener, world: Arc<World>, store: usize) {
    let mut stopping = world.stopping.clone();
    let router = Router::new().fallback(take).with_state(Front { world, store });
    let served = axum::serve(listener, router.into_make_service_with_connect_info::<Wire>())
        .with_graceful_shutdown(async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        })
        .await;
    if let Err(error) = served {
        tracing::warn!(%error, "a sandbox store stopped serving");
    }
}

#[derive(Clone)]
struct Front {
    world: Arc<World>,
    store: usize,
}

async fn take(
    State(Front { world, store }): State<Front>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response<Body> {
    let store = &world.stores[store];
    let at = world.clock.now();
    let (parts, body) = request.into_parts();
    let stopping = world.stopping.clone();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return respond(Answer::empty(413), at, stopping);
    };
    let query = parts.uri.query().unwrap_or_default();
    let call = Call::new(parts.method, parts.uri.path(), query, parts.headers, body);

    let faults = hold(&world.faults).strike(store.kind.key, call.method.as_str(), &call.path);
    for fault in &faults {
        if let Fault::DelayMs { ms } = fault {
            wait(*ms).await;
        }
    }
    let answer = answer(&world, store, &call, &faults);
    let kinds = faults.iter().map(Fault::kind).collect();
    let lost = faults.iter().any(Fault::loses_the_answer);
    let status = answer.as_ref().filter(|_| !lost).map(|answer| answer.status);
    hold(&world.log).add(store.kind.key, &call, status, kinds, at);
    match answer {
        Some(answer) if !lost => {
            let mut answer = answer;
            if call.method == Method::HEAD {
                answer.body.clear();
            }
            respond(answer, world.clock.now(), stopping)
        }
        _ => {
            wire.cut();
            respond(Answer::empty(500), at, stopping)
        }
    }
}

/// `None` where the request is to be lost before it is processed.
fn answer(world: &World, store: &super::Store, call: &Call, faults: &[Fault]) -> Option<Answer> {
    if faults.iter().any(Fault::loses_the_request) {
        return None;
    }
    let mut answer = match faults.iter().find_map(instead) {
        Some(answer) => answer,
        None => {
            let mut platform = hold(&store.platform);
            let stranger = faults.iter().any(|fault| matches!(fault, Fault::WrongStore {}));
            if stranger {
                platform.swap_stores();
            }
            let answer = platform.answer(call, world.clock.now());
            if stranger {
                platform.swap_stores();
            }
            answer
        }
    };
    for fault in faults {
        damage(fault, &mut answer, store.kind.list_pointer);
    }
    Some(answer)
}
