//! The stories.

mod conformance;
mod faults;
mod keyboard;
mod pages;
mod reset;
mod reveal_page;
mod secrets;
mod share;
mod start;
mod stop;
mod troubles;
mod twice;
mod walk;
