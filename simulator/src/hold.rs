//! A request that is held until a test lets it go on: time to end whoever sent it, before the act
//! or after it. What had reached the company is done, although nobody is there to hear the answer.

use tokio::sync::oneshot;

use crate::front::Call;

/// Where a request is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It was read, and nothing was done.
    BeforeTheAct,
    /// It was done, and nothing was answered.
    BeforeTheAnswer,
}

/// The test's end of a hold: waits for the request, and lets it go on. Dropped: nothing is held.
pub struct Held {
    pub(crate) arrived: oneshot::Receiver<String>,
    pub(crate) go_on: oneshot::Sender<()>,
    pub(crate) done: oneshot::Receiver<()>,
}

impl Held {
    /// Waits until the request is held: its `METHOD /path`. `None` when the world has stopped.
    pub async fn arrived(&mut self) -> Option<String> {
        (&mut self.arrived).await.ok()
    }

    /// Lets it go on, and waits until it is done.
    pub async fn go_on(self) {
        // Nobody holds any more: the request never came.
        if self.go_on.send(()).is_ok() {
            let _ = self.done.await;
        }
    }
}

/// The world's end: waits for its request among those that come.
pub(crate) struct Hold {
    /// Requests that pass before it.
    pub(crate) passing: usize,
    pub(crate) moment: Moment,
    arrived: oneshot::Sender<String>,
    go_on: oneshot::Receiver<()>,
    done: oneshot::Sender<()>,
}

pub(crate) fn pair(passing: usize, moment: Moment) -> (Hold, Held) {
    let (arrived, hears) = oneshot::channel();
    let (go_on, waits) = oneshot::channel();
    let (done, learns) = oneshot::channel();
    let hold = Hold { passing, moment, arrived, go_on: waits, done };
    (hold, Held { arrived: hears, go_on, done: learns })
}

impl Hold {
    /// Does the act, held before or after it, and hands on what came of it.
    pub(crate) async fn around<T>(self, call: &Call, act: impl FnOnce() -> T) -> T {
        let name = format!("{} {}", call.method, call.path);
        // Nobody listens or lets go: then nobody wants it held.
        let hold = async {
            if self.arrived.send(name).is_ok() {
                let _ = self.go_on.await;
            }
        };
        let out = match self.moment {
            Moment::BeforeTheAct => {
                hold.await;
                act()
            }
            Moment::BeforeTheAnswer => {
                let out = act();
                hold.await;
                out
            }
        };
        let _ = self.done.send(());
        out
    }
}
