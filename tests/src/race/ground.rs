//! Where a race is run: the real program, one or two of it on one database. This process looks at
//! the same database, to put links into it and to see what is remembered of them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use server::app::App;
use server::clock::Clock;
use server::seed::{Link, Msp};
use server::serve;
use server::settings::Settings;
use shared::{AccountId, ResetId, VerificationId};
use tempfile::TempDir;

use super::careless::Careless;
use super::rush::Answer;
use super::variant::Opener;
use crate::crash::database::Database;
use crate::crash::process::{Process, free_address};

/// Servers on one database.
pub(crate) struct Ground {
    pub(crate) app: App,
    pub(crate) servers: Vec<SocketAddr>,
    pub(crate) processes: Vec<Process>,
    /// What an unknown link gets, the same at each server.
    pub(crate) dead: Answer,
    /// Which link the round is about. Ours need not be told; the careless server is.
    pub(crate) subject: Arc<Mutex<Option<(AccountId, ResetId)>>>,
    /// Which verification the round is about, for another careless server.
    pub(crate) check: Arc<Mutex<Option<(AccountId, VerificationId)>>>,
    folder: TempDir,
}

impl Ground {
    /// So many programs on one new database.
    pub(crate) async fn start(database: Database, count: usize) -> Self {
        let addresses: Vec<SocketAddr> = (0..count).map(|_| free_address()).collect();
        let (app, folder) = open(database).await;
        let mut processes = Vec::new();
        for address in &addresses {
            let mut settings = (*app.settings).clone();
            settings.server.listen = *address;
            settings.server.origin = format!("http://app.localhost:{}", address.port());
            settings.share.origin = format!("http://s.localhost:{}", address.port());
            let log = folder.path().join(format!("{}.log", address.port()));
            processes.push(Process::start_with_log(&settings, &log).await);
        }
        Self::at(app, folder, addresses, processes, Arc::default()).await
    }

    /// A server that opens links in the careless order, on the same store.
    pub(crate) async fn careless(database: Database) -> Self {
        let (app, folder) = open(database).await;
        let subject = Arc::default();
        let address = Careless::serve(app.clone(), Arc::clone(&subject)).await;
        Self::at(app, folder, vec![address], Vec::new(), subject).await
    }

    /// A careless server of verifications, on the same store.
    pub(crate) async fn served_by<F: Future<Output = SocketAddr>>(
        database: Database,
        serve: impl FnOnce(App, Arc<Mutex<Option<(AccountId, VerificationId)>>>) -> F,
    ) -> Self {
        let (app, folder) = open(database).await;
        let check = Arc::default();
        let address = serve(app.clone(), Arc::clone(&check)).await;
        let dead = Answer::parse("HTTP/1.1 410 Gone\r\n\r\n");
        let (servers, processes) = (vec![address], Vec::new());
        Self { app, servers, processes, dead, subject: Arc::default(), check, folder }
    }

    async fn at(
        app: App,
        folder: TempDir,
        servers: Vec<SocketAddr>,
        processes: Vec<Process>,
        subject: Arc<Mutex<Option<(AccountId, ResetId)>>>,
    ) -> Self {
        // Of another database: nobody knows it here.
        let (other, _folder) = open(Database::Sqlite).await;
        let (_, unknown) = link(&other, None).await;
        let taps = servers.iter().map(|at| Opener::new().tap(&unknown, *at));
        let mut answers: Vec<Answer> = taps.map(|tap| tap.send()).collect();
        let dead = answers.pop().unwrap();
        assert_eq!(dead.status, 410, "{}", dead.body);
        for answer in answers {
            assert!(answer == dead, "{:?} at one, {:?} at the other", answer.head, dead.head);
        }
        Self { app, servers, processes, dead, subject, check: Arc::default(), folder }
    }

    /// A new link that can be opened, in an account of its own.
    pub(crate) async fn link(&self, unlock: Option<&str>) -> (Msp, Link) {
        let (msp, link) = link(&self.app, unlock).await;
        *self.subject.lock().unwrap() = Some((msp.account, link.reset));
        (msp, link)
    }

    /// What each program has logged.
    pub(crate) fn logs(&self) -> String {
        let path =
            |at: &SocketAddr| -> PathBuf { self.folder.path().join(format!("{}.log", at.port())) };
        self.servers.iter().filter_map(|at| std::fs::read_to_string(path(at)).ok()).collect()
    }
}

async fn open(database: Database) -> (App, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::defaults().unwrap();
    database.choose(&mut settings, folder.path());
    // There is no Microsoft behind a seeded integration.
    settings.health.check_every_hours = 0;
    (serve::open(settings, Clock::system()).await.unwrap(), folder)
}

async fn link(app: &App, unlock: Option<&str>) -> (Msp, Link) {
    let now = app.clock.now();
    let msp = Msp::import(&app.store, now).await.unwrap();
    let unlock = unlock.map(|code| code.as_bytes().to_vec().into());
    let link = msp.link(&app.store, unlock.as_ref(), now).await.unwrap();
    msp.send_nothing(&app.store).await;
    (msp, link)
}
