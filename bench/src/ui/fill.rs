//! A large MSP: as an import file, and what no import brings, written by statements in a process of its
//! own. The only file of `ui` that knows the server from inside.

use anyhow::{Context as _, Result};
use engine::clock::Clock;
use engine::serve;
use engine::settings::Settings;
use serde_json::{Value, json};

use super::past;
use crate::office::{PASSWORD, TOTP_SECRET};

/// The one who looks, an admin.
pub(crate) const EMAIL: &str = "looks@bench.example";

const FIRST: [&str; 40] = [
    "Ada", "Adam", "Anna", "Ben", "Berta", "Bruno", "Carl", "Clara", "Dora", "Emil", "Emma",
    "Erik", "Eva", "Felix", "Finn", "Frieda", "Gero", "Greta", "Hanna", "Hugo", "Ida", "Ivan",
    "Jana", "Jonas", "Karla", "Lena", "Leo", "Lukas", "Maja", "Max", "Mia", "Nora", "Oskar",
    "Paula", "Rosa", "Sofia", "Theo", "Uwe", "Vera", "Zoë",
];
const LAST: [&str; 50] = [
    "Adler",
    "Albrecht",
    "Arnold",
    "Bauer",
    "Beck",
    "Berger",
    "Böhm",
    "Brandt",
    "Braun",
    "Busch",
    "Dietrich",
    "Engel",
    "Fischer",
    "Franke",
    "Friedrich",
    "Fuchs",
    "Graf",
    "Groß",
    "Haas",
    "Hahn",
    "Hartmann",
    "Heinrich",
    "Herrmann",
    "Hofmann",
    "Horn",
    "Huber",
    "Jansen",
    "Jung",
    "Kaiser",
    "Keller",
    "Klein",
    "Koch",
    "König",
    "Kraus",
    "Krüger",
    "Lang",
    "Lehmann",
    "Maier",
    "Meyer",
    "Möller",
    "Otto",
    "Peters",
    "Roth",
    "Schmidt",
    "Schulz",
    "Seidel",
    "Vogel",
    "Weber",
    "Winter",
    "Ziegler",
];
const TRADE: [&str; 8] =
    ["Dental", "Legal", "Logistics", "Foods", "Steel", "Design", "Insurance", "Energy"];
const SUMMARY: [&str; 5] = [
    "Can't sign in since this morning",
    "Printer on the second floor is offline",
    "Outlook asks for a password",
    "New phone, authenticator is gone",
    "VPN does not connect from home",
];

/// Besides the one who looks.
const COLLEAGUES: u32 = 19;

/// What a customer is called.
pub(super) fn customer(nth: u32) -> String {
    format!("Customer {nth:03} {}", TRADE[nth as usize % TRADE.len()])
}

/// An account with so many customers and contacts, each contact with a ticket, the first customer with this
/// Microsoft 365.
pub(crate) fn office(customers: u32, contacts: u32, m365: &Value) -> Value {
    let each = contacts.div_ceil(customers);
    let customer = |nth: u32| {
        let people = (nth * each..contacts.min((nth + 1) * each)).map(contact).collect::<Vec<_>>();
        let mut customer = json!({"name": self::customer(nth), "contacts": people});
        if nth == 0 {
            customer["m365"] = m365.clone();
        }
        customer
    };
    let mut technicians = vec![json!({
        "name": "Looks", "email": EMAIL, "role": "admin", "may_reset": true,
        "password": PASSWORD, "totp_secret": TOTP_SECRET,
    })];
    technicians.extend((0..COLLEAGUES).map(|nth| {
        json!({
            "name": format!("Technician {nth:02}"), "email": format!("technician{nth}@bench.example"),
            "role": "technician", "may_reset": true, "password": PASSWORD,
        })
    }));
    json!({
        "account": {"name": "Bench IT"},
        "technicians": technicians,
        "customers": (0..customers).map(customer).collect::<Vec<_>>(),
    })
}

fn contact(nth: u32) -> Value {
    // Spread, so that neighbours in the list are not of one customer.
    let mixed = nth.wrapping_mul(2_654_435_761) >> 8;
    let (first, last) =
        (FIRST[mixed as usize % FIRST.len()], LAST[(mixed / 40) as usize % LAST.len()]);
    json!({
        "name": format!("{first} {last}"),
        "email": format!("{}.{nth}@customer.example", last.to_lowercase()),
        "phones": [format!("+4930{:07}", nth)],
        "tickets": [{
            "number": (1_000_000 + nth).to_string(),
            "summary": SUMMARY[nth as usize % SUMMARY.len()],
            "opened_minutes_ago": mixed % 500_000,
        }],
    })
}

/// What is to be written besides, on the settings that the environment holds.
#[derive(clap::Args)]
pub(crate) struct Ask {
    #[arg(long)]
    audit: u32,
}

/// Callers whom the one who looks has verified now, some who wait, and many of a day ago: half of them in tickets, half without one.
const VERIFICATIONS: &str = "
    insert into verifications (id, account, customer, contact, ticket, technician, channel, source,
        destination_hash, contact_hash, masked, outcome, tries_left, sent_at, expires_at, verified_at)
    select randomblob(16), c.account, c.customer, c.id, case t.rowid % 2 when 0 then t.id end,
        (select id from technicians where account = $1 and role = 'admin'), 'sms-code', 'contact', randomblob(32), zeroblob(32),
        '••••', case when t.rowid % 800 < 400 then 'pending' else 'verified' end, 5,
        n.now - n.ago, n.now - n.ago + 600000,
        case when t.rowid % 800 < 400 then null else n.now - n.ago end
    from tickets t join contacts c on c.id = t.contact
    join (select cast(strftime('%s', 'now') as integer) * 1000 as now, 0 as ago
        union all select cast(strftime('%s', 'now') as integer) * 1000, 86400000) n
    where t.account = $1 and case n.ago when 0 then t.rowid % 1333 in (19, 38, 419, 438)
        else t.rowid % 20 = 1 end";

pub(crate) async fn fill(ask: &Ask) -> Result<()> {
    let app = serve::open(Settings::read(None)?, Clock::system()).await?;
    let who = app.store.technician_by_email(EMAIL).await?.context("nobody looks")?;
    let account = who.account.0;
    // A statement for tests is part of the program; this process ends in a moment.
    for statement in past::statements(ask.audit) {
        app.store.seed(statement.leak(), &[account]).await;
    }
    app.store.seed(VERIFICATIONS, &[account]).await;
    app.store.close().await;
    Ok(())
}
