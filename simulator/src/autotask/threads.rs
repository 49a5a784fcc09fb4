//! Three requests at a time for one endpoint (A§6): really counted while they are under way.

use std::time::Duration;

use super::refuse;
use crate::fault::Company;
use crate::front::{Answer, Call};
use crate::psa::Psa;
use crate::world::World;

/// A request that is under way, until it is dropped.
pub(crate) struct Thread {
    world: World,
    endpoint: String,
}

/// Lets a request in, or not. Other companies have no such limit, nor has asking for the zone.
pub(crate) fn enter(world: &World, call: &Call) -> Result<Option<Thread>, Answer> {
    let Some(endpoint) = endpoint(call) else { return Ok(None) };
    world.change(|state| {
        let most = state.psa.desk(Psa::Autotask).autotask.threads;
        let under_way = state.psa.autotask_threads.entry(endpoint.clone()).or_insert(0);
        if *under_way >= most {
            // Not a 429 (A§6), which makes it easy to miss; that it is a 500 is [K].
            let words = "(Itgenatr005) The thread threshold of 3 threads has been exceeded for this object endpoint.";
            return Err(refuse(500, words));
        }
        *under_way += 1;
        Ok(Some(Thread { world: world.clone(), endpoint }))
    })
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.world.change(|state| {
            if let Some(under_way) = state.psa.autotask_threads.get_mut(&self.endpoint) {
                *under_way = under_way.saturating_sub(1);
            }
        });
    }
}

/// `Tickets`, and `TicketNotes` for a ticket's notes too \[K\].
fn endpoint(call: &Call) -> Option<String> {
    if call.company != Company::Autotask {
        return None;
    }
    let parts = call.segments();
    match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ATServicesRest", _, "Tickets", _, "Notes"] => Some("TicketNotes".to_owned()),
        ["ATServicesRest", _, name, ..] => Some((*name).to_owned()),
        _ => None,
    }
}

/// The latency that a knob asks for: real time, whatever the clock.
pub(crate) async fn wait(world: &World, call: &Call) {
    if endpoint(call).is_none() {
        return;
    }
    let ms = world.read(|state| state.psa.desk(Psa::Autotask).autotask.latency_ms);
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}
