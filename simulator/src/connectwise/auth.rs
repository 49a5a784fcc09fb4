//! Who asks: an API member by its keys, or a member by the hash that the Hosted API gave away, as a
//! password or as cookies; and the headers that everybody sends (C§2, C§3).

use data_encoding::BASE64;

use super::{forbidden, not_found, refuse, trouble};
use crate::front::{Answer, Call};
use crate::psa::{Psa, PsaDesk, count};
use crate::world::World;

/// Who asks.
pub(super) enum Caller {
    /// Our keys; the login of the API member.
    Api(String),
    /// A member's session; their login.
    Member(String),
}

impl Caller {
    pub(super) fn login(&self) -> &str {
        match self {
            Caller::Api(login) | Caller::Member(login) => login,
        }
    }

    pub(super) fn is_member(&self) -> bool {
        matches!(self, Caller::Member(_))
    }
}

pub(super) fn caller(world: &World, call: &Call) -> Result<Caller, Answer> {
    world.change(|state| {
        let limit = state.psa.desk(Psa::ConnectWise).connectwise.rate_per_minute;
        let came = count(&mut state.psa.connectwise_hits, call.now_ms, 60_000);
        if limit.is_some_and(|limit| came > limit) {
            return Err(trouble(429).with("retry-after", "30"));
        }
        let desk = state.psa.desk(Psa::ConnectWise);
        let caller = found(desk, call).ok_or_else(|| {
            let status = if desk.connectwise.bad_auth_is_404 { 404 } else { 401 };
            match call.header("authorization").is_empty() && call.header("cookie").is_empty() {
                true => refuse(status, "Unauthorized", "Authorization is required."),
                false => refuse(status, "ConnectWiseApi", "UserNotAuthenticated"),
            }
        })?;
        // Required since 2019 (C§3); what its absence is answered is [K].
        if call.header("clientid") != desk.credentials.application {
            return Err(refuse(401, "Unauthorized", "A valid clientId header is required."));
        }
        accept(call, desk.connectwise.oldest_model)?;
        Ok(caller)
    })
}

fn found(desk: &PsaDesk, call: &Call) -> Option<Caller> {
    if let Some(encoded) = call.header("authorization").strip_prefix("Basic ") {
        let decoded = String::from_utf8(BASE64.decode(encoded.as_bytes()).ok()?).ok()?;
        let (user, password) = decoded.split_once(':')?;
        let (company, name) = user.split_once('+')?;
        if !company.eq_ignore_ascii_case(&desk.credentials.account) {
            return None;
        }
        if name == desk.credentials.id && password == desk.credentials.secret {
            return Some(Caller::Api(desk.api_login()));
        }
        return member(desk, name, password);
    }
    let cookie = |name: &str| {
        let mut all =
            call.header("cookie").split(';').filter_map(|pair| pair.trim().split_once('='));
        all.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let company = cookie("companyName")?;
    // Refused without a context (C§2); which ones exist is not known, three characters were seen.
    let context = cookie("memberContext").filter(|context| !context.is_empty());
    context?;
    let is_ours = company.eq_ignore_ascii_case(&desk.credentials.account);
    is_ours.then(|| member(desk, cookie("memberId")?, cookie("memberHash")?)).flatten()
}

fn member(desk: &PsaDesk, login: &str, hash: &str) -> Option<Caller> {
    let person = desk.person(login).filter(|it| !it.disabled && !it.api)?;
    let right = !hash.is_empty() && person.member_hash == hash;
    right.then(|| Caller::Member(person.login.clone()))
}

/// `application/vnd.connectwise.com+json; version=2025.1`, plain JSON or anything (C§3).
fn accept(call: &Call, oldest: u32) -> Result<(), Answer> {
    let accept = call.header("accept").to_ascii_lowercase();
    let mut parts = accept.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let version = parts.find_map(|part| part.strip_prefix("version="));
    let right = match kind {
        "" | "*/*" | "application/json" => true,
        "application/vnd.connectwise.com+json" => version.is_none_or(|version| {
            let (year, minor) = version.split_once('.').unwrap_or((version, ""));
            let year: Option<u32> = year.parse().ok().filter(|year| (oldest..=2026).contains(year));
            year.is_some() && minor.parse::<u32>().is_ok()
        }),
        _ => false,
    };
    // An old model is served for twelve months (C§3); the refusal is [K].
    right
        .then_some(())
        .ok_or_else(|| refuse(400, "InvalidVersion", "The requested API version is not supported."))
}

/// Whether the caller may see a ticket; one that does not exist is not found.
pub(super) fn may_see(world: &World, caller: &Caller, ticket: i64) -> Result<(), Answer> {
    world.read(|state| {
        let desk = state.psa.desk(Psa::ConnectWise);
        let ticket = desk.ticket(ticket).ok_or_else(|| not_found("Ticket"))?;
        match caller.is_member() && !ticket.shown_to(caller.login()) {
            false => Ok(()),
            true if desk.connectwise.hidden_is_404 => Err(not_found("Ticket")),
            true => Err(forbidden()),
        }
    })
}
