//! Random sequences of everything that can happen to a reset: answers that come, get lost or are
//! never written down, requests that arrive late, crashes, guards that refuse, time that passes.
//! A driver that does what the plan says never breaks P1, P3, P4 or P12. Each sequence comes from
//! its number, which a failure names.

use shared::{Code, Millis, Stage};

use super::tests::staged;
use super::{MOST_RESEALS, Step, in_doubt, next};
use crate::store::{LastAnswer, Reset};

const TRIES: u32 = 5;
const SEQUENCES: u64 = 60_000;
/// More than any sequence takes that comes to an end.
const MOST_STEPS: usize = 200;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// The row, and what is true beside it. Passwords are numbers: 0 is the old one, the first that
/// was sealed is 1.
struct World {
    reset: Reset,
    now: Millis,
    /// What the share holds.
    sealed: u32,
    /// What Microsoft holds.
    held: u32,
    /// Sent, and neither answered nor known to be lost: may arrive at any time.
    on_the_way: Vec<u32>,
    dice: Dice,
}

impl World {
    fn new(number: u64) -> Self {
        let reset = staged();
        let (now, dice) = (reset.asked_at, Dice(number));
        Self { reset, now, sealed: 1, held: 0, on_the_way: Vec::new(), dice }
    }

    /// Until its end. Gives the stage in which that is.
    fn run(mut self) -> Stage {
        for _ in 0..MOST_STEPS {
            self.something_else_happens();
            // A crash between planning and recording leaves the row as it was.
            let crash = self.dice.one_in(6);
            match next(&self.reset, TRIES, self.now) {
                // The guard, asked before each try: it can't be known, or it says no.
                Step::SetPassword if self.dice.one_in(8) => {
                    self.reset.retry_at = self.now.plus(1_000);
                }
                Step::SetPassword if self.dice.one_in(20) => {
                    return if in_doubt(&self.reset) { self.stuck() } else { self.refused() };
                }
                Step::SetPassword => self.set_password(crash),
                Step::SealAnother if crash => {}
                Step::SealAnother => self.seal_another(),
                Step::Refuse(_) if crash => {}
                Step::Refuse(_) => return self.refused(),
                Step::CallForHelp if crash => {}
                Step::CallForHelp => return self.stuck(),
                Step::Wait(at) => {
                    assert!(at > self.now, "it would wait for the past");
                    assert!(at <= self.reset.apply_before, "it would sleep past its end");
                    self.now = at;
                }
                Step::Rest => panic!("a live reset with nothing to do"),
            }
            if self.reset.stage == Stage::Applied {
                return self.applied();
            }
            self.knowable();
        }
        panic!("it never ends");
    }

    fn something_else_happens(&mut self) {
        if self.dice.one_in(3) {
            let longest = if self.dice.one_in(10) { 700_000 } else { 40_000 };
            self.now = self.now.plus(i64::try_from(self.dice.below(longest)).unwrap());
        }
        if !self.on_the_way.is_empty() && self.dice.one_in(3) {
            let late = self.dice.below(self.on_the_way.len() as u64);
            self.held = self.on_the_way.swap_remove(usize::try_from(late).unwrap());
        }
    }

    fn set_password(&mut self, crash: bool) {
        assert!(self.now < self.reset.apply_before, "P12");
        // P3: nothing that was sent before and may still be taken is another password.
        assert!(self.held == 0 || self.held == self.sealed, "P3");
        assert!(self.on_the_way.iter().all(|sent| *sent == self.sealed), "P3");
        self.reset.stage = Stage::Applying;
        self.reset.tries += 1;
        // P2: from here on it is on disk that Microsoft may know this password.
        if crash && self.dice.one_in(2) {
            return;
        }
        let (taken, answer) = match self.dice.below(7) {
            0 => (true, None),
            1 => (true, Some(LastAnswer::Unknown)),
            2 => {
                self.on_the_way.push(self.sealed);
                (false, Some(LastAnswer::Unknown))
            }
            3 => (false, Some(LastAnswer::Unknown)),
            4 => (false, Some(LastAnswer::Later)),
            5 => (false, Some(LastAnswer::PasswordRefused)),
            _ => (false, Some(LastAnswer::Refused(Code::MicrosoftRefused))),
        };
        if taken {
            self.held = self.sealed;
        }
        if crash {
            // Nobody wrote down what came back.
            return;
        }
        self.reset.answers += 1;
        match answer {
            None => self.reset.stage = Stage::Applied,
            Some(answer) => {
                self.reset.answer = Some(answer);
                self.reset.unknown |= answer == LastAnswer::Unknown;
                let wait = i64::try_from(self.dice.below(30_000)).unwrap();
                let waits = matches!(answer, LastAnswer::Unknown | LastAnswer::Later);
                self.reset.retry_at = if waits { self.now.plus(wait) } else { self.now };
            }
        }
    }

    fn seal_another(&mut self) {
        // P3, P1: nothing of the old seal may be at Microsoft, nor be on its way there.
        assert!(self.held == 0 && self.on_the_way.is_empty(), "P3");
        self.sealed += 1;
        self.reset.answer = None;
        self.reset.reseals += 1;
        assert!(self.reset.reseals <= MOST_RESEALS, "three passwords at most");
    }

    /// P1: at every moment.
    fn knowable(&self) {
        assert!(self.held == 0 || self.held == self.sealed, "P1");
    }

    /// The share is destroyed: that must be right, and stay right (P4).
    fn refused(self) -> Stage {
        assert!(self.held == 0 && self.on_the_way.is_empty(), "P1, P4");
        Stage::Refused
    }

    /// The share is kept, and only where there is a doubt.
    fn stuck(self) -> Stage {
        self.knowable();
        assert!(self.on_the_way.iter().all(|sent| *sent == self.sealed), "P1");
        assert!(in_doubt(&self.reset), "nobody is called without need");
        Stage::Stuck
    }

    /// The share opens; what still arrives is the same.
    fn applied(self) -> Stage {
        assert_eq!(self.held, self.sealed, "P1");
        assert!(self.on_the_way.iter().all(|sent| *sent == self.sealed), "P1");
        Stage::Applied
    }
}

#[test]
fn no_chain_of_accidents_breaks_a_promise() {
    let mut ends = [0; 3];
    for number in 0..SEQUENCES {
        let ended = std::panic::catch_unwind(|| World::new(number).run());
        let ended = ended.unwrap_or_else(|_| panic!("sequence {number}"));
        ends[match ended {
            Stage::Applied => 0,
            Stage::Refused => 1,
            _ => 2,
        }] += 1;
    }
    // The sequences are worth something only when they meet every end.
    assert!(ends.iter().all(|count| *count > 1_000), "{ends:?}");
}
