//! Pushes: who may get one (`preauth`), sending it (`auth`), what became of it (`auth_status`).

use std::time::Duration;

use serde_json::{Value, json};

use super::office::{Company, DuoUser, Standing};
use super::{Refusal, parameters};
use crate::fault;
use crate::front::{Call, pairs};
use crate::random;
use crate::world::World;

/// A push waits so long for its person (D§3).
const LIFE_MS: i64 = 60_000;
/// A poll without news is answered after so long; no page says when ([K], D§4). Real time.
const HELD: Duration = Duration::from_secs(20);
/// How often a held poll looks whether a test has moved the clock.
const LOOK: Duration = Duration::from_millis(50);

/// A push as the person sees it.
#[derive(Clone, Debug)]
pub struct DuoPush {
    /// What `auth_status` asks by.
    pub id: String,
    /// Whose application sent it.
    pub company: String,
    /// Whom Duo took the person for.
    pub username: String,
    /// Their name at Duo.
    pub name: String,
    /// What the app shows as the account.
    pub account: String,
    /// On which device.
    pub device: String,
    /// What it is said to be for.
    pub kind: String,
    /// What else is shown, in order.
    pub told: Vec<(String, String)>,
    /// When it was sent.
    pub at_ms: i64,
    /// What became of it.
    pub answer: Option<PushAnswer>,
}

/// What may become of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushAnswer {
    /// The person said yes.
    Approve,
    /// They said no.
    Deny,
    /// They said no, and that they did not ask for it.
    Fraud,
    /// Nobody answered in time.
    Timeout,
    /// An admin of Duo let them in meanwhile.
    Bypass,
    /// Duo locked them out meanwhile.
    LockedOut,
}

impl PushAnswer {
    /// `result`, `status` and `status_msg` (D§4).
    fn says(self) -> (&'static str, &'static str, &'static str) {
        match self {
            PushAnswer::Approve => ("allow", "allow", "Success. Logging you in..."),
            PushAnswer::Deny => ("deny", "deny", "Login request denied."),
            PushAnswer::Fraud => ("deny", "fraud", "Login request reported as fraudulent."),
            PushAnswer::Timeout => ("deny", "timeout", "Login timed out."),
            PushAnswer::Bypass => ("allow", "bypass", "Success. Logging you in..."),
            PushAnswer::LockedOut => (
                "deny",
                "locked_out",
                "Your account has been locked out due to excessive failures.",
            ),
        }
    }
}

/// A push with what only Duo knows about it.
#[derive(Clone)]
pub(crate) struct Push {
    pub(crate) shown: DuoPush,
    /// Whose it is: another application's `auth_status` does not find it.
    ikey: String,
    /// Whether somebody has been told that it is on its way.
    told: bool,
}

impl Push {
    pub(crate) fn waits(&self) -> bool {
        self.shown.answer.is_none()
    }
}

/// Who is asked about, by name; every call wants one.
fn username(sent: &[(String, String)]) -> Result<&str, Refusal> {
    field(sent, "username").ok_or(Refusal::parameter("username"))
}

fn field<'a>(sent: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = sent.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    found.filter(|value| !value.is_empty())
}

pub(super) fn preauth(_: &World, company: Company, call: &Call) -> Result<Value, Refusal> {
    let sent = parameters(call);
    let Some(user) = company.user(username(&sent)?) else {
        // The policy for new people is "require enrollment", as it is without another (D§2).
        return Ok(json!({
            "result": "enroll",
            "status_msg": "Enroll an authentication device to proceed",
            "enroll_portal_url": format!("https://{}/portal?code={}&akey=DAXXXXXXXXXXXXXXXXXX", company.host, random::sid("")),
        }));
    };
    Ok(match user.standing {
        Standing::Bypass => json!({"result": "allow", "status_msg": "Account is active"}),
        Standing::Disabled => json!({"result": "deny", "status_msg": "Your account is disabled."}),
        Standing::LockedOut => json!({
            "result": "deny",
            "status_msg": "Your account has been locked out due to excessive authentication failures.",
        }),
        Standing::Active => json!({
            "result": "auth",
            "status_msg": "Account is active",
            "devices": user.devices.iter().map(device).collect::<Vec<_>>(),
        }),
    })
}

