//! What goes wrong besides the crash: every fault of the simulator at the PATCH and at the text,
//! and the sequences that end in doubt or in a no.

use simulator::{Company, Fault, World};

const PATCH: (Company, &str) = (Company::Graph, "PATCH /v1.0/users");
const TEXT: (Company, &str) = (Company::Twilio, "Messages.json");

/// Longer than `outbound.timeout_ms` of these runs.
const TOO_LONG_MS: u64 = 2_500;

/// Faults that wait for their requests, under a name.
#[derive(Clone)]
pub(crate) struct Trouble {
    pub(crate) name: String,
    faults: Vec<((Company, &'static str), Fault)>,
}

impl Trouble {
    /// They wait from now on.
    pub(crate) fn arm(&self, outside: &World) {
        for ((company, request), fault) in &self.faults {
            outside.fault(*company, Some(*request), fault.clone());
        }
    }

    fn at(place: (Company, &'static str), name: &str, faults: &[Fault]) -> Self {
        let faults = faults.iter().map(|fault| (place, fault.clone())).collect();
        Self { name: name.into(), faults }
    }

    /// Both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let name = format!("{} & {}", self.name, other.name);
        Self { name, faults: [self.faults.clone(), other.faults.clone()].concat() }
    }
}

fn status(status: u16, retry_after: Option<u32>) -> Fault {
    Fault::Status { status, retry_after }
}

/// The faults that every company can show.
fn common() -> Vec<(&'static str, Fault)> {
    vec![
        ("apply-then-drop", Fault::ApplyThenDrop),
        ("drop-before", Fault::DropBefore),
        ("429", status(429, None)),
        ("429 with Retry-After", status(429, Some(3))),
        ("500", status(500, None)),
        ("503", status(503, None)),
        ("503 with Retry-After", status(503, Some(2))),
        ("slow", Fault::Slow { ms: TOO_LONG_MS }),
        ("half a reply", Fault::HalfReply),
    ]
}

/// Nothing goes wrong but the crash.
pub(crate) fn none() -> Trouble {
    Trouble { name: "no fault".into(), faults: Vec::new() }
}

/// What can happen to the PATCH.
pub(crate) fn at_the_patch() -> Vec<Trouble> {
    let drop = || Fault::DropBefore;
    let no = || status(403, None);
    let mut all: Vec<Trouble> = common()
        .into_iter()
        .map(|(name, fault)| Trouble::at(PATCH, &format!("PATCH {name}"), &[fault]))
        .collect();
    for (name, faults) in [
        ("refused password", vec![Fault::RefusePassword]),
        ("refused password twice", vec![Fault::RefusePassword; 2]),
        ("refused password three times", vec![Fault::RefusePassword; 3]),
        ("refused", vec![no()]),
        ("never a word", vec![drop(); 5]),
        ("applied without a word, five times", vec![Fault::ApplyThenDrop; 5]),
        ("applied without a word, then refused", vec![Fault::ApplyThenDrop, no()]),
        (
            "applied without a word, then refused password",
            vec![Fault::ApplyThenDrop, Fault::RefusePassword],
        ),
        ("refused password, then a drop", vec![Fault::RefusePassword, drop()]),
        ("busy for long", vec![status(429, Some(290)); 3]),
    ] {
        all.push(Trouble::at(PATCH, &format!("PATCH {name}"), &faults));
    }
    all
}

/// What can happen to the text.
pub(crate) fn at_the_text() -> Vec<Trouble> {
    let mut all: Vec<Trouble> = common()
        .into_iter()
        .map(|(name, fault)| Trouble::at(TEXT, &format!("text {name}"), &[fault]))
        .collect();
    all.push(Trouble::at(TEXT, "text refused", &[status(400, None)]));
    all.push(Trouble::at(TEXT, "text busy for long", &vec![status(429, Some(290)); 4]));
    all
}
