//! An import: all of it or nothing.

use shared::{ContactId, TechnicianId, TicketId};

use super::fixture::{Msp, START, World, keys, new_id, taken};
use crate::store::{ImportRow, Role};

on_both!(
    all_rows_or_none,
    the_same_account_is_imported_once,
    one_of_two_with_one_address,
    a_database_is_empty_until_the_first,
);

fn technician(email: &str) -> ImportRow {
    ImportRow::Technician {
        id: TechnicianId(new_id()),
        name: "Tess".into(),
        email: email.into(),
        role: Role::Technician,
        may_reset: false,
        may_use_ui: true,
    }
}

async fn all_rows_or_none(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let before = store.audit(ours.account).await.unwrap();
    let new = ContactId(new_id());
    let bad = [
        technician("ANN@ours.example".to_lowercase().as_str()),
        technician("bob@theirs.example"),
        ours.about(TicketId(new_id()), "1001", "the number is there", START),
        // One person's number may be in the PSA twice; an id is not.
        ours.contact(ours.carl, "Twin", ""),
        ImportRow::Integration {
            id: shared::IntegrationId(new_id()),
            customer: Some(ours.customer),
            kind: "m365",
            name: "second".into(),
            settings: "{}".into(),
        },
        ImportRow::Integration {
            id: shared::IntegrationId(new_id()),
            customer: None,
            kind: "twilio",
            name: "second".into(),
            settings: "{}".into(),
        },
        ImportRow::Secret { kind: "m365", row: ours.m365.0, sealed: Vec::new() },
    ];
    for row in bad {
        let rows = [ours.contact(new, "Nina", ""), row];
        taken(store.import(ours.account, START, &rows).await);
    }
    // A parent that is not there.
    let orphan = ImportRow::Contact {
        id: new,
        customer: shared::CustomerId(new_id()),
        name: "Nina".into(),
        email: String::new(),
        phones: Vec::new(),
    };
    assert!(store.import(ours.account, START, &[orphan]).await.is_err());
    assert!(store.contact(ours.account, new).await.unwrap().is_none());
    assert_eq!(store.audit(ours.account).await.unwrap(), before);

    // Other kinds may be there more than once, the same number in another account.
    let rows = [
        ours.contact(new, "Nina", ""),
        ours.about(TicketId(new_id()), "1002", "", START),
        technician("tess@ours.example"),
    ];
    store.import(ours.account, START, &rows).await.unwrap();
    assert_eq!(store.contact(ours.account, new).await.unwrap().unwrap().name, "Nina");
    assert_eq!(world.told("imported").await[1]["about"], "3 rows");
    let tess = store.technician_by_email("tess@ours.example").await.unwrap().unwrap();
    assert_eq!((tess.may_reset, tess.may_use_ui, tess.must_use_mfa), (false, true, true));
}

async fn the_same_account_is_imported_once(world: World) {
    taken(world.store.import(world.ours.account, START, &world.ours.rows()).await);
    assert_eq!(world.store.audit(world.ours.account).await.unwrap().len(), 1);
}

async fn one_of_two_with_one_address(world: World) {
    let mut race = tokio::task::JoinSet::new();
    for store in world.two_processes().await {
        race.spawn(async move {
            let new = Msp::new("new");
            let done = store.import(new.account, START, &new.rows()).await;
            done.map_err(|error| taken::<()>(Err(error))).is_ok()
        });
    }
    assert_eq!(race.join_all().await.into_iter().filter(|done| *done).count(), 1);
}

async fn a_database_is_empty_until_the_first(world: World) {
    assert!(!world.store.is_empty().await.unwrap());
    let place = world.place.another();
    let fresh = place.open(keys()).await.unwrap();
    assert!(fresh.is_empty().await.unwrap());
    assert!(fresh.admins_awaiting_set_up().await.unwrap().is_empty());
    let new = Msp::new("new");
    fresh.import(new.account, START, &new.rows()).await.unwrap();
    assert!(!fresh.is_empty().await.unwrap());
    fresh.close().await;
    // What was committed is there for the next start.
    let again = place.open(keys()).await.unwrap();
    assert_eq!(again.verify_audit(new.account).await.unwrap(), Ok(1));
}
