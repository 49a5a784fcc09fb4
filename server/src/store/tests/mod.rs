//! The contract of the store: what every method promises, proved on both databases. One file per
//! noun. `opening.rs` and `schema.rs` look at the databases themselves, `hunt.rs` lets everything
//! happen at once, and `coverage.rs` fails when a method is in no contract.

/// Makes `name::sqlite` and `name::postgres` of each contract `async fn name(world: World)`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::store::tests::fixture::World;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(World::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(World::on_postgres().await).await;
            }
        }
    )+};
}

mod accounts;
mod after;
mod answers;
mod api_keys;
mod applied;
mod approvals;
mod attempts;
mod audit;
mod audit_checks;
mod audit_reads;
mod brands;
mod cards;
mod checks;
mod companies;
mod contact_sync;
mod contacts;
mod coverage;
mod duo;
mod figures;
mod fixture;
mod frames;
mod history;
mod hunt;
mod import;
mod inspect;
mod integrations;
mod limits;
mod links;
mod lists;
mod m365;
mod mails;
mod msp;
mod opening;
mod outbox;
mod own;
mod people;
mod phones;
mod plans;
mod policies;
mod psa;
mod reach;
mod resets;
mod schema;
mod senders;
mod sent_contacts;
mod sessions;
mod share_life;
mod share_sealed;
mod shares;
mod sso;
mod staging;
mod steps;
mod sweeps;
mod team;
mod technicians;
mod texts;
mod values;
mod verifications;
mod webhooks;
