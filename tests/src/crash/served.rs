//! The real program, one or more of it on one database, with resets under way at them.

use std::net::SocketAddr;
use std::time::Duration;

use server::settings::Settings;
use shared::Stage;
use tokio::task::JoinHandle;

use super::after::{Ground, ended_anew, finish};
use super::check::Finding;
use super::database::Database;
use super::process::{Process, free_address};
use super::scene::{Case, Scene};
use super::tally::Tally;
use crate::desk::{self, client};
use crate::person::Person;

/// A PATCH comes within so long of the click, or not at all.
pub(crate) const APPLY_BEFORE_MS: i64 = 4_000;
/// On a busy machine the outside world answers too late now and then, and a click is refused.
const ATTEMPTS: usize = 5;

/// Programs on one database. This process looks at the same database, and does nothing in it but
/// what a technician's clicks and a person's taps do.
pub(crate) struct Served {
    pub(crate) scene: Scene,
    /// Where each program serves; `None` while it is dead.
    programs: Vec<(Settings, Option<Process>)>,
    /// What the persons chose in the end.
    chosen: Vec<(String, String)>,
}

/// A reset that came to its good end.
struct DoneWell {
    case: Case,
    /// `METHOD /path`.
    requests: Vec<String>,
    millis: usize,
}

impl Ground for Served {
    fn scene(&self) -> &Scene {
        &self.scene
    }

    async fn settle(&self) -> bool {
        for _ in 0..1500 {
            if self.scene.app().store.unsettled().await.unwrap() == (0, 0) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    async fn reveal(&self, text: &str, unlock: Option<&str>) -> Result<String, String> {
        let person = Person::at(self.address(), text);
        let opened = person.open(unlock).await;
        match opened.status {
            200 => Ok(person.decrypt(&opened)),
            _ => Err(format!("{:?}", opened.body)),
        }
    }

    /// It passes by itself; [`Served::end`] waits for it once, for all.
    async fn pass_much_time(&self) {}
}

impl Served {
    /// So many programs on one new database.
    pub(crate) async fn start(database: Database, count: usize) -> Self {
        let addresses: Vec<SocketAddr> = (0..count).map(|_| free_address()).collect();
        let scene = Scene::in_real_time(database, |settings| {
            settings.server.listen = addresses[0];
            settings.server.origin = format!("http://app.localhost:{}", addresses[0].port());
            settings.share.origin = format!("http://s.localhost:{}", addresses[0].port());
            settings.reset.apply_before_ms = APPLY_BEFORE_MS;
        })
        .await;
        let mut programs = Vec::new();
        for address in addresses {
            let mut settings = (*scene.app().settings).clone();
            settings.server.listen = address;
            settings.server.origin = format!("http://app.localhost:{}", address.port());
            // Short, so that what a dead one held is soon taken over.
            settings.outbound.timeout_ms = 250;
            settings.reset.lease_ms = 500;
            let process = Process::start(&settings).await;
            programs.push((settings, Some(process)));
        }
        Self { scene, programs, chosen: Vec::new() }
    }

    fn address(&self) -> SocketAddr {
        let alive = self.programs.iter().find(|(_, process)| process.is_some());
        alive.unwrap().0.server.listen
    }

    /// The technician clicks, at this program. Nobody need wait for the answer.
    pub(crate) async fn click(&self, case: &Case, program: usize) -> JoinHandle<()> {
        let bearer = desk::bearer(self.scene.app(), &case.who).await;
        let settings = &self.programs[program].0;
        let put = client(settings.server.listen)
            .put(format!("{}/api/resets/{}", settings.server.origin, case.id))
            .bearer_auth(bearer)
            .json(&case.ask);
        // A killed server does not answer, which is no failure here.
        tokio::spawn(async move { drop(put.send().await) })
    }

    pub(crate) fn kill(&mut self, program: usize) {
        self.programs[program].1.take().unwrap().kill();
    }

    pub(crate) fn suspend(&self, program: usize) {
        self.programs[program].1.as_ref().unwrap().suspend();
    }

    /// Lets a suspended program go on.
    pub(crate) fn wake(&self, program: usize) {
        self.programs[program].1.as_ref().unwrap().go_on();
    }

    pub(crate) async fn revive(&mut self, program: usize) {
        let process = Process::start(&self.programs[program].0).await;
        self.programs[program].1 = Some(process);
    }

    /// Everything has settled: looks at each case, and ends what is stuck by a new reset.
    pub(crate) async fn look_at(
        &mut self,
        run: &str,
        cases: &[(Case, Option<String>)],
        tally: &mut Tally,
    ) {
        self.settle().await;
        self.scene.outside.clear_faults();
        for (case, own) in cases {
            let mut found = finish(self, case, own.as_deref()).await;
            let stage = self.look(case).reset().await.map(|reset| reset.stage);
            if stage == Some(Stage::Stuck) {
                found.extend(self.anew(case).await);
            }
            self.chosen.push((case.upn.clone(), self.scene.password(&case.upn)));
            tally.add(run, stage.map_or("not begun", Stage::as_str), found);
        }
    }

    async fn anew(&self, case: &Case) -> Vec<Finding> {
        let newer = self.done_well(async |scene| scene.again(case).await).await.case;
        ended_anew(self, case, &newer).await
    }

    /// A reset that is clicked, and not disturbed.
    async fn done_well(&self, new: impl AsyncFn(&Scene) -> Case) -> DoneWell {
        let alive = self.programs.iter().position(|(_, process)| process.is_some()).unwrap();
        let outside = &self.scene.outside;
        for _ in 0..ATTEMPTS {
            let case = new(&self.scene).await;
            let (before, begun) = (outside.requests().len(), self.scene.clock.now());
            self.click(&case, alive).await.await.unwrap();
            self.settle().await;
            let reset = self.look(&case).reset().await;
            if reset.is_some_and(|reset| reset.stage == Stage::Completed && reset.tries == 1) {
                let requests = outside.requests().split_off(before);
                return DoneWell {
                    case,
                    requests: requests.iter().map(|r| format!("{} {}", r.method, r.path)).collect(),
                    millis: usize::try_from(self.scene.clock.now().since(begun)).unwrap(),
                };
            }
        }
        panic!("no reset comes to a good end");
    }

    /// The end: nobody's own password was overwritten by anything late.
    pub(crate) async fn end(self, tally: &mut Tally) {
        let late = u64::try_from(APPLY_BEFORE_MS).unwrap() + 1_000;
        tokio::time::sleep(Duration::from_millis(late)).await;
        for (upn, own) in &self.chosen {
            if self.scene.password(upn) != *own {
                tally.findings.push((upn.clone(), Finding::Overwritten));
            }
        }
        drop(self.programs);
        self.scene.outside.stop().await;
    }

    /// Nothing goes wrong. Which requests the outside world got, and how many milliseconds it took.
    pub(crate) async fn undisturbed(&mut self, tally: &mut Tally) -> (Vec<String>, usize) {
        // The first one is slower than all that follow.
        let first = self.done_well(Scene::case).await;
        let done = self.done_well(Scene::case).await;
        self.look_at("nothing goes wrong", &[(first.case, None)], tally).await;
        self.look_at("nothing goes wrong", &[(done.case, None)], tally).await;
        (done.requests, done.millis)
    }

    /// Whether anything is still to be done for one of these.
    pub(crate) async fn is_busy(&self, cases: &[(Case, Option<String>)]) -> bool {
        for (case, _) in cases {
            if self.look(case).reset().await.is_none() {
                return true;
            }
        }
        self.scene.app().store.unsettled().await.unwrap() != (0, 0)
    }
}
