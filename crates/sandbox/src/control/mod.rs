//! The control API: the hands and eyes of a test, on a listener of its own.
//!
//! It sees the truth that stores hide, edits as somebody else, moves the clock, arms faults and tells what was
//! asked. No store serves any of it, and none of it obeys a store's rules.

mod orders;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::platform::Refused;
use crate::server::{Answer, Call, World, respond};

/// The path under which everything here stands.
pub(crate) const PREFIX: &str = "/control";

const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Serves the control API until the sandbox stops.
pub(crate) async fn serve(listener: TcpListener, world: Arc<World>) {
    let mut stopping = world.stopping.clone();
    let router = Router::new().fallback(take).with_state(world);
    let served = axum::serve(listener, router)
        .with_graceful_shutdown(async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        })
        .await;
    if let Err(error) = served {
        tracing::warn!(%error, "the control listener stopped serving");
    }
}

async fn take(State(world): State<Arc<World>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let answer = match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => {
            let call = Call::new(parts.method, parts.uri.path(), query, parts.headers, body);
            obey(&world, &call).unwrap_or_else(refusal)
        }
        Err(_) => Answer::empty(413),
    };
    respond(answer, world.clock.now(), world.stopping.clone())
}

fn obey(world: &World, call: &Call) -> Result<Answer, Refused> {
    let order = call.path.strip_prefix(PREFIX).unwrap_or_default();
    let platform = call.parameter("platform");
    let value = match (&call.method, order) {
        (&Method::GET, "/state") => orders::state(world, platform)?,
        (&Method::GET, "/customer") => orders::customer(world, platform, call.parameter("id"))?,
        (&Method::GET, "/stores") => orders::stores(world),
        (&Method::GET, "/clock") => orders::clock(world),
        (&Method::GET, "/variants") => orders::variants(),
        (&Method::GET, "/faults") => orders::faults(world),
        (&Method::DELETE, "/faults") => orders::clear_faults(world),
        (&Method::GET, "/log") => orders::log(world, platform),
        (&Method::DELETE, "/log") => orders::clear_log(world),
        (&Method::POST, _) => {
            let body = object(call)?;
            match order {
                "/create" => orders::create(world, &body)?,
                "/edit" => orders::edit(world, &body)?,
                "/delete" => orders::delete(world, &body)?,
                "/redact" => orders::redact(world, &body)?,
                "/accounts" => orders::accounts(world, &body)?,
                "/revoke" => orders::revoke(world, &body)?,
                "/clock" => orders::set_clock(world, &body)?,
                "/variant" => orders::set_variant(world, &body)?,
                "/faults" => orders::add_faults(world, body)?,
                _ => return Err(Refused::Unknown),
            }
        }
        _ => return Err(Refused::Unknown),
    };
    Ok(Answer::json(200, &value))
}

fn object(call: &Call) -> Result<Value, Refused> {
    if call.body.is_empty() {
        return Ok(json!({}));
    }
    let value: Value =
        serde_json::from_slice(&call.body).map_err(|error| Refused::wrong(error.to_string()))?;
    if value.is_object() { Ok(value) } else { Err(Refused::wrong("the body has to be an object")) }
}

fn refusal(refused: Refused) -> Answer {
    match refused {
        Refused::Unknown => Answer::json(404, &json!({"error": "there is no such thing"})),
        Refused::Wrong(text) => Answer::json(400, &json!({"error": text})),
    }
}
