//! Another system of the MSP's own, which webhooks are sent to: keeps what came, answers 204, and misbehaves
//! when it is told to (`fault.rs`). It knows nothing of signatures: whoever looks at what came checks them.

use crate::front::{Answer, Call};
use crate::world::World;

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Where to.
    pub path: String,
    /// The headers by their names in lower case.
    pub headers: Vec<(String, String)>,
    /// What was sent.
    pub body: String,
    /// When, by the world's clock.
    pub at_ms: i64,
}

impl Received {
    /// A header's text, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(it, _)| it == name).map_or("", |(_, value)| value.as_str())
    }
}

pub(crate) fn answer(world: &World, call: &Call) -> Answer {
    if call.method != "POST" {
        return Answer::empty(405).unknown();
    }
    let headers = call.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    });
    let received = Received {
        path: call.path.clone(),
        headers: headers.collect(),
        body: call.body.clone(),
        at_ms: call.now_ms,
    };
    world.change(|state| state.received.push(received));
    Answer::empty(204)
}

/// What it answers when told to: a status, and words that nobody here should ever show.
pub(crate) fn trouble(status: u16) -> Answer {
    let words = "<script>receiver says: internal secret of the other side</script>";
    Answer::other(status, "text/html", words.to_owned())
}

impl World {
    /// Where webhooks may be sent to: any path there.
    pub fn receiver_url(&self) -> String {
        self.addresses().receiver.clone()
    }

    /// Everything that was sent there, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.read(|state| state.received.clone())
    }
}
