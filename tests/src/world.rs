//! One server, one simulator, one clock, one temporary folder.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use server::app::App;
use server::clock::Clock;
use server::settings::Settings;
use server::sign_in::totp::TotpSecret;
use server::store::{ListAsk, NewSession, Session, SessionKind};
use server::{import, serve};
use shared::{AccountId, Millis, TicketId};
use simulator::{Options, Ports};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::crash::process::free_address;
use crate::desk::Desk;
use crate::logs;

/// 2026-11-22 14:00:00 UTC.
const START: i64 = 1_795_356_000_000;
pub(crate) const EMAIL: &str = "tess@brightline.example";
/// Another technician of the same account, no admin.
pub(crate) const COLLEAGUE: &str = "cole@brightline.example";
pub(crate) const PASSWORD: &str = "correct-horse-battery-7";
pub(crate) const TOTP: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Enough for whatever happens at all, on a machine that has much else to do. Nothing is shown by
/// waiting so long in vain.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than a call may take, and than such a machine keeps a thread waiting: who holds something
/// for longer has died with it.
const ALIVE: Duration = Duration::from_secs(10);

/// The world of one story.
pub(crate) struct World {
    pub(crate) outside: simulator::World,
    pub(crate) app: App,
    pub(crate) account: AccountId,
    pub(crate) address: SocketAddr,
    pub(crate) folder: TempDir,
    clock: Clock,
    running: Option<JoinHandle<std::io::Result<()>>>,
}

impl World {
    /// Time stands still until the story moves it.
    pub(crate) async fn new() -> Self {
        Self::build(true, |_| {}).await
    }

    /// Time passes as for people: for stories in a browser.
    pub(crate) async fn in_real_time() -> Self {
        Self::build(false, |_| {}).await
    }

    pub(crate) async fn build(manual: bool, change: impl FnOnce(&mut Settings)) -> Self {
        Self::build_with(manual, change, |sample| sample).await
    }

    /// A world whose account was set up in another way.
    pub(crate) async fn import(change: impl FnOnce(String) -> String) -> Self {
        Self::build_with(true, |_| {}, change).await
    }

    /// Both.
    pub(crate) async fn build_with(
        manual: bool,
        change: impl FnOnce(&mut Settings),
        import: impl FnOnce(String) -> String,
    ) -> Self {
        logs::keep();
        let (clock, outside_clock) = if manual {
            (Clock::manual(Millis(START)), simulator::Clock::manual(START))
        } else {
            (Clock::system(), simulator::Clock::system())
        };
        let options = Options {
            ports: Ports::Any,
            clock: outside_clock,
            authenticators: vec![TOTP.to_owned()],
        };
        let outside = simulator::start(options).await.unwrap();
        let listener = listener().await;
        let address = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::defaults().unwrap();
        settings.server.listen = address;
        settings.server.origin = format!("http://app.localhost:{}", address.port());
        settings.share.origin = format!("http://s.localhost:{}", address.port());
        settings.store.folder = folder.path().join("data");
        settings.keys.file = folder.path().join("keys/master.key");
        if std::env::var("MSP_RESET_STORIES_ON").as_deref() == Ok("postgres") {
            settings.store.url = cluster::shared().database().unwrap().into();
            server::key_file::make_new(&settings.keys.file).unwrap();
        }
        let smtp = format!("smtp://{}", outside.smtp_address());
        settings.outbound.allow = [
            outside.entra_url(),
            outside.graph_url(),
            outside.twilio_url(),
            outside.duo_url(),
            outside.receiver_url(),
            outside.psa_api_url(simulator::Psa::ConnectWise),
            outside.psa_api_url(simulator::Psa::Halo),
            outside.psa_api_url(simulator::Psa::Autotask),
            smtp,
        ]
        .join(",");
        settings.duo.base = outside.duo_url();
        settings.psa.autotask = outside.psa_api_url(simulator::Psa::Autotask);
        settings.psa.sites = simulator::Psa::ALL
            .map(|psa| (outside.psa_site_url(psa), outside.psa_api_url(psa)))
            .into();
        settings.outbound.ca_file = folder.path().join("mail-ca.pem");
        std::fs::write(&settings.outbound.ca_file, outside.smtp_ca_pem()).unwrap();
        settings.outbound.timeout_ms = 2_000;
        let cloud = server::settings::Cloud {
            label: "Simulated".into(),
            login: outside.entra_url(),
            graph: outside.graph_url(),
        };
        settings.clouds.insert("simulated".into(), cloud);
        let region =
            server::settings::Region { label: "Simulated".into(), api: outside.twilio_url() };
        settings.sms.regions.insert("simulated".into(), region);
        // Checks in the background would meet the faults that a story has prepared.
        settings.health.check_every_hours = 0;
        change(&mut settings);
        settings.check().unwrap();
        let app = serve::open(settings, clock.clone()).await.unwrap();
        let account = import::import_text(&app, &import(sample(&outside))).await.unwrap();
        let running = Some(tokio::spawn(serve::run(app.clone(), listener)));
        Self { outside, app, account, address, folder, clock, running }
    }

