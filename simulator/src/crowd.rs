//! Many people at once, for benches: invented tenants whose people may all be reset, made in the
//! words of the sample file, and the few looks at them that stay cheap among thousands.

use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

use crate::directory::{Tenant, TwilioAccount};
use crate::random;
use crate::state::Text;
use crate::world::World;

/// What the app registration of every invented tenant may do: all that a reset asks for.
const ROLES: [&str; 6] = [
    "User.Read.All",
    "UserAuthMethod-Phone.Read.All",
    "User-PasswordProfile.ReadWrite.All",
    "RoleManagement.Read.Directory",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "Domain.Read.All",
];

impl World {
    /// Adds so many tenants with so many people in each: every one enabled, without a role, with a
    /// mobile phone of their own. Gives them back, app secrets included. To be called once.
    pub fn add_crowd(&self, tenants: usize, people: usize) -> anyhow::Result<Vec<Tenant>> {
        let crowd = (0..tenants)
            .map(|nth| tenant(nth, people).context("an invented tenant"))
            .collect::<anyhow::Result<Vec<_>>>()?;
        self.change(|state| state.tenants.extend(crowd.iter().cloned()));
        Ok(crowd)
    }

    /// The MSP's account at Twilio.
    pub fn twilio(&self) -> TwilioAccount {
        self.read(|state| state.twilio.clone())
    }

    /// The newest text that Twilio accepted for a number.
    pub fn newest_text(&self, e164: &str) -> Option<Text> {
        self.read(|state| {
            state.messages.iter().rev().map(|message| &message.text).find(|t| t.to == e164).cloned()
        })
    }

    /// How many texts Twilio accepted, whoever they are for.
    pub fn texts_accepted(&self) -> usize {
        self.read(|state| state.messages.len())
    }

    /// How many of them the carriers have still to say something of.
    pub fn texts_carried(&self) -> usize {
        self.read(|state| state.messages.iter().filter(|message| message.is_carried).count())
    }

    /// How many status callbacks Twilio sent.
    pub fn callbacks_sent(&self) -> usize {
        self.read(|state| state.callbacks.len())
    }

    /// The code that the first authenticator shows now.
    pub fn authenticator_code(&self) -> Option<String> {
        let now_ms = self.clock().now_ms();
        self.read(|state| state.authenticators.first().map(|shown| shown.code(now_ms)))
    }

    /// Waits until something is so, looking again after every change. False when patience ends.
    pub async fn wait_until(&self, patience: Duration, so: impl Fn(&World) -> bool) -> bool {
        let mut changes = self.changes();
        let waiting = async {
            loop {
                // Marked as seen before looking: a change in between wakes us.
                changes.borrow_and_update();
                if so(self) {
                    return true;
                }
                if changes.changed().await.is_err() {
                    return false;
                }
            }
        };
        tokio::time::timeout(patience, waiting).await.unwrap_or(false)
    }
}

fn tenant(nth: usize, people: usize) -> anyhow::Result<Tenant> {
    let domain = format!("crowd{nth:04}.example");
    let users: Vec<_> = (0..people)
        .map(|person| {
            // Nobody's name is short enough to stand in a random password, which Entra would refuse.
            let (given, surname) = (format!("Person{person:04}"), format!("Crowd{nth:04}"));
            let address = format!("{given}@{domain}").to_lowercase();
            json!({
                "id": random::guid(), "upn": address, "mail": address,
                "given_name": given, "surname": surname,
                "display_name": format!("{given} {surname}"),
                // No area code of the sample, and all different up to 10 000 people in 10 000 tenants.
                "phones": [{"kind": "mobile", "number": format!("+1 3{nth:04}0{person:04}")}],
            })
        })
        .collect();
    let mut tenant: Tenant = serde_json::from_value(json!({
        "id": random::guid(),
        "name": format!("Crowd {nth:04} Ltd"),
        "domains": [{"name": domain, "authentication": "Managed", "default": true}],
        "app": {"client_id": random::guid(), "secret": random::base64url::<24>(), "roles": ROLES},
        "users": users,
    }))?;
    for user in &mut tenant.users {
        user.password = random::first_password();
    }
    Ok(tenant)
}
