//! One person per refusal, as the simulator holds them.

use shared::Code;
use simulator::Phone;
use uuid::Uuid;

use super::{only_read, refused};
use crate::desk::code_in;
use crate::stories::after::world_with;

/// What was never confirmed: nobody here gets as far.
const SEALED: &str = "c2VhbGVk";

/// Each is verified as far as somebody can be, so that what is refused is the person; preflight and
/// click refuse with the same code, the click in its sentence, and nothing changes.
#[tokio::test]
async fn what_must_not_be_reset_is_refused_before_anything_is_changed() {
    let world = world_with(r#"{"codes_per_technician": 100, "codes_per_account": 100}"#).await;
    let desk = world.desk().await;
    for (n, (number, upn, verified, code)) in [
        ("48215", "carl.noone@northwind.example", false, Code::NoPhone),
        ("48216", "dana.admin@northwind.example", true, Code::PersonPrivileged),
        ("48217", "eve.synced@northwind.example", true, Code::PersonSynced),
        ("48218", "finn.fed@fed.northwind.example", true, Code::PersonFederated),
        ("48219", "gus.guest@contoso.example", true, Code::PersonGuest),
        ("48220", "hana.gone@northwind.example", true, Code::PersonDisabled),
        ("48221", "room.four@northwind.example", true, Code::PersonResource),
        ("48222", "ines.locked@northwind.example", true, Code::PersonRestricted),
        ("48223", "jon.smith1@northwind.example", false, Code::PersonAmbiguous),
        ("48224", "kim.ext@northwind.example", false, Code::NoPhone),
        ("48226", "mia.eligible@northwind.example", true, Code::PersonPrivileged),
        ("48228", "rita.group@northwind.example", true, Code::PersonPrivileged),
        ("48231", "", false, Code::PersonNotFound),
        ("48232", "", false, Code::PersonNoAddress),
        ("48240", "tom.builder@northwind.example", true, Code::PersonPrivileged),
        ("48241", "vera.service@northwind.example", true, Code::PersonPrivileged),
        ("48242", "wes.owner@northwind.example", true, Code::PersonPrivileged),
        ("48243", "xena.standby@northwind.example", true, Code::PersonPrivileged),
        ("48244", "yuri.nested@northwind.example", true, Code::PersonPrivileged),
        ("48245", "zoe.branch@northwind.example", true, Code::PersonPrivileged),
        ("48246", "abe.custom@northwind.example", true, Code::PersonPrivileged),
        ("48247", "cleo.board@northwind.example", true, Code::PersonProtected),
        ("48248", "dora.second@northwind.example", false, Code::NoPhone),
        ("48255", "uwe.unit@northwind.example", true, Code::PersonRestricted),
        ("48256", "bea.basic@adventure.example", true, Code::M365LicenceUnknown),
        ("48258", "", false, Code::M365Missing),
        ("51007", "paula.reed@fabrikam.example", false, Code::M365SecretWrong),
        ("51012", "quinn.hale@tailspin.example", false, Code::M365PermissionMissing),
        ("51020", "", false, Code::M365Missing),
    ]
    .into_iter()
    .enumerate()
    {
        let ticket = world.ticket(number).await;
        if verified {
            // Some have no phone either: nothing else is to be wrong with them.
            world.outside.edit_user(upn, |user| {
                user.enabled |= user.resource_account;
                if user.phones.is_empty() {
                    let number = format!("+1 206555{:04}", 180 + n);
                    user.phones.push(Phone { kind: "mobile".into(), number });
                }
            });
        }
        let before = format!("{:?}", world.outside.directory_user(upn));
        let sent = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
        assert_eq!(sent.status == 201, verified, "{number}: {:?}", sent.body);
        if verified {
            let user = world.outside.directory_user(upn).unwrap();
            let phone = user.phones[0].number.replace(' ', "");
            let text = world.outside.wait_for_text(&phone, 1).await.unwrap();
            let id = sent.body["id"].as_str().unwrap();
            assert_eq!(desk.answer(id, &code_in(&text.body)).await.status, 200, "{number}");
        } else {
            // Already the code is not sent, for the same reason.
            assert_eq!(sent.code(), code.as_str(), "{number}: {:?}", sent.body);
        }

        let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
        assert_eq!(shown.status, 200, "{number}: {:?}", shown.body);
        let findings = shown.body["findings"].as_array().unwrap();
        let codes: Vec<&str> = findings.iter().map(|it| it["code"].as_str().unwrap()).collect();
        let expected =
            if verified { vec![code.as_str()] } else { vec![code.as_str(), "not-verified"] };
        let mut different = codes.clone();
        // One fact, told by two of Microsoft's lists.
        different.dedup();
        assert_eq!(different, expected, "{number}: {findings:?}");
        assert!(shown.body["sealed"].is_null());

        let id = Uuid::from_u128(n as u128);
        let clicked = desk.reset(id, ticket.contact, Some(ticket.id), SEALED).await;
        let about = match code {
            // Microsoft's id of the refusal is another each time.
            Code::M365SecretWrong => Some("AADSTS7000215 *"),
            _ => findings[0]["about"].as_str(),
        };
        refused(&clicked, code, about, number);
        assert_eq!(desk.look(id).await.status, 404, "no trace of it");
        assert_eq!(format!("{:?}", world.outside.directory_user(upn)), before, "{number}");
        only_read(&world, number);
    }
    world.end().await;
}
