//! Who is not reset, and what Microsoft's silence means. The table of people is in `refused/`;
//! here is what they are told, and what the operator decides.

use std::collections::BTreeSet;

use server::settings::Owners;
use simulator::{Company, Fault, Group, NextLink, Owned, OwnedObjects};
use uuid::Uuid;

use crate::desk::Desk;
use crate::world::World;

const NORTHWIND: &str = "northwind.example";
const ADVENTURE: &str = "adventure.example";
const ADA: &str = "ada.park@northwind.example";
const ADA_TICKET: &str = "48213";

/// What stands in the way, as `code: about`, but for the verification that nobody asked for.
async fn found(world: &World, desk: &Desk, number: &str) -> BTreeSet<String> {
    let ticket = world.ticket(number).await;
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert_eq!(shown.status, 200, "{:?}", shown.body);
    let findings = shown.body["findings"].as_array().unwrap();
    let text = |finding: &serde_json::Value| {
        let about = finding["about"].as_str().map(|about| format!(": {about}"));
        format!("{}{}", finding["code"].as_str().unwrap(), about.unwrap_or_default())
    };
    findings.iter().map(text).filter(|finding| finding != "not-verified").collect()
}

fn set<const N: usize>(texts: [&str; N]) -> BTreeSet<String> {
    texts.into_iter().map(str::to_owned).collect()
}

/// Each is told what it is about this person, and no more than that.
#[tokio::test]
async fn each_refusal_says_which_fact_it_is() {
    let world = World::new().await;
    let desk = world.desk().await;
    let group = "person-privileged: is in a role-assignable group";
    let role = "person-privileged: holds a directory role";
    for (number, expected) in [
        (ADA_TICKET, set([])),
        ("48216", set([role])),
        ("48226", set(["person-privileged: may activate a directory role"])),
        ("48228", set([group])),
        ("48240", set(["person-privileged: owns an application"])),
        ("48241", set(["person-privileged: owns a service principal"])),
        ("48242", set(["person-privileged: owns a role-assignable group"])),
        ("48243", set(["person-privileged: may join a privileged group"])),
        ("48244", set([group, role])),
        // Over a part of the directory, and of the customer's own making: no membership shows them.
        ("48245", set([role])),
        ("48246", set([role])),
        ("48247", set(["person-protected"])),
        ("48255", set(["person-restricted"])),
        ("48256", set(["m365-licence-unknown: AadPremiumLicenseRequired"])),
    ] {
        assert_eq!(found(&world, &desk, number).await, expected, "{number}");
    }
    world.end().await;
}

/// "No licence" is "nobody" only where the operator listed the very code, and only while the app
/// may look.
#[tokio::test]
async fn no_licence_is_none_only_when_that_is_sure() {
    let world = World::build(true, |settings| {
        settings.directory.no_licence_codes = "Other, AadPremiumLicenseRequired".into();
    })
    .await;
    let desk = world.desk().await;
    assert_eq!(found(&world, &desk, "48256").await, set([]));
    world.outside.edit_tenant(ADVENTURE, |tenant| {
        let roles = &mut tenant.app.roles;
        roles.retain(|role| role != "PrivilegedEligibilitySchedule.Read.AzureADGroup");
    });
    // A new token, or the old one would still say that it is granted.
    world.pass(2 * 60 * 60_000);
    let desk = world.desk().await;
    let missing = "m365-permission-missing: PrivilegedEligibilitySchedule.Read.AzureADGroup";
    assert_eq!(found(&world, &desk, "48256").await, set([missing]));
    world.end().await;

    let world = World::build(true, |settings| {
        settings.directory.no_licence_codes = "AadPremium, aadpremiumlicenserequired".into();
    })
    .await;
    let desk = world.desk().await;
    let unknown = "m365-licence-unknown: AadPremiumLicenseRequired";
    assert_eq!(found(&world, &desk, "48256").await, set([unknown]));
    world.end().await;
}