fn device(device: &super::DuoDevice) -> Value {
    let mut shown = json!({"device": device.id, "type": device.kind, "name": ""});
    // A token has neither of them (D§2).
    if device.kind == "phone" {
        shown["display_name"] = device.shown.clone().into();
        shown["capabilities"] = device.capabilities.clone().into();
        let number = device.shown.split_once('(').map(|(_, number)| number.trim_end_matches(')'));
        shown["number"] = number.unwrap_or_default().into();
    }
    shown
}

pub(super) fn auth(world: &World, company: Company, call: &Call) -> Result<Value, Refusal> {
    let sent = parameters(call);
    let user = company.user(username(&sent)?).ok_or(Refusal::parameter("username"))?;
    match field(&sent, "factor") {
        Some("push") => {}
        // What nobody here asks for is not simulated.
        _ => return Err(Refusal::parameter("factor")),
    }
    if field(&sent, "async") != Some("1") {
        return Err(Refusal::parameter("async"));
    }
    let device = field(&sent, "device").ok_or(Refusal::parameter("device"))?;
    let takes = |it: &&super::DuoDevice| it.takes_pushes() && (device == "auto" || it.id == device);
    let device = user.devices.iter().find(takes).ok_or(Refusal::parameter("device"))?;
    let told = pairs(field(&sent, "pushinfo").unwrap_or_default());
    if told.iter().any(|(_, value)| value.is_empty()) {
        return Err(Refusal::parameter("pushinfo"));
    }
    let push = Push {
        shown: DuoPush {
            id: random::guid(),
            company: company.name.clone(),
            username: user.username.clone(),
            name: user.name.clone(),
            account: field(&sent, "display_username").unwrap_or(&user.username).to_owned(),
            device: device.shown.clone(),
            kind: field(&sent, "type").unwrap_or("Login").to_owned(),
            told,
            at_ms: call.now_ms,
            answer: at_once(user),
        },
        ikey: company.ikey.clone(),
        told: false,
    };
    let id = push.shown.id.clone();
    world.change(|state| state.duo.pushes.push(push));
    Ok(json!({"txid": id}))
}

/// Who is not asked has an answer before anybody looks at a device.
fn at_once(user: &DuoUser) -> Option<PushAnswer> {
    match user.standing {
        Standing::Active => None,
        Standing::Bypass => Some(PushAnswer::Bypass),
        Standing::Disabled => Some(PushAnswer::Deny),
        Standing::LockedOut => Some(PushAnswer::LockedOut),
    }
}

pub(super) fn status(world: &World, company: Company, call: &Call) -> Result<Value, Refusal> {
    let sent = parameters(call);
    let id = field(&sent, "txid").ok_or(Refusal::parameter("txid"))?;
    settle(world, call.now_ms);
    world.change(|state| {
        let mine = |push: &&mut Push| push.shown.id == id && push.ikey == company.ikey;
        let push = state.duo.pushes.iter_mut().find(mine).ok_or(Refusal::parameter("txid"))?;
        push.told = true;
        let pushed = ("waiting", "pushed", "Pushed a login request to your device...");
        let (result, status, message) = push.shown.answer.map_or(pushed, PushAnswer::says);
        Ok(json!({"result": result, "status": status, "status_msg": message}))
    })
}

/// Pushes that nobody has answered in time.
pub(crate) fn settle(world: &World, now_ms: i64) {
    let late = |push: &Push| push.waits() && now_ms - push.shown.at_ms >= LIFE_MS;
    if !world.read(|state| state.duo.pushes.iter().any(late)) {
        return;
    }
    world.change(|state| {
        for push in state.duo.pushes.iter_mut().filter(|push| late(push)) {
            push.shown.answer = Some(PushAnswer::Timeout);
        }
    });
}

/// `auth_status` is answered when there is something new to say (D§4): a push that nobody heard of yet,
/// or one that has ended.
pub(crate) async fn wait(world: &World, call: &Call) {
    if call.company != fault::Company::Duo || !call.path.ends_with("/auth_status") {
        return;
    }
    let sent = parameters(call);
    let Some(id) = field(&sent, "txid") else { return };
    let mut changes = world.changes();
    let news = async {
        loop {
            changes.borrow_and_update();
            settle(world, world.clock().now_ms());
            let held = world.read(|state| {
                let push = state.duo.pushes.iter().find(|push| push.shown.id == id);
                push.is_some_and(|push| push.told && push.waits())
            });
            if !held {
                return;
            }
            _ = tokio::time::timeout(LOOK, changes.changed()).await;
        }
    };
    _ = tokio::time::timeout(HELD, news).await;
}
