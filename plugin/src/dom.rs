//! Elements that follow Leptos signals, without generics.
//!
//! Why not `view!`: it makes a type of each element's children and attributes and compiles the
//! code for each type anew. The same screens took 188 kB of wasm (brotli) with it, 177 with
//! `--cfg erase_components`, 129 with this. Here an element is one type; signals, effects,
//! owners and mounting are Leptos'. Every function that takes a closure boxes it at once.
//!
//! What an element registers (listeners, effects) belongs to the owner that it is made under and
//! goes with it. Nothing here can panic: an element that can't be made is left out.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use leptos::reactive::owner::Owner;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element being built, or built.
#[derive(Clone)]
pub(crate) struct El(Option<Element>);

/// A new element.
pub(crate) fn el(tag: &str) -> El {
    El(document().create_element(tag).ok())
}

/// A new element with a class.
pub(crate) fn div(class: &str) -> El {
    el("div").set("class", class)
}

/// A paragraph with a class and a text.
pub(crate) fn p(class: &str, text: &str) -> El {
    el("p").set("class", class).text(text)
}

/// `text` at the end of `into`, with places to break the line after `@` and `.`.
pub(crate) fn address(into: El, text: &str) -> El {
    text.split_inclusive(['@', '.']).fold(into, |into, part| {
        let into = into.text(part);
        if part.ends_with(['@', '.']) { into.kid(el("wbr")) } else { into }
    })
}

/// A new element of a drawing.
pub(crate) fn svg(tag: &str) -> El {
    El(document().create_element_ns(Some(SVG), tag).ok())
}

impl El {
    /// Sets an attribute; an empty class is left out.
    pub(crate) fn set(self, name: &str, value: &str) -> Self {
        if !(value.is_empty() && name == "class") {
            self.attribute(name, Some(value));
        }
        self
    }

    /// Adds a text.
    pub(crate) fn text(self, text: &str) -> Self {
        if let Some(node) = &self.0 {
            append(node, &document().create_text_node(text));
        }
        self
    }

    /// Adds a child.
    pub(crate) fn kid(self, kid: El) -> Self {
        if let (Some(node), Some(kid)) = (&self.0, &kid.0) {
            append(node, kid);
        }
        self
    }

    /// Adds children.
    pub(crate) fn kids(self, kids: Vec<El>) -> Self {
        kids.into_iter().fold(self, Self::kid)
    }

    /// Calls `act` at each event of that name.
    pub(crate) fn on(self, event: &str, act: impl FnMut(Event) + 'static) -> Self {
        self.listen(event, Box::new(act));
        self
    }

    /// An attribute that follows signals; absent while `value` is `None`.
    pub(crate) fn live(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        let of = self.clone();
        let mut last = None;
        effect(Box::new(move || {
            let now = value();
            if now != last {
                of.attribute(name, now.as_deref());
                last = now;
            }
        }));
        self
    }

    /// Its whole text, following signals.
    pub(crate) fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        let of = self.clone();
        let mut last = String::new();
        effect(Box::new(move || {
            let now = text();
            if now != last {
                if let Some(node) = &of.0 {
                    node.set_text_content(Some(&now));
                }
                last = now;
            }
        }));
        self
    }

    /// Its children, drawn anew whenever `key` has another value. `draw` is not followed, so
    /// `key` has to tell everything that `draw` reads.
    pub(crate) fn drawn(
        self,
        key: impl Fn() -> u32 + 'static,
        draw: impl Fn() -> Vec<El> + 'static,
    ) -> Self {
        self.draw_by(Box::new(key), Box::new(draw));
        self
    }

    /// The element itself.
    pub(crate) fn node(&self) -> Option<&Element> {
        self.0.as_ref()
    }

    /// Puts it at the end of `parent` until the owner goes.
    pub(crate) fn stay_in(&self, parent: &Node) {
        if let Some(node) = &self.0 {
            append(parent, node);
            keep(Box::new(Gone(node.clone())));
        }
    }

    fn attribute(&self, name: &str, value: Option<&str>) {
        if let Some(node) = &self.0 {
            // It fails only for a name that is none.
            let _ = match value {
                Some(value) => node.set_attribute(name, value),
                None => node.remove_attribute(name),
            };
        }
    }

    fn listen(&self, event: &str, act: Box<dyn FnMut(Event)>) {
        if let Some(node) = &self.0 {
            let act = Closure::wrap(act);
            if node.add_event_listener_with_callback(event, act.as_ref().unchecked_ref()).is_ok() {
                keep(Box::new(act));
            }
        }
    }

    fn draw_by(&self, key: Box<dyn Fn() -> u32>, draw: Box<dyn Fn() -> Vec<El>>) {
        let of = self.clone();
        let parent = Owner::current();
        let shown: Rc<RefCell<Option<(u32, Owner)>>> = Rc::default();
        effect(Box::new(move || {
            let now = key();
            let Ok(mut shown) = shown.try_borrow_mut() else { return };
            if shown.as_ref().is_some_and(|(last, _)| *last == now) {
                return;
            }
            if let Some((_, owner)) = shown.take() {
                owner.cleanup();
            }
            if let Some(node) = &of.0 {
                node.set_text_content(None);
            }
            let owner = parent.as_ref().map_or_else(Owner::new, Owner::child);
            let kids = owner.with(|| untrack(&draw));
            let _ = of.clone().kids(kids);
            *shown = Some((now, owner));
        }));
    }
}

/// Takes its element away when it is dropped.
struct Gone(Element);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.remove();
    }
}

fn append(parent: &Node, kid: &Node) {
    // It fails only where the kid holds the parent.
    let _ = parent.append_child(kid);
}

/// Runs `run` now and whenever a signal that it read has changed, while the owner is there.
pub(crate) fn effect(mut run: Box<dyn FnMut()>) {
    keep(Box::new(RenderEffect::new(move |_| run())));
}

/// A key for `drawn`: another number whenever `read` gives another value.
pub(crate) fn of<T: PartialEq + 'static>(read: impl Fn() -> T + 'static) -> impl Fn() -> u32 {
    let last = RefCell::new((None, 0_u32));
    move || {
        let now = Some(read());
        let Ok(mut last) = last.try_borrow_mut() else { return 0 };
        if last.0 != now {
            *last = (now, last.1.wrapping_add(1));
        }
        last.1
    }
}

/// Keeps `what` as long as the owner.
fn keep(what: Box<dyn Any>) {
    StoredValue::new_local(what);
}
