//! Who there is: technicians, each with a customer and its people, and the import files that tell
//! the server. Nothing here is anybody's: the world behind it is simulated and gone afterwards.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use simulator::{Tenant, World};

use crate::Database;

/// Every technician's; the server listens on loopback for some minutes.
pub(crate) const PASSWORD: &str = "measured-and-forgotten-9";
pub(crate) const TOTP_SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// One technician with a customer of their own: no two resets are about the same tenant unless
/// one technician makes both.
pub(crate) struct Technician {
    pub(crate) email: String,
    pub(crate) people: Vec<Person>,
}

/// Somebody who will be reset.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) upn: String,
    /// E.164.
    pub(crate) phone: String,
    /// The number of their ticket.
    pub(crate) ticket: String,
}

pub(crate) struct Office {
    pub(crate) technicians: Vec<Technician>,
    /// One for each account.
    pub(crate) imports: Vec<Value>,
}

impl Office {
    /// Fills the world and describes it.
    pub(crate) fn open(
        world: &World,
        database: Database,
        technicians: usize,
        people: usize,
    ) -> Result<Self> {
        let tenants = world.add_crowd(technicians, people)?;
        let sms = sms(world)?;
        let members: Vec<Member> = tenants
            .iter()
            .enumerate()
            .map(|(nth, tenant)| Member::new(nth, tenant, world))
            .collect();
        // The head of an account's audit chain is one row: its writers queue for it. SQLite has
        // one writer anyway.
        let each = match database {
            Database::Sqlite => members.len(),
            Database::Postgres => 1,
        };
        let accounts = members.chunks(each);
        let imports = accounts.map(|members| import(members, &sms)).collect();
        Ok(Self { technicians: members.into_iter().map(|m| m.technician).collect(), imports })
    }
}

/// A technician as the import file has them.
struct Member {
    technician: Technician,
    sign_in: Value,
    customer: Value,
}

impl Member {
    fn new(nth: usize, tenant: &Tenant, world: &World) -> Self {
        let email = format!("technician{nth}@bench.example");
        let people: Vec<Person> = tenant
            .users
            .iter()
            .enumerate()
            .map(|(at, user)| Person {
                upn: user.upn.clone(),
                phone: user.phones[0].number.replace(' ', ""),
                ticket: format!("{}", 1_000_000 + nth * 10_000 + at),
            })
            .collect();
        let contacts: Vec<Value> = tenant
            .users
            .iter()
            .zip(&people)
            .map(|(user, person)| {
                json!({
                    "name": user.display_name, "email": user.mail, "phones": [person.phone],
                    "tickets": [{"number": person.ticket, "summary": "Can't sign in"}],
                })
            })
            .collect();
        let sign_in = json!({
            "name": format!("Technician {nth}"), "email": email, "role": "technician",
            "may_reset": true, "password": PASSWORD, "totp_secret": TOTP_SECRET,
        });
        let customer = json!({
            "name": tenant.name,
            "m365": m365(world, tenant),
            "contacts": contacts,
        });
        Self { technician: Technician { email, people }, sign_in, customer }
    }
}

fn import(members: &[Member], sms: &Value) -> Value {
    // The limits are there to stop what a bench does.
    let unlimited = 1_000_000;
    let policy = json!({
        "resets_per_person": unlimited, "resets_per_technician": unlimited,
        "resets_per_customer": unlimited, "resets_per_account": unlimited,
        "codes_per_destination": unlimited, "codes_per_contact": unlimited,
        "codes_per_technician": unlimited,
        "codes_per_account": unlimited,
    });
    json!({
        "account": {"name": "Bench IT", "policy": policy},
        "technicians": members.iter().map(|member| &member.sign_in).collect::<Vec<_>>(),
        "sms": sms,
        "customers": members.iter().map(|member| &member.customer).collect::<Vec<_>>(),
    })
}

/// A customer's Microsoft 365 as the import file has it.
pub(crate) fn m365(world: &World, tenant: &Tenant) -> Value {
    json!({
        "settings": {
            "login": world.entra_url(), "graph": world.graph_url(),
            "tenant": tenant.id, "client_id": tenant.app.client_id,
        },
        "client_secret": tenant.app.secret,
    })
}

fn sms(world: &World) -> Result<Value> {
    let twilio = world.twilio();
    let from = twilio.senders.first().context("the simulated Twilio has a number")?;
    Ok(json!({
        "settings": {"api": world.twilio_url(), "account_sid": twilio.account_sid, "from": from},
        "auth_token": twilio.auth_token,
    }))
}
