//! The backend. `main.rs` is the command line; everything else is here, so that the stories in
//! `tests/` run the same code in-process.

pub mod api_keys;
pub mod app;
pub mod audit;
pub mod bell;
pub mod bidi;
pub mod brand;
pub mod branding;
pub mod clock;
pub mod contacts;
pub mod dashboard;
pub mod denied;
pub mod directory;
pub mod duo;
pub mod frames;
pub mod gsm;
pub mod import;
pub mod integration;
pub mod key_file;
pub mod language;
pub mod lists;
pub mod mail;
pub mod outbound;
pub mod password;
pub mod people;
pub mod pod;
pub mod policies;
pub mod policy;
pub mod psa;
pub mod random;
pub mod reach;
pub mod reset;
pub mod seal;
pub mod secret;
#[cfg(feature = "seed")]
pub mod seed;
pub mod senders;
pub mod serve;
pub mod settings;
pub mod share;
pub mod sign_in;
pub mod sms;
pub mod store;
pub mod team;
#[cfg(test)]
mod testing;
pub mod verification;
pub mod web;
pub mod webhooks;
pub mod words;
