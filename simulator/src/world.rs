//! The world as tests and the page hold it: look, change, cause trouble, wait.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::directory::{DirectoryUser, Line, SetBy, Tenant};
use crate::fault::{Company, Fault, Queued};
use crate::front::Call;
use crate::hold::{self, Held, Hold, Moment};
use crate::psa::Psa;
use crate::state::{Callback, PasswordPatch, Recorded, State, Text};
use crate::twilio;

/// A test that waits longer than this for a text waits in vain, on however busy a machine. Nobody shows
/// by waiting that nothing comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the listeners are.
pub(crate) struct Addresses {
    pub(crate) page: String,
    pub(crate) entra: String,
    pub(crate) graph: String,
    pub(crate) twilio: String,
    pub(crate) duo: String,
    pub(crate) receiver: String,
    /// Ports of ConnectWise, Halo and Autotask.
    pub(crate) psa: [u16; 3],
    pub(crate) smtp: String,
    pub(crate) smtp_ca_pem: String,
}

/// A running world. Clones are the same world.
#[derive(Clone)]
pub struct World(Arc<Inner>);

struct Inner {
    clock: Clock,
    addresses: Addresses,
    http: crate::http::Client,
    state: Mutex<State>,
    /// Counts changes; those who wait for one listen here.
    version: watch::Sender<u64>,
    /// Connections of callers that are open.
    open: watch::Sender<usize>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl World {
    pub(crate) fn new(
        clock: Clock,
        addresses: Addresses,
        http: crate::http::Client,
        state: State,
    ) -> Self {
        World(Arc::new(Inner {
            clock,
            addresses,
            http,
            state: Mutex::new(state),
            version: watch::Sender::new(1),
            open: watch::Sender::new(0),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }))
    }

    pub(crate) fn addresses(&self) -> &Addresses {
        &self.0.addresses
    }

    /// The page for people: `http://localhost:PORT`.
    pub fn page_url(&self) -> String {
        self.0.addresses.page.clone()
    }

    /// In place of `https://login.microsoftonline.com`.
    pub fn entra_url(&self) -> String {
        self.0.addresses.entra.clone()
    }

    /// In place of `https://graph.microsoft.com` (without `/v1.0`).
    pub fn graph_url(&self) -> String {
        self.0.addresses.graph.clone()
    }

    /// In place of `https://api.twilio.com`.
    pub fn twilio_url(&self) -> String {
        self.0.addresses.twilio.clone()
    }

    /// In place of `https://api-XXXXXXXX.duosecurity.com`, whatever the hostname.
    pub fn duo_url(&self) -> String {
        self.0.addresses.duo.clone()
    }

    pub(crate) fn psa_port(&self, psa: Psa) -> u16 {
        let [connectwise, halo, autotask] = self.0.addresses.psa;
        match psa {
            Psa::ConnectWise => connectwise,
            Psa::Halo => halo,
            Psa::Autotask => autotask,
        }
    }

    /// The mail server: `127.0.0.1:PORT`.
    pub fn smtp_address(&self) -> String {
        self.0.addresses.smtp.clone()
    }

    /// The authority that signed the mail server's certificate, as PEM.
    pub fn smtp_ca_pem(&self) -> String {
        self.0.addresses.smtp_ca_pem.clone()
    }

    /// The world's time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The person as they are now, by UPN, object id, mail address, its part before the `@`, or first name.
    pub fn directory_user(&self, upn_or_alias: &str) -> Option<DirectoryUser> {
        self.read(|state| state.find(upn_or_alias).map(|(t, u)| state.tenants[t].users[u].clone()))
    }

    /// Changes a person. Nobody by that name: nothing happens, and a warning says so.
    pub fn edit_user(&self, upn: &str, edit: impl FnOnce(&mut DirectoryUser)) {
        self.change(|state| match state.find(upn) {
            Some((t, u)) => edit(&mut state.tenants[t].users[u]),
            None => tracing::warn!("there is nobody called {upn}"),
        });
    }

    /// Changes a tenant (its app's secret, permissions, licence …), by id or domain.
    pub fn edit_tenant(&self, id_or_domain: &str, edit: impl FnOnce(&mut Tenant)) {
        self.change(|state| {
            match state.tenants.iter_mut().find(|tenant| tenant.is_called(id_or_domain)) {
                Some(tenant) => edit(tenant),
                None => tracing::warn!("there is no tenant called {id_or_domain}"),
            }
        });
    }

    /// The person signs in somewhere and chooses a password of their own.
    pub fn set_password_by_person(&self, upn: &str, new: &str) {
        let now = self.0.clock.now_ms();
        self.edit_user(upn, |user| {
            user.set_password(new, SetBy::Person, now);
            user.must_change = false;
            user.must_change_with_mfa = false;
        });
    }

    /// Says what is special about a number (`None`: an ordinary phone).
    pub fn set_line(&self, e164: &str, line: Option<Line>) {
        self.change(|state| match line {
            Some(line) => _ = state.twilio.lines.insert(e164.to_owned(), line),
            None => _ = state.twilio.lines.remove(e164),
        });
    }

    /// Texts that Twilio accepted for a number, oldest first; see [`Text::arrived`].
    pub fn texts(&self, e164: &str) -> Vec<Text> {
        self.read(|state| {
            state
                .messages
                .iter()
                .map(|message| &message.text)
                .filter(|text| text.to == e164)
                .cloned()
                .collect()
        })
    }

    /// Waits (a minute at most) until Twilio accepted `count` texts for a number; the last of them.
    pub async fn wait_for_text(&self, e164: &str, count: usize) -> Option<Text> {
        let last = count.checked_sub(1)?;
        self.wait_for(|| self.texts(e164).into_iter().nth(last)).await
    }

    /// Looks after each change until there is something, for a minute at most.
    pub(crate) async fn wait_for<T>(&self, look: impl Fn() -> Option<T>) -> Option<T> {
        let mut changes = self.changes();
        let waiting = async {
            loop {
                // Marked as seen before looking: what arrives in between wakes us.
                changes.borrow_and_update();
                if let Some(found) = look() {
                    return Some(found);
                }
                if changes.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or(None)
    }

    /// Something goes wrong with the next request at `at` whose `METHOD /path` contains `matcher`;
    /// with a `*` in it, what stands behind that is to be in the query.
    /// Faults queue; each is used once.
    pub fn fault(&self, at: Company, matcher: Option<&str>, fault: Fault) {
        self.change(|state| {
            state.faults.push(Queued { at, matcher: matcher.map(str::to_owned), fault })
        });
    }

    /// Holds one request, whichever company it is for: the next one, after so many have passed.
    pub fn hold(&self, passing: usize, moment: Moment) -> Held {
        let (hold, held) = hold::pair(passing, moment);
        self.change(|state| state.holds.push(hold));
        held
    }

    /// Forgets the faults that were not used yet.
    pub fn clear_faults(&self) {
        self.change(|state| state.faults.clear());
    }

    /// How many faults wait for their request. A story that caused one ends with none.
    pub fn faults_left(&self) -> usize {
        self.read(|state| state.faults.len())
    }

    /// Every request that a stand-in received, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.read(|state| state.requests.iter().cloned().collect())
    }

    /// Waits (a minute at most) until no company has a connection open. What a caller that died
    /// had sent is done by then, or never will be. False when somebody stays connected.
    pub async fn quiet(&self) -> bool {
        let quiet = async {
            // Who is let in behind them knows that all who stood at the door are in.
            let at = &self.0.addresses;
            let doors =
                [&at.entra, &at.graph, &at.twilio, &at.duo, &at.receiver].map(String::clone);
            let psas = Psa::ALL.map(|psa| self.psa_api_url(psa));
            for door in doors.iter().chain(&psas) {
                let mut last = TcpStream::connect(door.trim_start_matches("http://")).await?;
                last.shutdown().await?;
                last.read_to_end(&mut Vec::new()).await?;
            }
            let mut open = self.0.open.subscribe();
            let _ = open.wait_for(|open| *open == 0).await;
            Ok::<(), std::io::Error>(())
        };
        matches!(tokio::time::timeout(PATIENCE, quiet).await, Ok(Ok(())))
    }

    /// Requests for a route that the stand-in does not have.
    pub fn unknown_requests(&self) -> Vec<Recorded> {
        self.read(|state| state.requests.iter().filter(|request| !request.known).cloned().collect())
    }

    /// Every `PATCH` of this person's password that reached Graph, applied or not, oldest first.
    pub fn patches(&self, upn: &str) -> Vec<PasswordPatch> {
        self.read(|state| {
            let Some((t, u)) = state.find(upn) else { return Vec::new() };
            let id = &state.tenants[t].users[u].id;
            state
                .patches
                .iter()
                .filter(|(of, _)| of == id)
                .map(|(_, patch)| patch.clone())
                .collect()
        })
    }

    /// Every status callback that Twilio sent, oldest first.
    pub fn callbacks(&self) -> Vec<Callback> {
        self.read(|state| state.callbacks.clone())
    }

    /// Tells the text's `StatusCallback` a status by hand, signed, in any order you like.
    pub async fn deliver(&self, sid: &str, status: &str, error_code: Option<u32>) {
        twilio::tell(self, sid, status, error_code).await;
    }

    /// Ends the listeners and everything still under way.
    pub async fn stop(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    pub(crate) fn stopped(&self) -> CancellationToken {
        self.0.stop.clone()
    }

    /// Counts a caller's connection until it is dropped.
    pub(crate) fn connected(&self) -> Connected {
        self.0.open.send_modify(|open| *open += 1);
        Connected(self.clone())
    }

    pub(crate) fn http(&self) -> &crate::http::Client {
        &self.0.http
    }

    /// Runs beside the request that asked for it, until the world stops.
    pub(crate) fn track(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(task);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.version.subscribe()
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state and wakes those who wait for a change.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let out = change(&mut self.lock());
        self.0.version.send_modify(|version| *version += 1);
        out
    }

    pub(crate) fn take_fault(&self, call: &Call) -> Option<Fault> {
        // One lock for looking and taking: two requests never get the same fault.
        let fault = {
            let mut state = self.lock();
            let place = state.faults.iter().position(|queued| queued.matches(call))?;
            state.faults.remove(place).fault
        };
        tracing::info!(company = ?call.company, ?fault, "trouble, as asked for");
        Some(fault)
    }

    /// The hold whose turn it is with this request.
    pub(crate) fn take_hold(&self) -> Option<Hold> {
        let mut state = self.lock();
        let place = state.holds.iter().position(|hold| hold.passing == 0);
        state.holds.iter_mut().for_each(|hold| hold.passing = hold.passing.saturating_sub(1));
        place.map(|place| state.holds.remove(place))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while holding it was reported where it happened; the data is still data.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A caller's open connection.
pub(crate) struct Connected(World);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.0.open.send_modify(|open| *open -= 1);
    }
}
