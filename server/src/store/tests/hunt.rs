//! Everything at once: random writes of two accounts through two processes. Nobody may be told
//! anything but "too late" or "there is one": no deadlock, no failed statement, no broken chain.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use shared::{Code, Host, Millis, ResetId};

use super::fixture::{CODE, HOUR, MINUTE, Msp, PROOF, START, World, follows, lease, limit, new_id};
use crate::audit::{Act, Entry};
use crate::random;
use crate::store::{
    After, DirectoryLink, LastAnswer, NewSession, Notice, Opening, OutboxKind, SessionKind, Store,
    StoreError,
};

on_both!(nothing_but_too_late);

const TASKS: u64 = 8;
const ROUNDS: u32 = 60;
/// Few enough that the tasks meet.
const PERSONS: u32 = 3;

/// A task's own dice (xorshift): the same seed throws the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from((self.0 >> 11) % u64::from(limit)).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let index = self.below(u32::try_from(from.len().max(1)).unwrap());
        from.get(usize::try_from(index).unwrap())
    }
}

/// What the tasks share: the time, and the resets that there are.
struct Shared {
    msps: [Msp; 2],
    now: AtomicI64,
    resets: [Mutex<Vec<ResetId>>; 2],
}

/// One task, as one process would run it.
struct Hunter {
    shared: Arc<Shared>,
    store: Store,
    dice: Dice,
}

async fn nothing_but_too_late(world: World) {
    // To repeat the throws of a failed run, put its seed here.
    let seed = u64::from(random::below(u32::MAX)) + 1;
    println!("seed {seed}");
    let stores = world.two_processes().await;
    let shared = Arc::new(Shared {
        msps: [world.ours, world.theirs],
        now: AtomicI64::new(START.0),
        resets: Default::default(),
    });
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let store = stores[usize::try_from(task % 2).unwrap()].clone();
        let dice = Dice(seed.wrapping_mul(2 * task + 1));
        let mut hunter = Hunter { shared: shared.clone(), store, dice };
        tasks.spawn(async move {
            let mut done = 0_u32;
            for round in 0..ROUNDS {
                let what = hunter.dice.below(12);
                match hunter.act(what).await {
                    Ok(()) => done += 1,
                    Err(StoreError::MovedOn | StoreError::Taken) => {}
                    Err(error) => panic!("seed {seed} task {task} round {round} {what}: {error}"),
                }
            }
            done
        });
    }
    let done: u32 = tasks.join_all().await.iter().sum();
    assert!(done > ROUNDS, "{done} acts of all were in time");
    for msp in &shared.msps {
        for store in &stores {
            let chain = store.verify_audit(msp.account).await.unwrap();
            assert!(chain.is_ok(), "seed {seed}: {chain:?}");
        }
    }
}

impl Hunter {
    /// Some time later than anybody was before.
    fn now(&mut self) -> Millis {
        let millis = i64::from(self.dice.below(20_000));
        Millis(self.shared.now.fetch_add(millis, Ordering::SeqCst) + millis)
    }

    async fn act(&mut self, what: u32) -> Result<(), StoreError> {
        match what {
            0 | 1 => self.stage().await,
            2..=4 => self.drive().await,
            5 | 6 => self.send().await,
            7 => self.open().await,
            8 => self.end().await,
            9 => self.sign_in().await,
            10 => self.count().await,
            _ => self.sweep().await,
        }
    }

    /// One of the two accounts, and which.
    fn msp(&mut self) -> (usize, Arc<Shared>) {
        (usize::try_from(self.dice.below(2)).unwrap(), self.shared.clone())
    }

    fn any_reset(&mut self, which: usize) -> Option<ResetId> {
        let resets = self.shared.resets[which].lock().unwrap().clone();
        // Mostly the newest: older ones are over.
        let from = resets.len().saturating_sub(6);
        self.dice.pick(&resets[from..]).copied()
    }

