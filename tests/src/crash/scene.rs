//! What the runs share: one outside world and one database for many resets, each of a person of
//! its own, in an account of its own, whose audit chain is short.

use serde_json::json;
use std::cell::Cell;

use server::app::App;
use server::clock::Clock;
use server::settings::Settings;
use server::store::{ListAsk, Session, SessionKind};
use server::{import, serve};
use shared::{
    AnswerAsk, Channel, ContactId, Host, Millis, ResetAsk, ResetId, TicketId, VerificationAsk,
};
use simulator::{DirectoryUser, Options, Ports};
use tempfile::TempDir;

use super::database::Database;
use crate::desk::code_in;

/// 2026-11-22 14:00:00 UTC.
const START: i64 = 1_795_356_000_000;
const NORTHWIND: &str = "northwind.example";
const HOUR_MS: i64 = 60 * 60_000;

/// Outside world, database and the server's parts, in this process.
pub(crate) struct Scene {
    pub(crate) outside: simulator::World,
    /// `None` only while it is restarted.
    app: Option<App>,
    pub(crate) clock: Clock,
    settings: Settings,
    /// Kept until the end: the database is in it.
    _folder: TempDir,
    /// Whether the accounts have a mail server. Where time passes as for people they have none: a
    /// mail that was cut short is tried again minutes later.
    mails: bool,
    people: Cell<usize>,
}

/// One reset that is about to be asked for: the caller is verified, the confirmation was shown.
pub(crate) struct Case {
    pub(crate) who: Session,
    pub(crate) id: ResetId,
    pub(crate) ask: ResetAsk,
    pub(crate) upn: String,
    pub(crate) phone: String,
    /// The password at Microsoft before the click.
    pub(crate) old: String,
    /// Texts to the phone that were there before the click.
    pub(crate) texts_before: usize,
    /// PATCHes of their password that were there before the click.
    pub(crate) patches_before: usize,
}

impl Scene {
    /// Time stands still until somebody moves it.
    pub(crate) async fn with_manual_time(database: Database) -> Self {
        Self::build(database, true, |settings| settings.outbound.timeout_ms = 2_000).await
    }

    /// Time passes as for people.
    pub(crate) async fn in_real_time(
        database: Database,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        Self::build(database, false, change).await
    }

    async fn build(database: Database, manual: bool, change: impl FnOnce(&mut Settings)) -> Self {
        let (clock, outside_clock) = if manual {
            (Clock::manual(Millis(START)), simulator::Clock::manual(START))
        } else {
            (Clock::system(), simulator::Clock::system())
        };
        let options =
            Options { ports: Ports::Any, clock: outside_clock, authenticators: Vec::new() };
        let outside = simulator::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults().unwrap();
        let smtp = format!("smtp://{}", outside.smtp_address());
        settings.outbound.allow = [
            outside.entra_url(),
            outside.graph_url(),
            outside.twilio_url(),
            outside.duo_url(),
            smtp,
        ]
        .join(",");
        settings.duo.base = outside.duo_url();
        settings.outbound.ca_file = folder.path().join("mail-ca.pem");
        std::fs::write(&settings.outbound.ca_file, outside.smtp_ca_pem()).unwrap();
        database.choose(&mut settings, folder.path());
        change(&mut settings);
        settings.check().unwrap();
        let app = serve::open(settings.clone(), clock.clone()).await.unwrap();
        Self {
            outside,
            app: Some(app),
            clock,
            settings,
            _folder: folder,
            mails: manual,
            people: Cell::new(0),
        }
    }

    /// The server's parts, as they are since the last start.
    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// The process is gone, and with it everything that it had in memory and on its sockets; the
    /// time passes that nobody works, and another begins on the same database.
    pub(crate) async fn restart(&mut self, meanwhile: impl FnOnce(&Self)) {
        let gone = self.app.take().unwrap();
        // What was on its way to the disk is there or not; what was open is rolled back.
        gone.store.close().await;
        drop(gone);
        assert!(self.outside.quiet().await, "somebody is still connected");
        meanwhile(self);
        self.app = Some(serve::open(self.settings.clone(), self.clock.clone()).await.unwrap());
    }

    /// Time passes, for us and for the others.
    pub(crate) fn pass(&self, millis: i64) {
        self.clock.advance(millis);
        self.outside.clock().advance(millis);
    }

    /// A new person, whose identity is proved and whose reset was confirmed.
    pub(crate) async fn case(&self) -> Case {
        let (email, upn, phone) = self.somebody().await;
        let now = self.clock.now();
        let technician = self.app().store.technician_by_email(&email).await.unwrap().unwrap();
        let who = Session {
            id: Vec::new(),
            kind: SessionKind::Pod,
            host: Host::Web,
            parent: None,
            psa: None,
            second_factor_at: Some(now),
            seen_at: now,
            expires_at: now.plus(HOUR_MS),
            trace: server::store::Trace::default(),
            technician,
        };
        let found =
            self.app().store.tickets(who.technician.account, &ListAsk::all(2)).await.unwrap().rows;
        let (contact, ticket) = (found[0].contact, Some(found[0].id));
        let sealed = self.confirm(&who, contact, ticket, &phone).await;
        Case {
            id: ResetId(server::random::id(now)),
            ask: ResetAsk { contact, ticket, sealed },
            who,
            old: self.password(&upn),
            texts_before: self.outside.texts(&phone).len(),
            patches_before: self.outside.patches(&upn).len(),
            upn,
            phone,
        }
    }

