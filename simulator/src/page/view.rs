//! What the page shows, as JSON.

use axum::Json;
use axum::extract::State;
use data_encoding::HEXUPPER;
use serde_json::{Value, json};

use crate::directory::{App, DirectoryUser, SetBy};
use crate::duo;
use crate::fault::Company;
use crate::psa::{Psa, screens};
use crate::smtp::Mail;
use crate::state::{self, Text};
use crate::totp::PERIOD_MS;
use crate::world::World;

/// More than this nobody reads.
const REQUESTS_SHOWN: usize = 50;
const PUSHES_SHOWN: usize = 20;
const NOTES_SHOWN: usize = 20;

pub(super) fn all(world: &World, version: u64) -> Value {
    world.read(|state| {
        json!({
            "version": version,
            "now_ms": world.clock().now_ms(),
            "addresses": {"Entra": world.entra_url(), "Graph": world.graph_url(), "Twilio": world.twilio_url(), "Duo": world.duo_url(), "Mail": world.smtp_address(), "ConnectWise": world.psa_api_url(Psa::ConnectWise), "Halo": world.psa_api_url(Psa::Halo), "Autotask": world.psa_api_url(Psa::Autotask)},
            "phones": phones(state),
            "mails": state.mail.mails.iter().map(mail).collect::<Vec<_>>(),
            "pushes": state.duo.pushes.iter().rev().take(PUSHES_SHOWN).map(push).collect::<Vec<_>>(),
            "psas": Psa::ALL.map(|one| psa(world, state, one)),
            "authenticators": state.authenticators.len(),
            "tenants": state.tenants.iter().map(|tenant| json!({
                "name": tenant.name,
                "domain": tenant.domains.first().map(|domain| &domain.name),
                "id": tenant.id,
                "app": app(&tenant.app),
                "users": tenant.users.iter().map(|user| person(user, tenant.domain_of(&user.upn).is_some_and(|d| d.authentication == "Federated"))).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "faults": state.faults,
            "requests": state.requests.iter().rev().filter(|it| worth_a_line(it)).take(REQUESTS_SHOWN).map(request).collect::<Vec<_>>(),
        })
    })
}

/// Neither query nor bodies: they hold secrets, and an audience is watching.
fn request(request: &state::Recorded) -> Value {
    json!({
        "at_ms": request.at_ms, "company": request.company, "method": request.method,
        "path": request.path, "status": request.status, "known": request.known,
    })
}

/// Of a mail's conversation only the mail, and what went wrong: nine lines of courtesies would
/// hide the rest.
fn worth_a_line(request: &state::Recorded) -> bool {
    request.company != Company::Mail
        || request.method == "DATA"
        || request.status.is_none_or(|status| status >= 400)
}

/// A ticket system: where its screens are, what its pod's address is, its last notes.
fn psa(world: &World, state: &state::State, psa: Psa) -> Value {
    let desk = state.psa.desk(psa);
    let numbered: Vec<_> = desk.numbered(None).collect();
    let notes = numbered.iter().rev().take(NOTES_SHOWN);
    json!({
        "psa": psa, "name": psa.name(), "site": world.psa_site_url(psa),
        "pod": desk.pod().map(|pod| &pod.url),
        "tickets": desk.tickets.iter().map(|it| json!({"id": it.id, "number": it.number})).collect::<Vec<_>>(),
        "notes": notes.map(|(id, note)| screens::note(desk, *id, note)).collect::<Vec<_>>(),
    })
}

fn push(push: &duo::Push) -> Value {
    let push = &push.shown;
    json!({
        "id": push.id, "name": push.name, "account": push.account, "company": push.company,
        "device": push.device, "kind": push.kind, "told": push.told, "at_ms": push.at_ms,
        "answer": push.answer,
    })
}

fn mail(mail: &Mail) -> Value {
    json!({
        "id": mail.id, "to": mail.to, "recipient": mail.recipient, "sender": mail.sender,
        "subject": mail.subject, "text": mail.text, "at_ms": mail.at_ms,
    })
}

/// What the portal shows of a registration: never a secret's value.
fn app(app: &App) -> Value {
    let secrets = app.all_secrets().into_iter().map(|secret| {
        let hint: String = secret.value.chars().take(3).collect();
        json!({"kind": "secret", "hint": format!("{hint}…"), "until_ms": secret.expires_ms})
    });
    let certificates = app.certificates.iter().map(|certificate| {
        let hint = HEXUPPER.encode(certificate.sha1().get(..4).unwrap_or_default());
        let until_ms = certificate.validity().map(|validity| validity.until_ms);
        json!({"kind": "certificate", "hint": format!("{hint}…"), "until_ms": until_ms})
    });
    json!({
        "client_id": app.client_id,
        "credentials": secrets.chain(certificates).collect::<Vec<_>>(),
    })
}

fn person(user: &DirectoryUser, federated: bool) -> Value {
    let roles = user.roles.iter().cloned();
    let eligible = user.eligible_roles.iter().map(|role| format!("eligible: {role}"));
    let groups = user
        .groups
        .iter()
        .filter(|group| group.assignable_to_role)
        .map(|group| format!("role group: {}", group.name));
    let scoped = user.scoped_roles.iter().map(|scoped| match scoped.unit {
        Some(_) => format!("{} of a unit", scoped.role),
        None => scoped.role.clone(),
    });
    let by_group = user.group_roles.iter().map(|role| format!("by group: {role}"));
    let may_enter = user.eligible_groups.iter().map(|group| format!("eligible {}", group.access));
    let owns = user.owns.iter().map(|owned| format!("owns {}", owned.name));
    let flags = [
        (user.synced, "synced from on-premises"),
        (federated, "federated"),
        (user.is_guest(), "guest"),
        (!user.enabled, "disabled"),
        (user.resource_account, "room"),
        (user.is_restricted(), "restricted management"),
    ];
    let flags = flags.into_iter().filter(|(on, _)| *on).map(|(_, text)| text.to_owned());
    json!({
        "upn": user.upn,
        "name": user.display_name,
        "language": user.preferred_language.as_deref().filter(|tag| !tag.is_empty()),
        "badges": roles.chain(scoped).chain(by_group).chain(eligible).chain(may_enter).chain(owns).chain(groups).chain(flags).collect::<Vec<_>>(),
        "phones": user.phones.iter().map(|phone| &phone.number).collect::<Vec<_>>(),
        "password": user.password,
        "must_change": user.must_change,
        "set_count": user.password_set_count,
        "set_at_ms": user.password_set_at_ms,
        "set_by": match user.password_set_by {
            SetBy::Start => "start",
            SetBy::Graph => "graph",
            SetBy::Person => "person",
        },
    })
}

/// The phones of everybody, then numbers that nobody in the directory has.
fn phones(state: &state::State) -> Vec<Value> {
    let users =
        state.tenants.iter().flat_map(|tenant| tenant.users.iter().map(move |user| (tenant, user)));
    let mut known: Vec<(String, &str, &str)> = users
        .flat_map(|(tenant, user)| {
            user.phones.iter().map(move |phone| {
                (dialled(&phone.number), user.display_name.as_str(), tenant.name.as_str())
            })
        })
        .collect();
    for message in &state.messages {
        if !known.iter().any(|(number, ..)| *number == message.text.to) {
            known.push((message.text.to.clone(), "", ""));
        }
    }
    let texts = |number: &str| {
        state
            .messages
            .iter()
            .map(|message| &message.text)
            .filter(|text| text.to == number)
            .map(text)
            .collect::<Vec<_>>()
    };
    known.iter().map(|(number, name, tenant)| json!({"number": number, "name": name, "tenant": tenant, "texts": texts(number)})).collect()
}

fn text(text: &Text) -> Value {
    json!({
        "id": text.id, "from": text.from, "at_ms": text.at_ms, "status": text.status, "error_code": text.error_code,
        "arrived": text.arrived,
        // What never arrived, no phone shows.
        "body": text.arrived.then_some(&text.body),
    })
}

/// `+1 2065550134x55` is dialled as `+12065550134`.
fn dialled(number: &str) -> String {
    number
        .split(['x', 'X'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| *c == '+' || c.is_ascii_digit())
        .collect()
}

/// `GET /api/codes`: what the authenticator app shows now, and until when.
pub(super) async fn codes(State(world): State<World>) -> Json<Value> {
    let now = world.clock().now_ms();
    Json(world.read(|state| {
        let codes: Vec<Value> = state.authenticators.iter().map(|one| json!({"label": one.label, "code": one.code(now)})).collect();
        json!({"now_ms": now, "ends_in_ms": PERIOD_MS - now.rem_euclid(PERIOD_MS), "period_ms": PERIOD_MS, "codes": codes})
    }))
}