    async fn stage(&mut self) -> Result<(), StoreError> {
        let (now, (which, shared)) = (self.now(), self.msp());
        let msp = &shared.msps[which];
        let mut v = msp.verification(now);
        v.destination_hash = vec![u8::try_from(self.dice.below(3)).unwrap()];
        let limits = [limit("codes", 40, HOUR), limit("resets", 30, HOUR)];
        let sent = self.store.begin_verification(&v, &limits[..1]).await?;
        if sent.is_err() {
            return Ok(());
        }
        self.store.try_code(msp.account, msp.ann, v.id, CODE, now).await?;
        let person = format!("p{}", self.dice.below(PERSONS));
        let (mut reset, share) = msp.asked(v.id, &person);
        (reset.asked_at, reset.apply_before) = (now, now.plus(10 * MINUTE));
        if self.store.stage_reset(&reset, &share, &limits[1..]).await?.is_ok() {
            shared.resets[which].lock().unwrap().push(reset.id);
        }
        Ok(())
    }

    async fn drive(&mut self) -> Result<(), StoreError> {
        let (now, (which, _)) = (self.now(), self.msp());
        let Some(id) = self.any_reset(which) else { return Ok(()) };
        let held = lease(now);
        if !self.store.claim_reset(id, held, now).await? {
            return Ok(());
        }
        let reset = self.store.reset_to_drive(id).await?;
        match self.dice.below(8) {
            0 => return self.store.release_reset(id, held, now).await,
            1 => return self.store.postpone(&reset, held, now).await,
            2 => {
                let code = Code::TooLate;
                return self.store.record_refused(&reset, held, code, None, now).await;
            }
            _ => {}
        }
        self.store.announce(&reset, held, now).await?.map_err(|_| StoreError::MovedOn)?;
        let now = self.now();
        let answer = match self.dice.below(8) {
            0 => LastAnswer::Unknown,
            1 => LastAnswer::PasswordRefused,
            2 => return self.store.record_stuck(&reset, held, now).await,
            _ => {
                let counted = vec![limit("texts", 3, HOUR)];
                let notice = Some(Notice::Text { counted }).filter(|_| self.dice.below(2) == 0);
                let end_sessions = self.dice.below(2) == 0;
                let after = After { end_sessions, notice, ..follows() };
                return self.store.record_applied(&reset, held, &after, None, now).await;
            }
        };
        self.store.record_answer(&reset, held, answer, None, now, now).await?;
        if answer == LastAnswer::PasswordRefused {
            let share = self.store.share_of(reset.account, id).await?.unwrap();
            self.store.reseal(&reset, held, &share, now).await?;
        }
        self.store.release_reset(id, held, now).await
    }

    async fn send(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let due = self.store.due_outbox(now).await?;
        let Some(id) = self.dice.pick(&due) else { return Ok(()) };
        let held = lease(now);
        let Some(row) = self.store.claim_outbox(*id, held, now).await? else { return Ok(()) };
        if let Some(id) = row.verification {
            let v = self.store.verification(row.account, id).await?.unwrap();
            return match self.dice.below(3) {
                0 => {
                    let code = Code::Internal;
                    self.store.verification_not_noted(&row, &v, held, code, now).await
                }
                _ => self.store.verification_noted(&row, &v, held, "note", now).await,
            };
        }
        let reset = self.store.reset_to_drive(row.reset.unwrap()).await?;
        let provider = format!("SM{}", self.dice.below(20));
        match (self.dice.below(6), row.kind) {
            (0, _) => self.store.outbox_later(&row, held, now.plus(MINUTE)).await,
            (1, _) => {
                let code = Code::SmsUndelivered;
                self.store.outbox_failed(&row, &reset, held, code, None, now).await
            }
            (2, OutboxKind::Text) => self.store.text_arrived(&row, &reset, held, now).await,
            (_, OutboxKind::Text) => {
                self.store.text_sent(&row, &reset, held, &provider, now).await?;
                let failure = (self.dice.below(2) == 0).then_some(Code::SmsUndelivered);
                let (whose, sent) = (row.account, failure.is_none());
                self.store.text_status(whose, &provider, 3, sent, failure, now).await.map(drop)
            }
            (_, OutboxKind::Sessions) => self.store.sessions_ended(&row, &reset, held, now).await,
            (2, OutboxKind::Notice) => self.store.nobody_to_tell(&row, &reset, held, now).await,
            (_, OutboxKind::Notice) => {
                self.store.notice_sent(&row, &reset, held, &provider, now).await
            }
            _ => self.store.note_written(&row, &reset, held, "note", now).await,
        }
    }

