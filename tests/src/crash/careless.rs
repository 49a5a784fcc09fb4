//! The order of steps that loses passwords: set it at Microsoft first, write it down after. Made of
//! the engine's own parts, and outside the product. On a good day it does the same as ours; the
//! runs must find what it does on a bad one, or they prove nothing.

use server::denied::Denied;
use server::password;
use server::policy::PasswordKind;
use server::seal::Place;
use server::share::{self, NewShare};
use server::store::{After, Lease, Owner, Reset, Share};
use server::verification::phone_hash;
use shared::{Millis, Stage};

use super::after::Ground;
use super::points::Order;
use super::scene::{Case, Scene};

pub(crate) struct Careless;

impl Order for Careless {
    async fn whole(&self, scene: &Scene, case: &Case) -> Result<(), Denied> {
        let (store, directory) = (&scene.app().store, &scene.app().resets.directory);
        let (keys, account, now) =
            (&scene.app().keys, case.who.technician.account, scene.clock.now());
        let contact = store.contact(account, case.ask.contact).await?.unwrap();
        let verification = store.verifications_of(account, contact.id, 1).await?.remove(0);
        let tenant = directory.tenant(account, contact.customer).await?.unwrap();
        let look = directory.look(account, &contact).await?;
        let (Ok(person), Ok(phone)) = (&look.person, &look.phone) else { return Ok(()) };
        let password = password::make(PasswordKind::Random, &person.names());
        let new = NewShare {
            account,
            customer: Some(contact.customer),
            language: None,
            secret: &password,
            must_change: true,
            life_ms: 3_600_000,
            unlock: None,
        };
        let share = Share { owner: Some(Owner::Reset(case.id)), ..share::seal(keys, &new, now) };
        let mut reset = Reset {
            id: case.id,
            account,
            customer: contact.customer,
            contact: contact.id,
            ticket: case.ask.ticket,
            technician: case.who.technician.id,
            technician_name: case.who.technician.name.clone(),
            integration: tenant.integration,
            tenant_hash: Vec::new(),
            verification: verification.id,
            approval: None,
            warnings: String::new(),
            directory_user: person.id.clone(),
            person: person.name().to_owned(),
            body_hash: Vec::new(),
            stage: Stage::Staged,
            asked_at: now,
            apply_before: now.plus(600_000),
            phone_masked: phone.masked(),
            phone_sealed: Vec::new(),
            phone_hash: phone_hash(store, phone),
            unlock_sealed: None,
            one_factor: true,
            phone_changed_at: None,
            must_change: true,
            language: None,
            tries: 0,
            answers: 0,
            unknown: false,
            answer: None,
            retry_at: Millis(0),
            reseals: 0,
            code: None,
            about: None,
            applied_at: None,
        };
        let place = Place { account: account.0, kind: "reset.phone", row: case.id.0, bound_to: "" };
        reset.phone_sealed = keys.seal(place, phone.e164().as_bytes());
        // Here it is: Microsoft first.
        let late = now.plus(600_000);
        let set = directory.set_password(&tenant, &person.id, &password, true, late).await;
        if set.answer.done::<()>().is_err() {
            return Ok(());
        }
        store.stage_reset(&reset, &share, &[]).await?.unwrap();
        let lease = Lease { id: case.id.0, until: now.plus(30_000) };
        store.claim_reset(case.id, lease, now).await?;
        store.announce(&reset, lease, now).await?.unwrap();
        let after = After { end_sessions: true, ..After::default() };
        store.record_applied(&reset, lease, &after, None, now).await?;
        scene.settle().await;
        Ok(())
    }
}
