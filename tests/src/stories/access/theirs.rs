//! Another account's: an admin of one MSP asks for everything that is another one's, by its true id.

use reqwest::Method;
use server::web::{Route, Who, all_routes};
use shared::ContactId;
use simulator::Psa;
use uuid::Uuid;

use super::callers::{Caller, requests};
use super::{ask, code, site};
use crate::desk::client;
use crate::frame::connect;
use crate::world::{COLLEAGUE, World};

const ADA_PHONE: &str = "+12065550123";

/// What the one account has.
pub(super) struct Ours {
    pub(super) ticket: String,
    pub(super) contact: ContactId,
    customer: String,
    m365: String,
    psa: String,
    company: String,
    technician: String,
    pub(super) reset: String,
    pub(super) verification: String,
    key: String,
    webhook: String,
}

impl Ours {
    pub(super) async fn new(world: &World) -> Self {
        let desk = world.desk().await;
        let ticket = world.ticket("48213").await;
        let contact = world.app.store.contact(world.account, ticket.contact).await.unwrap();
        let customer = contact.unwrap().customer;
        let m365 = world.app.store.m365_all(world.account).await.unwrap();
        let psa = connect(world, Psa::Halo).await;
        let all = world.app.store.psa_companies(world.account, psa.id, "", 10, 0).await.unwrap();
        desk.verify(world, &ticket, ADA_PHONE).await;
        // One more, which nobody has answered.
        let sent = desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
        let verification = sent.body["id"].as_str().unwrap().to_owned();
        let sealed = desk.confirm(&ticket).await;
        let reset = Uuid::from_u128(7);
        let asked = desk.reset(reset, ticket.contact, Some(ticket.id), &sealed).await;
        assert!(asked.status < 300, "{:?}", asked.body);
        world.settle_in_time().await;
        let colleague = world.app.store.technician_by_email(COLLEAGUE).await.unwrap();
        let admin = world.session(crate::world::EMAIL).await;
        let scopes = vec![server::api_keys::Scope::AuditRead];
        let key = server::api_keys::KeyAsk { name: "SIEM".into(), scopes, days: 30 };
        let (_, key) = world.app.api_keys.make(&admin, &key).await.unwrap_or_else(|_| panic!());
        let hook = server::webhooks::WebhookAsk {
            url: world.outside.receiver_url(),
            events: vec![server::webhooks::Event::PolicyLoosened],
            with_names: false,
        };
        let (webhook, _) = world.app.webhooks.add(&admin, &hook).await.unwrap();
        // What this has begun is over: mails about the key and the webhook, too.
        world.settle().await;
        Self {
            key: key.to_string(),
            webhook: webhook.to_string(),
            ticket: ticket.id.to_string(),
            contact: ticket.contact,
            customer: customer.to_string(),
            m365: m365[0].integration.id.to_string(),
            psa: psa.id.to_string(),
            company: all[0].company.clone(),
            technician: colleague.unwrap().id.to_string(),
            reset: reset.to_string(),
            verification,
        }
    }

    /// The path with what is ours in each of its places; `None` where nothing in it is anybody's.
    pub(super) fn path(&self, route: &Route) -> Option<String> {
        let path = route.path.as_str();
        if !path.contains('{') || route.who == Who::Anybody {
            return None;
        }
        let under = |prefix: &str| path.starts_with(prefix);
        let id = match () {
            () if under("/tickets/") => &self.ticket,
            () if under("/contacts/") => &self.contact.to_string(),
            () if under("/settings/integrations/m365/") => &self.m365,
            () if under("/api/integrations/") => &self.m365,
            () if under("/settings/api/keys/") => &self.key,
            () if under("/settings/api/webhooks/") => &self.webhook,
            () if under("/settings/integrations/psa/new/") => return None,
            () if under("/settings/integrations/psa/") || under("/api/psas/") => &self.psa,
            () if under("/settings/team/") => &self.technician,
            () if under("/audit/resets/") => &self.reset,
            // Entries are numbered in each account: this one is in ours alone.
            () if path == "/audit/{seq}" => return Some("/audit/100000".into()),
            () if under("/api/resets/") => &self.reset,
            () if under("/api/verifications/") => &self.verification,
            () if under("/api/customers/") => &self.customer,
            // An approval or a pairing of ours, open at this moment, has a story of its own.
            () if under("/approvals/") || under("/api/approvals/") || under("/pair/") => {
                super::NOBODY
            }
            () => "",
        };
        let filled = path
            .replace("{customer}", &self.customer)
            .replace("{company}", &self.company)
            .replace("{id}", id);
        let filled = match (filled.strip_suffix("/company"), &route.method) {
            (Some(_), &Method::GET) => format!("{filled}?company={}", self.company),
            _ => filled,
        };
        assert!(!filled.contains('{') && !filled.contains("//"), "say what {path} names, above");
        Some(filled)
    }
}

#[tokio::test]
async fn what_is_one_accounts_is_not_there_for_another() {
    let world = World::new().await;
    let ours = Ours::new(&world).await;
    let stranger = world.stranger_account().await;
    let client = client(world.address);
    let admin = requests(&world, stranger, Caller::Admin).await;
    let pod = requests(&world, stranger, Caller::Pod).await;
    let before = world.app.store.audit(world.account).await.unwrap();
    let mut asked = 0;
    for route in all_routes() {
        let Some(path) = ours.path(&route) else { continue };
        let as_ = if route.who == Who::Pod { &pod } else { &admin };
        let answer = ask(&client, &site(&world, &route), &route.method, &path, as_).await;
        let status = answer.status().as_u16();
        let what = format!("{} {path}: {status}", route.method);
        if route.method == Method::GET {
            assert_eq!((status, code(answer).await.as_str()), (404, "not-found"), "{what}");
        } else {
            // What was sent may not do, too; that is said before anybody looks.
            assert!((400..500).contains(&status), "{what}");
        }
        asked += 1;
    }
    assert!(asked > 50, "{asked}");
    let state = format!("/api/pod/state?contact={}", ours.contact);
    let at = format!("http://app.localhost:{}", world.address.port());
    let answer = ask(&client, &at, &Method::GET, &state, &pod).await;
    assert_eq!(answer.status(), 404);
    let after = world.app.store.audit(world.account).await.unwrap();
    assert_eq!(after.len(), before.len(), "nothing happened in the account: {after:?}");
    world.end().await;
}