    async fn open(&mut self) -> Result<(), StoreError> {
        let (now, (which, shared)) = (self.now(), self.msp());
        let Some(id) = self.any_reset(which) else { return Ok(()) };
        let account = shared.msps[which].account;
        let Some(share) = self.store.share_of(account, id).await? else { return Ok(()) };
        let device = [u8::try_from(self.dice.below(3)).unwrap()];
        let opening = Opening {
            look_id: &share.look_id,
            proof_hash: PROOF,
            opener_hash: &device,
            unlock_hash: None,
            only: None,
        };
        self.store.open_share(opening, now).await.map(drop)
    }

    async fn end(&mut self) -> Result<(), StoreError> {
        let (now, (which, shared)) = (self.now(), self.msp());
        let (msp, Some(id)) = (&shared.msps[which], self.any_reset(which)) else { return Ok(()) };
        let reset = self.store.reset_to_drive(id).await?;
        if self.dice.below(3) == 0 {
            return self.store.give_up(&reset, msp.ann, now).await;
        }
        let again = limit("again", 20, HOUR);
        self.store.text_again(&reset, msp.ann, now, &again).await.map(drop)
    }

    async fn sign_in(&mut self) -> Result<(), StoreError> {
        let (now, (which, shared)) = (self.now(), self.msp());
        let msp = &shared.msps[which];
        let session = |id, kind, parent| NewSession {
            id,
            kind,
            host: Host::Web,
            parent,
            technician: msp.ann,
            second_factor_at: None,
            expires_at: now.plus(MINUTE),
        };
        let ids = [[which as u8, 0], [which as u8, 1], [which as u8, 2]];
        let account = msp.account;
        match self.dice.below(6) {
            0 => {
                let web = session(&ids[0], SessionKind::Web, None);
                self.store.end_session(account, now, &ids[0], None).await?;
                let fresh = new_id();
                let own = NewSession { id: fresh.as_bytes(), ..web };
                self.store.begin_session(account, now, &own, Some(&ids[0])).await?;
                let pod = session(&ids[1], SessionKind::Pod, Some(fresh.as_bytes()));
                let id = new_id();
                let pod = NewSession { id: id.as_bytes(), ..pod };
                self.store.begin_session(account, now, &pod, None).await?;
                self.store.touch_session(account, fresh.as_bytes(), now).await
            }
            1 => self.store.set_set_up(account, msp.bob, now, &ids[2], now.plus(HOUR)).await,
            2 => self.store.use_set_up(account, now, msp.bob, &ids[2], "$1").await,
            3 => {
                let link = DirectoryLink {
                    contact: msp.carl,
                    integration: msp.m365,
                    directory_user: "p".into(),
                    address_hash: Vec::new(),
                    lost_at: None,
                };
                self.store.link_directory(account, now, &link, START).await
            }
            4 => {
                let new = Msp::new_technician(&format!("t{}@x", self.dice.below(5)));
                self.store.add_technician(account, now, &new).await
            }
            _ => self.store.note_alone(account, now, &Entry::new(Act::SignedOut)).await,
        }
    }

    /// Counters know no account: all tasks meet at the same few.
    async fn count(&mut self) -> Result<(), StoreError> {
        for _ in 0..5 {
            let now = self.now();
            let names = ["a", "b", "c", "d", "e", "f"];
            let name = self.dice.pick(&names).unwrap();
            self.store.count_attempt(name, now, 15 * MINUTE).await?;
            let other = self.dice.pick(&names).unwrap();
            self.store.count_attempt(other, now, 15 * MINUTE).await?;
            self.store.forgive_attempt(&[name, other]).await?;
        }
        Ok(())
    }

    async fn sweep(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        // No link lives for 24 hours of the hunt; some shall end unopened all the same.
        let later = now.plus(i64::from(self.dice.below(30)) * HOUR);
        self.store.sweep_shares(later).await?;
        self.store.sweep_ended(now).await
    }
}