#[tokio::test]
async fn what_is_owned_and_not_told_is_the_operators_to_judge() {
    for owners in [Owners::Refuse, Owners::Skip] {
        let world = World::build(true, |settings| settings.directory.owners = owners).await;
        let desk = world.desk().await;
        world.outside.edit_tenant(NORTHWIND, |tenant| {
            tenant.owned_objects = OwnedObjects::Refused;
        });
        let unknown = "m365-owners-unknown: HTTP 403 Authorization_RequestDenied";
        let expected = if owners == Owners::Refuse { set([unknown]) } else { set([]) };
        assert_eq!(found(&world, &desk, ADA_TICKET).await, expected);
        // Silence is no "no": that is refused either way.
        let gone = Fault::Status { status: 500, retry_after: None };
        world.outside.fault(Company::Graph, Some("ownedObjects"), gone);
        let silent = set(["microsoft-unavailable"]);
        assert_eq!(found(&world, &desk, ADA_TICKET).await, silent);
        world.end().await;
    }
}

/// "Skip" is for a "no" to the question as such. Somebody who is not found, and a list that breaks
/// off, are none; and what was told before it broke off stands.
#[tokio::test]
async fn to_skip_the_look_at_owners_skips_nothing_else() {
    for owners in [Owners::Refuse, Owners::Skip] {
        let world = World::build(true, |settings| settings.directory.owners = owners).await;
        let desk = world.desk().await;
        world.outside.edit_tenant(NORTHWIND, |tenant| tenant.page_size = Some(1));
        let owned = |nth: u128, kind: &str| Owned {
            id: Uuid::from_u128(nth).to_string(),
            kind: kind.into(),
            name: format!("Thing {nth}"),
            assignable_to_role: false,
        };
        let codes = async |part: &str, status: u16| {
            let fault = Fault::Status { status, retry_after: None };
            world.outside.fault(Company::Graph, Some(part), fault);
            let found = found(&world, &desk, ADA_TICKET).await;
            assert_eq!(world.outside.faults_left(), 0, "{part}");
            let code = |finding: String| finding.split(": ").next().unwrap().to_owned();
            found.into_iter().map(code).collect::<BTreeSet<String>>()
        };
        let (second, unknown) = ("ownedObjects*skiptoken", "m365-owners-unknown");
        world.outside.edit_user(ADA, |ada| ada.owns = vec![owned(1, "group"), owned(2, "group")]);
        for status in [400, 403] {
            assert_eq!(codes(second, status).await, set([unknown]), "{owners:?}");
            let first = if owners == Owners::Refuse { set([unknown]) } else { set([]) };
            assert_eq!(codes("ownedObjects", status).await, first, "{owners:?}");
        }
        assert_eq!(codes("ownedObjects", 404).await, set(["person-not-found"]), "{owners:?}");
        assert_eq!(codes("ownedObjects", 409).await, set(["microsoft-refused"]), "{owners:?}");
        world.outside.edit_user(ADA, |ada| ada.owns[0].kind = "application".into());
        let both = set(["person-privileged", unknown]);
        assert_eq!(codes(second, 403).await, both, "{owners:?}");
        let silent = set(["person-privileged", "microsoft-unavailable"]);
        assert_eq!(codes(second, 500).await, silent, "{owners:?}");
        world.end().await;
    }
}

/// Every page is read; a list without an end, or one that leads elsewhere, is unknown.
#[tokio::test]
async fn lists_are_read_to_their_end_and_nowhere_else() {
    let world = World::new().await;
    let desk = world.desk().await;
    let pages = |size, next_link| {
        world.outside.edit_tenant(NORTHWIND, |tenant| {
            (tenant.page_size, tenant.next_link) = (Some(size), next_link);
        });
    };
    let team = |nth: u128| Group {
        id: Uuid::from_u128(nth).to_string(),
        name: format!("Team {nth}"),
        assignable_to_role: nth == 7,
    };
    world.outside.edit_user(ADA, |ada| {
        ada.groups = (1..=6).map(team).collect();
        ada.owns = (1..=3)
            .map(|nth| Owned {
                id: Uuid::from_u128(nth).to_string(),
                kind: "group".into(),
                name: format!("Team {nth}"),
                assignable_to_role: false,
            })
            .collect();
    });
    pages(1, NextLink::Honest);
    assert_eq!(found(&world, &desk, ADA_TICKET).await, set([]));
    world.outside.edit_user(ADA, |ada| ada.groups.push(team(7)));
    let group = "person-privileged: is in a role-assignable group";
    assert_eq!(found(&world, &desk, ADA_TICKET).await, set([group]));
    let unknown = set(["microsoft-unavailable"]);
    pages(1, NextLink::Circle);
    assert_eq!(found(&world, &desk, ADA_TICKET).await, unknown);
    pages(1, NextLink::Elsewhere("https://evil.example".into()));
    assert_eq!(found(&world, &desk, ADA_TICKET).await, unknown);
    // More than we are ready to read.
    world.outside.edit_user(ADA, |ada| ada.groups = (8..=40).map(team).collect());
    pages(1, NextLink::Honest);
    assert_eq!(found(&world, &desk, ADA_TICKET).await, unknown);
    pages(20, NextLink::Honest);
    assert_eq!(found(&world, &desk, ADA_TICKET).await, set([]));
    world.end().await;
}