    /// The server stops as an operator stops it, and starts again on the same database.
    pub(crate) async fn restart(&mut self) {
        self.restart_with(|_| {}).await;
    }

    /// The same with other settings.
    pub(crate) async fn restart_with(&mut self, change: impl FnOnce(&mut Settings)) {
        self.app.stop.cancel();
        self.running.take().unwrap().await.unwrap().unwrap();
        let listener = listener_at(self.address).await;
        let mut settings = (*self.app.settings).clone();
        change(&mut settings);
        settings.check().unwrap();
        self.app = serve::open(settings, self.clock.clone()).await.unwrap();
        self.running = Some(tokio::spawn(serve::run(self.app.clone(), listener)));
    }

    /// Another MSP on the same server.
    pub(crate) async fn stranger_account(&self) -> AccountId {
        let other = sample(&self.outside).replace("@brightline.example", "@other-msp.example");
        import::import_text(&self.app, &other).await.unwrap()
    }

    /// A technician of another MSP on the same server, signed in.
    pub(crate) async fn stranger(&self) -> Desk {
        self.stranger_account().await;
        Desk::sign_in_as(self, &EMAIL.replace("@brightline.example", "@other-msp.example")).await
    }

    /// Time passes, for us and for the others.
    pub(crate) fn pass(&self, millis: i64) {
        self.clock.advance(millis);
        self.outside.clock().advance(millis);
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// The code that the technician's authenticator shows.
    pub(crate) fn authenticator(&self) -> String {
        TotpSecret::from_base32(TOTP).unwrap().code_at(self.now()).to_string()
    }

    /// A technician at our own pages, signed in.
    pub(crate) async fn desk(&self) -> Desk {
        Desk::sign_in(self).await
    }

    /// A technician's own browser, signed in with a second factor just now.
    pub(crate) async fn session(&self, email: &str) -> Session {
        let technician = self.app.store.technician_by_email(email).await.unwrap().unwrap();
        Session {
            id: vec![1],
            kind: SessionKind::Web,
            host: shared::Host::Web,
            parent: None,
            psa: None,
            technician,
            second_factor_at: Some(self.now()),
            seen_at: self.now(),
            expires_at: self.now().plus(60 * 60_000),
            trace: server::store::Trace::default(),
        }
    }

    /// The same, and the server knows of it: what it vouches for asks whether it still stands.
    pub(crate) async fn signed_in(&self, email: &str) -> Session {
        let id = server::random::bytes::<32>().to_vec();
        let session = Session { id, ..self.session(email).await };
        let technician = &session.technician;
        let new = NewSession {
            id: &session.id,
            kind: session.kind,
            host: session.host,
            parent: None,
            technician: technician.id,
            second_factor_at: session.second_factor_at,
            expires_at: session.expires_at,
        };
        let begun = self.app.store.begin_session(technician.account, self.now(), &new, None).await;
        begun.unwrap();
        session
    }

    /// The ticket with this number.
    pub(crate) async fn ticket(&self, number: &str) -> server::store::Ticket {
        let found =
            self.app.store.tickets(self.account, &ListAsk::search(number, 2)).await.unwrap().rows;
        assert_eq!(found.len(), 1, "ticket {number}");
        found.into_iter().next().unwrap()
    }

    /// The notes of a ticket, as one text.
    pub(crate) async fn notes(&self, ticket: TicketId) -> Vec<String> {
        let notes = self.app.store.ticket_notes(self.account, ticket).await.unwrap();
        notes.into_iter().map(|note| note.body).collect()
    }

    /// The password that Microsoft holds.
    pub(crate) fn password(&self, upn: &str) -> String {
        self.outside.directory_user(upn).unwrap().password
    }

    /// Waits until nothing is under way, here or at the carriers.
    pub(crate) async fn settle(&self) {
        until("everything has settled", async || self.is_settled().await).await;
    }

    /// Lets time pass in seconds until nothing is under way; twenty minutes of it at most.
    pub(crate) async fn settle_in_time(&self) {
        let mut dead = HashSet::new();
        for _ in 0..1200 {
            // Several looks at each second: a retry that is due must get its chance.
            for _ in 0..4 {
                if self.is_settled().await {
                    return;
                }
                self.app.resets.wake.notify_one();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            self.idle(&mut dead).await;
            if self.has_work().await {
                self.pass(1_000);
            }
        }
        panic!("twenty minutes have not settled it");
    }

    async fn has_work(&self) -> bool {
        self.app.store.unsettled().await.unwrap() != (0, 0)
    }

    /// A carrier's word of a text comes after the text, and has consequences as well.
    async fn is_settled(&self) -> bool {
        let texts = self.outside.texts_accepted();
        let told = self.outside.texts_carried() == 0;
        // Another text meanwhile: then the two looks are not of one moment.
        told && !self.has_work().await && self.outside.texts_accepted() == texts
    }

    /// Waits until nobody is at work: time that passes under their hands would end their lease. Who
    /// does not let go is `dead`, and waited for once.
    pub(crate) async fn idle(&self, dead: &mut HashSet<Uuid>) {
        let held = async || self.app.store.leases(self.now()).await;
        let letting_go = async {
            while held().await.iter().any(|lease| !dead.contains(lease)) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(ALIVE, letting_go).await.is_err() {
            dead.extend(held().await);
        }
    }

    /// The end of every story: nothing left to be sent, no request that the others don't know,
    /// an intact audit chain.
    pub(crate) async fn end(mut self) {
        assert_eq!(self.outside.unknown_requests().len(), 0, "requests to routes nobody has");
        assert_eq!(self.outside.faults_left(), 0, "faults that nobody met");
        self.app.store.verify_audit(self.account).await.unwrap().unwrap();
        self.stop().await;
    }

    /// Stops the server as an operator does.
    pub(crate) async fn stop(&mut self) {
        self.app.stop.cancel();
        if let Some(running) = self.running.take() {
            running.await.unwrap().unwrap();
        }
        self.outside.stop().await;
    }
}

fn sample(outside: &simulator::World) -> String {
    let port = |url: String| url.rsplit(':').next().unwrap_or_default().to_owned();
    let sample = include_str!("../../server/sample/import.json")
        .replace("{{port:twilio}}", &port(outside.twilio_url()))
        .replace("{{port:smtp}}", &port(outside.smtp_address()))
        .replace("{{smtp_password}}", &outside.smtp_password())
        .replace("{{password}}", PASSWORD)
        .replace("{{totp_secret}}", TOTP);
    let mut sample: serde_json::Value = serde_json::from_str(&sample).unwrap();
    let mut colleague = sample["technicians"][0].clone();
    colleague["name"] = "Cole Carter".into();
    colleague["role"] = "technician".into();
    colleague["email"] = COLLEAGUE.into();
    sample["technicians"].as_array_mut().unwrap().push(colleague);
    serde_json::to_string_pretty(&sample).unwrap()
}

/// A port that the server can come back to: nobody is given it while the server is stopped.
async fn listener() -> TcpListener {
    loop {
        // Somebody may have been quicker since it was found free.
        if let Ok(listener) = TcpListener::bind(free_address()).await {
            return listener;
        }
    }
}

/// The same port once more, as soon as it can be had.
async fn listener_at(address: SocketAddr) -> TcpListener {
    let taking = async {
        loop {
            match TcpListener::bind(address).await {
                Ok(listener) => return listener,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    let taken = tokio::time::timeout(PATIENCE, taking).await;
    taken.unwrap_or_else(|_| panic!("somebody else has {address}"))
}

/// Looks until something is so.
pub(crate) async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let looking = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, looking).await;
    assert!(waited.is_ok(), "waited in vain until {what}");
}
