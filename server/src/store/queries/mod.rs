//! The statements, one file per noun, each method one transaction.

mod accounts;
mod applied;
mod attempts;
mod audit;
mod import;
mod inspect;
mod integrations;
mod keys;
mod limits;
mod outbox;
mod people;
mod reset_reads;
mod resets;
#[cfg(test)]
mod seed;
mod sessions;
mod shares;
mod technicians;
mod verifications;

pub use resets::NotStaged;