/// Each question by itself: without its answer nobody is reset.
#[tokio::test]
async fn every_unanswered_question_refuses() {
    let world = World::new().await;
    let desk = world.desk().await;
    for part in [
        "transitiveMemberOf",
        "roleAssignments",
        "roleEligibilitySchedules",
        "eligibilitySchedules",
        "ownedObjects",
        "/domains/",
        "phoneMethods",
    ] {
        for fault in [
            Fault::Status { status: 500, retry_after: None },
            Fault::HalfReply,
            Fault::Html { status: 200 },
            Fault::Html { status: 502 },
            Fault::Html { status: 403 },
            Fault::Bare { status: 400 },
            Fault::Bare { status: 403 },
        ] {
            world.outside.fault(Company::Graph, Some(part), fault.clone());
            let found = found(&world, &desk, ADA_TICKET).await;
            assert_eq!(found.len(), 1, "{part} {fault:?}: {found:?}");
        }
    }
    assert_eq!(world.outside.patches(ADA).len(), 0);
    world.end().await;
}

/// A hiccup sends nobody away: "come back in a second" is waited for once, and a 401 means a new
/// token, once.
#[tokio::test]
async fn a_hiccup_is_waited_for_once() {
    let world = World::new().await;
    let desk = world.desk().await;
    let hiccup = |status| {
        let fault = Fault::Status { status, retry_after: Some(1) };
        world.outside.fault(Company::Graph, Some("phoneMethods"), fault);
    };
    for status in [503, 429, 401] {
        hiccup(status);
        assert_eq!(found(&world, &desk, ADA_TICKET).await, set([]), "{status}");
    }
    for _ in 0..2 {
        hiccup(429);
    }
    assert_eq!(found(&world, &desk, ADA_TICKET).await, set(["microsoft-unavailable"]));
    // Errors repeat our id of the request: each has one of its own, the second try too.
    let requests = world.outside.requests();
    let refused = requests.iter().filter(|it| it.path.contains("phoneMethods"));
    let ids: Vec<String> = refused
        .filter(|it| it.status.is_some_and(|status| status >= 400))
        .map(|it| serde_json::from_str::<serde_json::Value>(&it.reply).unwrap())
        .map(|body| body["error"]["innerError"]["client-request-id"].as_str().unwrap().to_owned())
        .collect();
    let different: BTreeSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), different.len()), (5, 5), "{ids:?}");
    world.end().await;
}

/// Whatever Microsoft said to the PATCH, the audit knows by which ids to ask about it.
#[tokio::test]
async fn the_audit_knows_the_ids_of_each_patch() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket(ADA_TICKET).await;
    desk.verify(&world, &ticket, "+12065550123").await;
    let sealed = desk.confirm(&ticket).await;
    world.outside.fault(Company::Graph, Some("PATCH"), Fault::RefusePassword);
    let unknown = Fault::Status { status: 500, retry_after: None };
    world.outside.fault(Company::Graph, Some("PATCH"), unknown);
    let id = Uuid::from_u128(1);
    desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    world.settle_in_time().await;
    let entries = world.app.store.audit(world.account).await.unwrap();
    let told: Vec<(String, String)> = entries
        .iter()
        .map(|(_, _, body)| serde_json::from_str::<serde_json::Value>(body).unwrap())
        .filter(|body| ["reset-answered", "reset-applied"].contains(&body["act"].as_str().unwrap()))
        .map(|body| {
            (body["act"].to_string(), body["about"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for ((_, about), begins) in told.iter().zip(["password-refused ", "unknown ", ""]) {
        assert!(about.starts_with(begins), "{about}");
        assert!(about.contains("request-id ") && about.contains("client-request-id "), "{about}");
    }
    world.end().await;
}
