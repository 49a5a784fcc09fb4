//! The doors: one listener for each company. Reads a request, lets trouble have its way, asks the
//! company for an answer, writes down both. Stands directly on hyper, because a connection that
//! closes without a reply is something that axum cannot say.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

pub(crate) use crate::answer::Answer;
use crate::answer::Dropped;
use crate::fault::{Company, Fault};
use crate::hold::Hold;
use crate::psa::{Psa, screens};
use crate::state::Recorded;
use crate::world::World;
use crate::{autotask, connectwise, duo, entra, graph, halo, receiver, twilio};

/// No vendor here takes more.
const BODY_LIMIT: usize = 1 << 20;

/// A request, read to its end.
pub(crate) struct Call {
    pub(crate) company: Company,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) now_ms: i64,
}

impl Call {
    /// A header's text, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// `Content-Type` without its parameters, in lower case.
    pub(crate) fn content_type(&self) -> String {
        self.header("content-type")
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// The fields of a form body; of any other body none, as the vendors do it.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        if self.content_type() != "application/x-www-form-urlencoded" {
            return Vec::new();
        }
        pairs(&self.body)
    }

    /// The parts of the path, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        Call::parts(&self.path)
    }

    /// The parts of some of a path, decoded.
    pub(crate) fn parts(path: &str) -> Vec<String> {
        path.trim_start_matches('/').split('/').map(decode).collect()
    }
}

/// Form pairs; a `+` that was not encoded is a blank, here as at the vendors.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// One path segment: percent-decoding only, a `+` stays.
fn decode(segment: &str) -> String {
    let kept = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    pairs(&kept).into_iter().next().map(|(key, _)| key).unwrap_or_default()
}

/// Answers a company's requests until the world stops.
pub(crate) async fn serve(world: World, company: Company, listener: TcpListener) {
    let stopped = world.stopped();
    loop {
        let accepted = tokio::select! {
            () = stopped.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, _)) = accepted else { continue };
        let (world, stopped) = (world.clone(), stopped.clone());
        let connected = world.connected();
        world.clone().track(async move {
            let _connected = connected;
            let answer = service_fn(|request| respond(world.clone(), company, request));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), answer);
            tokio::select! {
                () = stopped.cancelled() => {}
                // An error is a client that left or a fault that was asked for: nothing to report.
                _ = connection => {}
            }
        });
    }
}

/// Answers the world page's requests until the world stops.
pub(crate) async fn serve_page(world: World, page: axum::Router, listener: TcpListener) {
    let stopped = world.stopped();
    loop {
        let accepted = tokio::select! {
            () = stopped.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((socket, _)) = accepted else { continue };
        let service = hyper_util::service::TowerToHyperService::new(page.clone());
        let stopped = stopped.clone();
        world.track(async move {
            let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
            tokio::select! {
                () = stopped.cancelled() => {}
                _ = connection => {}
            }
        });
    }
}

async fn respond(
    world: World,
    company: Company,
    request: Request<Incoming>,
) -> Result<Response<Body>, Dropped> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), BODY_LIMIT).await.map_err(|_| Dropped)?;
    let call = Call {
        company,
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        now_ms: world.clock().now_ms(),
    };
    // People's browsers: neither a company's request nor in its way.
    if let Some(page) = Psa::of(company).and_then(|psa| screens::answer(&world, psa, &call)) {
        return Ok(page.into_response(false));
    }
    // Until the answer is made, whatever happens to it.
    let _thread = match autotask::enter(&world, &call) {
        Ok(thread) => thread,
        Err(crowded) => return Ok(finish(&world, &call, crowded)),
    };
    if let Some(hold) = world.take_hold() {
        return held(&world, call, hold).await;
    }
    match world.take_fault(&call) {
        None => {
            duo::wait(&world, &call).await;
            autotask::wait(&world, &call).await;
            let answer = act(&world, &call);
            Ok(finish(&world, &call, answer))
        }
        Some(Fault::Slow { ms }) => {
            let answer = act(&world, &call);
            // Written down now: a client that gives up takes this future with it.
            note(&world, &call, Some(answer.status), &answer);
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Ok(answer.into_response(false))
        }
        Some(Fault::HalfReply) => {
            let answer = act(&world, &call);
            note(&world, &call, answer.body.is_some().then_some(answer.status), &answer);
            if answer.body.is_some() { Ok(answer.into_response(true)) } else { Err(Dropped) }
        }
        Some(Fault::ApplyThenDrop) => {
            let answer = act(&world, &call);
            note(&world, &call, None, &answer);
            Err(Dropped)
        }
        Some(Fault::DropBefore) => {
            graph::not_applied(&world, &call);
            note(&world, &call, None, &Answer::empty(0));
            Err(Dropped)
        }
        Some(Fault::Status { status, retry_after }) => {
            graph::not_applied(&world, &call);
            let mut answer = trouble(&call, status);
            if let Some(seconds) = retry_after {
                answer = answer.with("retry-after", seconds.to_string());
            }
            Ok(finish(&world, &call, answer))
        }
        Some(Fault::Html { status }) => {
            graph::not_applied(&world, &call);
            Ok(finish(&world, &call, Answer::gateway(status)))
        }
        Some(Fault::Bare { status }) => {
            graph::not_applied(&world, &call);
            let answer = match call.company {
                Company::Graph => graph::bare(&call, status),
                _ => trouble(&call, status),
            };
            Ok(finish(&world, &call, answer))
        }
        Some(Fault::RefusePassword) => {
            graph::not_applied(&world, &call);
            let answer = graph::too_simple(&call);
            Ok(finish(&world, &call, answer))
        }
    }
}

