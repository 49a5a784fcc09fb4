//! The stories.

mod alarms;
mod conformance;
mod faults;
mod guard;
mod health;
mod integration_page;
mod integrations;
mod keyboard;
mod look_up;
mod mail;
mod new_link;
mod new_link_page;
mod new_link_refused;
mod pages;
mod phone_changed;
mod registration;
mod reset;
mod reveal_page;
mod secrets;
mod share;
mod start;
mod stop;
mod troubles;
mod twice;
mod walk;