    /// The same person again, verified anew: what a technician does when a reset is stuck.
    pub(crate) async fn again(&self, case: &Case) -> Case {
        let who = Session { second_factor_at: Some(self.clock.now()), ..case.who.clone() };
        let (contact, ticket) = (case.ask.contact, case.ask.ticket);
        let sealed = self.confirm(&who, contact, ticket, &case.phone).await;
        Case {
            who,
            id: ResetId(server::random::id(self.clock.now())),
            ask: ResetAsk { contact, ticket, sealed },
            upn: case.upn.clone(),
            phone: case.phone.clone(),
            old: self.password(&case.upn),
            texts_before: self.outside.texts(&case.phone).len(),
            patches_before: self.outside.patches(&case.upn).len(),
        }
    }

    async fn confirm(
        &self,
        who: &Session,
        contact: ContactId,
        ticket: Option<TicketId>,
        phone: &str,
    ) -> String {
        let ask = VerificationAsk {
            contact,
            ticket,
            destination: "microsoft-mobile".into(),
            channel: Channel::SmsCode,
            vouching: None,
        };
        let sent = self.app().verifications.send(who, ask).await.unwrap();
        let text = self.outside.texts(phone).pop().unwrap();
        let answer = AnswerAsk { code: code_in(&text.body) };
        self.app().verifications.answer(who, sent.id, answer).await.unwrap();
        let shown = self.app().resets.preflight(who, contact, ticket).await.unwrap();
        shown.sealed.unwrap_or_else(|| panic!("{:?}", shown.findings))
    }

    /// Nobody asks about this person any more: the directory stays small.
    pub(crate) fn leave(&self, case: &Case) {
        self.outside.edit_tenant(NORTHWIND, |tenant| tenant.users.retain(|u| u.upn != case.upn));
    }

    /// The password that Microsoft holds.
    pub(crate) fn password(&self, upn: &str) -> String {
        self.outside.directory_user(upn).unwrap().password
    }

    /// Somebody new at Microsoft, and an account of ours that serves them. Gives the technician's
    /// e-mail address, the person's name at Microsoft and their phone.
    async fn somebody(&self) -> (String, String, String) {
        let n = self.people.get() + 1;
        self.people.set(n);
        let (upn, digits) = (format!("person.{n}@{NORTHWIND}"), format!("{:07}", 6_000_000 + n));
        let mut person: DirectoryUser = serde_json::from_value(json!({
            "id": uuid::Uuid::from_u128(0x5150_0000 + n as u128),
            "upn": upn, "mail": upn, "given_name": "Pat", "surname": format!("Person {n}"),
            "display_name": format!("Pat Person {n}"),
            "phones": [{ "kind": "mobile", "number": format!("+1 206{digits}") }],
        }))
        .unwrap();
        person.password = format!("Old-{n}-aQ7xw2");
        self.outside.edit_tenant(NORTHWIND, |tenant| {
            tenant.users.push(person);
        });
        let email = format!("tess.{n}@brightline.example");
        let mut account = json!({
            "account": {
                "name": format!("Brightline {n}"), "policy": { "revoke_sessions": true },
            },
            "technicians": [
                { "name": "Tess Tanner", "email": email, "role": "admin", "may_reset": true }
            ],
            "sms": {
                "settings": {
                    "api": self.outside.twilio_url(),
                    "account_sid": "AC00000000000000000000000000005150",
                    "from": "+12065550100",
                },
                "auth_token": "simulated-auth-token-0000000000ab",
            },
            "customers": [{
                "name": "Northwind Dental",
                "m365": {
                    "settings": {
                        "login": self.outside.entra_url(),
                        "graph": self.outside.graph_url(),
                        "tenant": "7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e01",
                        "client_id": "a1b2c3d4-0001-4000-8000-000000000001",
                    },
                    "client_secret": "northwind~simulated-secret-value",
                },
                "contacts": [{
                    "name": format!("Pat Person {n}"), "email": upn, "phones": [],
                    "tickets": [{ "number": format!("{n}"), "summary": "Can't sign in" }],
                }],
            }],
        });
        if self.mails {
            let door = self.outside.smtp_address();
            let (host, port) = door.rsplit_once(':').unwrap();
            account["smtp"] = json!({
                "settings": {
                    "host": host, "port": port.parse::<u16>().unwrap(), "tls": "starttls",
                    "user": "notify@brightline.example", "from": "notify@brightline.example",
                },
                "password": self.outside.smtp_password(),
            });
        }
        import::import_text(self.app(), &account.to_string()).await.unwrap();
        (email, upn, format!("+1206{digits}"))
    }
}