/// In a task of its own: who closes the connection does not take the act with it.
async fn held(world: &World, call: Call, hold: Hold) -> Result<Response<Body>, Dropped> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let (inside, stopped) = (world.clone(), world.stopped());
    world.track(async move {
        let acted = hold.around(&call, || {
            let answer = act(&inside, &call);
            note(&inside, &call, Some(answer.status), &answer);
            answer
        });
        tokio::select! {
            () = stopped.cancelled() => {}
            // Nobody may be there any more to be answered.
            acted = acted => drop(answer.send(acted)),
        }
    });
    let answer = answered.await.map_err(|_| Dropped)?;
    Ok(answer.into_response(false))
}

fn act(world: &World, call: &Call) -> Answer {
    match call.company {
        Company::Entra => entra::answer(world, call),
        Company::Graph => graph::answer(world, call),
        Company::Twilio => twilio::answer(world, call),
        Company::Duo => duo::answer(world, call),
        Company::ConnectWise => connectwise::answer(world, call),
        Company::Halo => halo::answer(world, call),
        Company::Autotask => autotask::answer(world, call),
        Company::Receiver => receiver::answer(world, call),
        // Mail has a door of its own (`smtp`) and never comes in here.
        Company::Mail => Answer::empty(421).unknown(),
    }
}

fn trouble(call: &Call, status: u16) -> Answer {
    match call.company {
        Company::Entra => entra::trouble(call, status),
        Company::Graph => graph::trouble(call, status),
        Company::Twilio => twilio::trouble(status),
        Company::Duo => duo::trouble(status),
        Company::ConnectWise => connectwise::trouble(status),
        Company::Halo => halo::trouble(status),
        Company::Autotask => autotask::trouble(status),
        Company::Receiver => receiver::trouble(status),
        Company::Mail => Answer::empty(status).unknown(),
    }
}

fn finish(world: &World, call: &Call, answer: Answer) -> Response<Body> {
    note(world, call, Some(answer.status), &answer);
    answer.into_response(false)
}

fn note(world: &World, call: &Call, status: Option<u16>, answer: &Answer) {
    // Neither query nor body: they hold secrets and people's names.
    tracing::info!(company = ?call.company, method = %call.method, path = %call.path, status, "request");
    if !answer.known {
        tracing::warn!(company = ?call.company, method = %call.method, path = %call.path, "no such route in the stand-in");
    }
    world.change(|state| {
        state.record(Recorded {
            at_ms: call.now_ms,
            company: call.company,
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.query.clone(),
            content_type: call.header("content-type").to_owned(),
            authorization: call
                .header("authorization")
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_owned(),
            body: call.body.clone(),
            status,
            reply: answer.text(),
            known: answer.known,
        });
    });
}
