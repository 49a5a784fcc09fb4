//! What JavaScript sees: mounting a pod, taking it away, hearing of a crash.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::reactive::owner::Owner;
use wasm_bindgen::prelude::*;
use web_sys::js_sys::Function;

use crate::api::Place;
use crate::live::Pod;

/// A mounted pod.
#[wasm_bindgen]
pub struct Mounted(Option<(Owner, Box<dyn Any>)>);

#[wasm_bindgen]
impl Mounted {
    /// Stops the pod and takes it out of its root.
    pub fn unmount(&mut self) {
        if let Some((owner, _handle)) = self.0.take() {
            // What it owns holds it in turn: dropping it alone would leave it at work for ever.
            owner.cleanup();
        }
    }
}

/// Mounts a pod into `root`, in a shadow root. `tell(name, id)` hears of its events; its calls are made by
/// `ask`, see `api::Api::new`. In which product the page is, and how one signs in there, is
/// JavaScript's affair.
#[wasm_bindgen]
#[must_use]
pub fn mount(
    root: web_sys::Node,
    contact: &str,
    ticket: &str,
    tell: Function,
    ask: Function,
) -> Mounted {
    let place = place(contact, ticket);
    let parent = root.clone().unchecked_into();
    let owner = Rc::new(Cell::new(None));
    let found = Rc::clone(&owner);
    let handle = mount_to(parent, move || {
        found.set(Owner::current());
        view! { <Pod root place tell ask /> }
    });
    Mounted(owner.take().map(|owner| (owner, Box::new(handle) as Box<dyn Any>)))
}

/// Where the page says that the pod is. Look-ups only: the server checks them.
fn place(contact: &str, ticket: &str) -> Option<Place> {
    let ticket = match ticket {
        "" => None,
        ticket => Some(ticket.parse().ok()?),
    };
    Some(Place { contact: contact.parse().ok()?, ticket })
}

thread_local! {
    static ON_PANIC: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Calls `hear(message)` when the pod crashes: it ends every pod of the page.
#[wasm_bindgen]
pub fn on_panic(hear: Function) {
    ON_PANIC.with(|held| *held.borrow_mut() = Some(hear));
    std::panic::set_hook(Box::new(|info| {
        ON_PANIC.with(|held| {
            if let Ok(held) = held.try_borrow()
                && let Some(hear) = held.as_ref()
            {
                // Nothing more can be done if this fails as well.
                let _ = hear.call1(&JsValue::NULL, &info.to_string().into());
            }
        });
    }));
}

#[cfg(test)]
mod tests {
    use super::place;

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn a_place_needs_a_contact() {
        assert!(place(ID, "").is_some_and(|place| place.ticket.is_none()));
        assert!(place(ID, ID).is_some_and(|place| place.ticket.is_some()));
        assert!(place("", "").is_none());
        assert!(place("4711", "").is_none());
        assert!(place(ID, "4711").is_none());
    }
}
