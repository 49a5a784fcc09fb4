//! Stories that cross crates: the real server and the real simulator in one process, over real
//! HTTP, and a real browser where a person looks. They read like the ticket.
//!
//! Everything is compiled for tests only; nothing in the product knows of it.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a story may fail loudly")]

mod axe;
mod between;
mod browser;
mod conformance;
mod crash;
mod desk;
mod frame;
mod logs;
mod page;
mod person;
mod program;
mod race;
mod world;

mod stories;
