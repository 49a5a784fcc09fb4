//! What an admin's test of a connection finds, and what it says to do.

use serde_json::{Value, json};
use server::directory::permissions::READ_APPLICATIONS;

use super::integrations::{PROSEWARE_APP, act, of, said};
use crate::world::World;

/// The role question: only a test person answers it, and only one who may be reset is asked about.
#[tokio::test]
async fn the_self_test_tells_a_missing_role_from_a_granted_permission() {
    let world = World::new().await;
    let desk = world.desk().await;
    let litware = of(&desk, "Litware Legal").await;
    let gil = "gil.roleless@litware.example";
    let before = world.password(gil);
    let tested = act(&desk, &litware, "/test", json!({})).await;
    assert!(said(&tested).contains("nobody was named"), "{}", said(&tested));
    assert_eq!(tested.body["health"]["state"], "fine");
    let tested = act(&desk, &litware, "/test", json!({"test_person": gil})).await;
    assert_eq!(tested.body["health"]["state"], "broken");
    assert!(said(&tested).contains("Password Administrator"), "{}", said(&tested));
    assert!(said(&tested).contains("m365-role-missing"), "{}", said(&tested));
    // Not asking again mends nothing.
    let tested = act(&desk, &litware, "/test", json!({})).await;
    assert_eq!(tested.body["health"]["state"], "broken", "{:?}", tested.body);
    world.outside.edit_tenant("litware.example", |tenant| {
        tenant.app.directory_roles.push("Password Administrator".into());
    });
    let tested = act(&desk, &litware, "/test", json!({"test_person": gil})).await;
    assert_eq!(tested.body["health"]["state"], "fine", "{:?}", tested.body);
    assert_eq!(world.password(gil), before);

    let northwind = of(&desk, "Northwind Dental").await;
    for unfit in
        ["dana.admin@northwind.example", "eve.synced@northwind.example", "nobody@x.example"]
    {
        let tested = act(&desk, &northwind, "/test", json!({"test_person": unfit})).await;
        assert!(said(&tested).contains("Nothing was tried"), "{unfit}: {}", said(&tested));
        assert_eq!(world.outside.patches(unfit).len(), 0, "{unfit}");
    }
    world.end().await;
}

/// Each finding names what is missing and what to do; too much is named as well.
#[tokio::test]
async fn a_test_names_what_is_missing_and_what_is_too_much() {
    let world = World::new().await;
    let desk = world.desk().await;
    let it = of(&desk, "Northwind Dental").await;
    let all = server::directory::permissions::ALL;
    // What shows only on somebody in a group that is hidden is not probed, and not spoken of.
    for permission in all.iter().filter(|it| !it.on_refusal) {
        let name = permission.name.to_owned();
        world.outside.edit_tenant("northwind.example", |tenant| {
            tenant.app.roles = all.iter().map(|it| it.name.to_owned()).collect();
            tenant.app.roles.retain(|role| *role != name);
        });
        let tested = act(&desk, &it, "/test", json!({})).await;
        let findings = tested.body["health"]["findings"].as_array().unwrap().clone();
        let of_it: Vec<&Value> = findings
            .iter()
            .filter(|it| it["what"].as_str().unwrap().starts_with(&permission.name.to_owned()))
            .collect();
        assert_eq!(of_it.len(), 1, "{name}: {findings:?}");
        assert!(of_it[0]["what"].as_str().unwrap().contains("not granted"), "{name}: {of_it:?}");
        let level = if permission.needed { "bad" } else { "note" };
        assert_eq!(of_it[0]["level"], level, "{name}");
        // Nobody typed when the secret ends: then nobody knows.
        let state = match name.as_str() {
            READ_APPLICATIONS => "warning",
            _ if permission.needed => "broken",
            _ => "fine",
        };
        assert_eq!(tested.body["health"]["state"], state, "{name}");
    }
    world.outside.edit_tenant("northwind.example", |tenant| {
        tenant.app.roles = all.iter().map(|it| it.name.to_owned()).collect();
        tenant.app.roles.push("User.ReadWrite.All".into());
    });
    let tested = act(&desk, &it, "/test", json!({})).await;
    assert_eq!(tested.body["health"]["state"], "warning", "{:?}", tested.body);
    assert!(said(&tested).contains("User.ReadWrite.All is granted. Nothing here needs it"));
    world.end().await;
}

/// What the token endpoint refuses becomes a sentence of its own.
#[tokio::test]
async fn each_refusal_of_a_token_says_what_to_do() {
    let world = World::new().await;
    let desk = world.desk().await;
    let it = of(&desk, "Northwind Dental").await;
    let edit = |edit: fn(&mut simulator::Tenant)| {
        world.outside.edit_tenant("northwind.example", edit);
    };
    let check = async |part: &str| {
        let tested = act(&desk, &it, "/test", json!({})).await;
        assert_eq!(tested.body["health"]["state"], "broken", "{:?}", tested.body);
        assert!(said(&tested).contains(part), "{part}: {}", said(&tested));
    };
    edit(|tenant| tenant.app.blocked_by_policy = true);
    check("Conditional Access").await;
    edit(|tenant| tenant.app.blocked_by_policy = false);
    edit(|tenant| tenant.app.disabled = true);
    check("Enabled for users to sign-in").await;
    edit(|tenant| tenant.app.disabled = false);
    edit(|tenant| tenant.app.secret_expires_ms = Some(1));
    check("Make a new client secret").await;
    edit(|tenant| tenant.app.secret_expires_ms = None);
    edit(|tenant| tenant.app.client_id = PROSEWARE_APP.into());
    check("Application (client) ID").await;
    world.end().await;
}
