//! Ada, who becomes somebody not to be reset between the confirmation and the click.

use shared::Code::{self, *};
use simulator::{DirectoryUser, EligibleGroup, Group, Owned, ScopedRole, Unit};
use uuid::Uuid;

use super::{ADA, NORTHWIND, Ready};

/// The group that Northwind's integration protects (`server/sample/import.json`).
const PROTECTED: &str = "5c300661-63c4-4535-9d4a-7fd34ab4b8ef";

type Turn = fn(&mut DirectoryUser);

fn guid() -> String {
    Uuid::from_u128(77).to_string()
}

fn group(id: String, assignable_to_role: bool) -> Group {
    Group { id, name: "Tier 0".into(), assignable_to_role }
}

fn owned(kind: &str) -> Owned {
    let assignable_to_role = kind == "group";
    Owned { id: guid(), kind: kind.into(), name: "Thing".into(), assignable_to_role }
}

fn scoped(role: &str, unit: Option<String>) -> ScopedRole {
    ScopedRole { role: role.into(), unit }
}

fn unit(restricted: bool) -> Unit {
    Unit { id: guid(), name: "Board".into(), restricted }
}

const NO_USER_TYPE: &str = "or may be one: userType is not set, as on accounts made before September 2014; if it is no guest, have it set to Member";

/// Name of the case, what becomes of her, and how she is refused.
const CASES: &[(&str, Turn, Code, Option<&str>)] = &[
    ("no phone", |a| a.phones.clear(), NoPhone, None),
    ("only an office phone", |a| a.phones[0].kind = "office".into(), NoPhone, None),
    ("only a second mobile", |a| a.phones[0].kind = "alternateMobile".into(), NoPhone, None),
    ("an extension", |a| a.phones[0].number.push_str("x55"), NoPhone, None),
    // What verified her is no longer the phone that would get the link.
    ("another phone", |a| a.phones[0].number = "+1 2065550166".into(), VerificationVoid, None),
    (
        "a role",
        |a| a.roles.push("Helpdesk Administrator".into()),
        PersonPrivileged,
        Some("holds a directory role"),
    ),
    (
        "a role through a group",
        |a| a.group_roles.push("User Administrator".into()),
        PersonPrivileged,
        Some("holds a directory role"),
    ),
    (
        "a role over a unit",
        |a| a.scoped_roles.push(scoped("User Administrator", Some(guid()))),
        PersonPrivileged,
        Some("holds a directory role"),
    ),
    (
        "a role that the customer made",
        |a| a.scoped_roles.push(scoped("Printer Keeper", None)),
        PersonPrivileged,
        Some("holds a directory role"),
    ),
    (
        "a role to activate",
        |a| a.eligible_roles.push("Global Administrator".into()),
        PersonPrivileged,
        Some("may activate a directory role"),
    ),
    (
        "in a group for roles",
        |a| a.groups.push(group(guid(), true)),
        PersonPrivileged,
        Some("is in a role-assignable group"),
    ),
    (
        "owner of a group for roles",
        |a| a.owns.push(owned("group")),
        PersonPrivileged,
        Some("owns a role-assignable group"),
    ),
    (
        "a group to join",
        |a| a.eligible_groups.push(EligibleGroup { id: guid(), access: "member".into() }),
        PersonPrivileged,
        Some("may join a privileged group"),
    ),
    (
        "a group to own",
        |a| a.eligible_groups.push(EligibleGroup { id: guid(), access: "owner".into() }),
        PersonPrivileged,
        Some("may join a privileged group"),
    ),
    (
        "owner of an application",
        |a| a.owns.push(owned("application")),
        PersonPrivileged,
        Some("owns an application"),
    ),
    (
        "owner of a service principal",
        |a| a.owns.push(owned("servicePrincipal")),
        PersonPrivileged,
        Some("owns a service principal"),
    ),
    ("protected", |a| a.groups.push(group(PROTECTED.into(), false)), PersonProtected, None),
    ("synced", |a| a.synced = true, PersonSynced, None),
    ("a guest", |a| a.user_type = "Guest".into(), PersonGuest, None),
    ("of no known type", |a| a.user_type = String::new(), PersonGuest, Some(NO_USER_TYPE)),
    ("invited", |a| a.creation_type = Some("Invitation".into()), PersonGuest, None),
    ("pending", |a| a.external_user_state = Some("PendingAcceptance".into()), PersonGuest, None),
    ("switched off", |a| a.enabled = false, PersonDisabled, None),
    ("a room", |a| a.resource_account = true, PersonResource, None),
    ("restricted", |a| a.management_restricted = true, PersonRestricted, None),
    ("in a restricted unit", |a| a.units.push(unit(true)), PersonRestricted, None),
];

#[tokio::test]
async fn who_has_become_somebody_not_to_be_reset_is_refused_at_the_click() {
    let mut ready = Ready::new().await;
    for (case, turn, code, about) in CASES {
        ready.world.outside.edit_user(ADA, turn);
        ready.refuses(case, *code, *about, |_| {}).await;
        ready.undo();
        ready.still_good(case).await;
    }
    // What is harmless is no refusal.
    ready.world.outside.edit_user(ADA, |ada| {
        ada.groups.push(group(guid(), false));
        ada.units.push(unit(false));
        ada.roles.push("Directory Readers".into());
    });
    ready.succeeds().await;
}

/// What is about the tenant's people as a whole.
#[tokio::test]
async fn whoever_is_not_the_one_who_was_confirmed_is_refused_at_the_click() {
    let mut ready = Ready::new().await;
    let tenant = |ready: &Ready, edit: fn(&mut simulator::Tenant)| {
        ready.world.outside.edit_tenant(NORTHWIND, edit);
    };
    for (case, edit, code) in [
        (
            "the domain is federated",
            (|it| it.domains[0].authentication = "Federated".into()) as fn(&mut simulator::Tenant),
            PersonFederated,
        ),
        ("gone", |it| it.users.retain(|user| user.upn != ADA), PersonNotFound),
        (
            "two others have the address",
            |it| {
                it.users.retain(|user| user.upn != ADA);
                for user in &mut it.users[..2] {
                    user.aliases.push(ADA.into());
                }
            },
            PersonAmbiguous,
        ),
        (
            "somebody else has the address",
            |it| {
                it.users.retain(|user| user.upn != ADA);
                let ben = it.users.iter_mut().find(|user| user.upn.starts_with("ben.")).unwrap();
                ben.aliases.push(ADA.into());
            },
            VerificationVoid,
        ),
    ] {
        tenant(&ready, edit);
        ready.refuses(case, code, None, |_| {}).await;
        ready.undo();
        ready.still_good(case).await;
    }
    ready.succeeds().await;
}
