//! The pod: the screens behind `<msp-password-reset>`. It has no rules of its own; what may be
//! done is decided by the server, and what is shown is what the server said.
//!
//! `model` is what is shown, `views` show it, `flow` moves it on, `live` talks to the server.

#![expect(unreachable_pub, reason = "`#[component]` makes its props `pub`, wherever they are")]

mod api;
mod approval;
mod backoff;
mod browser;
mod code_field;
mod dom;
mod flow;
mod gate;
mod json;
mod live;
mod look;
mod model;
mod mount;
mod news;
mod pick;
mod spot;
mod story;
mod times;
mod trouble;
mod views;
mod words;

#[cfg(test)]
#[path = "../tests/sample/mod.rs"]
#[allow(dead_code, reason = "the tests in the browser use more of it")]
mod sample;

pub use flow::Wish;
pub use model::{Model, Wishes};
pub use mount::{Mounted, mount, on_panic};
pub use spot::Spot;
pub use views::{Screen, ScreenProps};
