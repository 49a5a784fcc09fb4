//! A pod in a frame of a PSA, without a browser: the calls that the door makes.

use data_encoding::BASE64URL_NOPAD;
use reqwest::Method;
use serde_json::{Value, json};
use server::psa::{
    AutotaskSettings, ConnectWiseSettings, HaloSettings, PsaKind, PsaSettings, SECRET,
};
use server::seal::{Place, sha256};
use server::store::{Mapping, NewPsa, SecretChange};
use shared::{ContactId, CustomerId, IntegrationId, TicketId};
use simulator::Psa;

use crate::desk::{Desk, Reply};
use crate::world::{EMAIL, World};

/// A PSA that the account has connected, with its companies mapped to the customers of the same name.
#[derive(Clone, Copy)]
pub(crate) struct Connected {
    pub(crate) psa: Psa,
    pub(crate) id: IntegrationId,
}

/// Where our pod is, in the PSA's own words.
pub(crate) fn pod_url(world: &World, at: Connected) -> String {
    let settings = settings(world, at.psa);
    settings.pod_url(&world.app.settings.server.origin, at.id)
}

fn kind(psa: Psa) -> PsaKind {
    match psa {
        Psa::ConnectWise => PsaKind::ConnectWise,
        Psa::Halo => PsaKind::Halo,
        Psa::Autotask => PsaKind::Autotask,
    }
}

/// What an admin would enter for it.
pub(crate) fn settings(world: &World, psa: Psa) -> PsaSettings {
    let site = world.outside.psa_site_url(psa);
    let it = world.outside.with_psa(psa, |desk| desk.credentials.clone());
    match psa {
        Psa::ConnectWise => PsaSettings::ConnectWise(ConnectWiseSettings {
            site,
            company: it.account,
            public_key: it.id,
            client_id: it.application,
            as_member: true,
        }),
        Psa::Halo => PsaSettings::Halo(HaloSettings {
            site,
            client_id: it.id,
            tenant: it.account,
            outcome: "Private Note".into(),
            ticket_variable: "{$ID}".into(),
        }),
        Psa::Autotask => PsaSettings::Autotask(AutotaskSettings {
            username: it.id,
            integration_code: it.application,
            site,
            internal_label: String::new(),
            note_type_label: String::new(),
            ticket_parameter: "ticketId".into(),
        }),
    }
}

/// Connects one, as Settings would.
pub(crate) async fn connect(world: &World, psa: Psa) -> Connected {
    let (app, account) = (&world.app, world.account);
    let now = app.clock.now();
    let settings = settings(world, psa);
    let id = IntegrationId(server::random::id(now));
    let bound_to = settings.bound_to();
    let place = Place { account: account.0, kind: SECRET, row: id.0, bound_to: &bound_to };
    let secret = world.outside.with_psa(psa, |desk| desk.credentials.secret.clone());
    let sealed = app.keys.seal(place, secret.as_bytes());
    let new = NewPsa {
        id,
        kind: kind(psa),
        settings: settings.to_json(),
        secrets: vec![SecretChange::Put { kind: SECRET, sealed }],
    };
    let by = app.store.technician_by_email(EMAIL).await.unwrap().unwrap().id;
    app.store.add_psa(account, by, now, &new).await.unwrap();
    let companies = world.outside.with_psa(psa, |desk| desk.companies.clone());
    let seen: Vec<server::psa::Company> = companies
        .iter()
        .map(|it| server::psa::Company {
            id: it.id.to_string(),
            name: it.name.clone(),
            domain: String::new(),
        })
        .collect();
    app.store.see_companies(account, id, now, &seen).await.unwrap();
    for customer in app.store.customers(account).await.unwrap() {
        if let Some(company) = companies.iter().find(|it| it.name == customer.name) {
            map(world, id, company.id, customer.id).await;
        }
    }
    Connected { psa, id }
}

/// Says which customer a company is.
pub(crate) async fn map(world: &World, id: IntegrationId, company: i64, customer: CustomerId) {
    let (store, now) = (&world.app.store, world.app.clock.now());
    let by = store.technician_by_email(EMAIL).await.unwrap().unwrap().id;
    let company = company.to_string();
    let to = Mapping::To(customer);
    store.map_company(world.account, by, now, id, &company, to).await.unwrap();
}

/// What ConnectWise's Hosted API tells a pod of this member.
pub(crate) fn claim(world: &World, login: &str) -> Value {
    let hash = world.outside.with_psa(Psa::ConnectWise, |desk| {
        desk.person(login).map(|person| person.member_hash.clone())
    });
    json!({"id": login, "hash": hash.unwrap(), "context": "web"})
}

/// A frame.
pub(crate) struct Frame {
    pub(crate) at: Connected,
    pub(crate) member: Option<Value>,
    pub(crate) cookie: Option<String>,
    /// The pod's calls, by the token that the frame got.
    pub(crate) desk: Desk,
}

impl Frame {
    /// A frame that nobody has let in yet. `desk` is any desk: its browser is ours.
    pub(crate) fn new(desk: &Desk, at: Connected, member: Option<Value>) -> Self {
        Self { at, member, cookie: None, desk: desk.nobody() }
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Reply {
        let cookie = self.cookie.clone();
        let (reply, set) = self.desk.as_frame(path, cookie.as_deref(), &body).await;
        if let Some(set) = set {
            for flag in ["HttpOnly", "SameSite=None", "Secure", "Path=/", "Partitioned"] {
                assert!(set.contains(flag), "{flag}: {set}");
            }
            self.cookie = Some(set.split(';').next().unwrap().to_owned());
        }
        if let Some(token) = reply.body["token"].as_str() {
            self.desk.bearer = token.to_owned();
        }
        reply
    }

    pub(crate) async fn enter(&mut self) -> Reply {
        self.enter_as(false).await
    }

    pub(crate) async fn enter_as(&mut self, renewal: bool) -> Reply {
        let path = format!("/api/frames/{}/enter", self.at.id);
        let ask = json!({"member": self.member, "hint": null, "renewal": renewal});
        self.post(&path, ask).await
    }

    /// Begins to wait: the pairing, and the verifier that only the frame has.
    pub(crate) async fn begin_pairing(&mut self) -> (Reply, String) {
        let verifier = BASE64URL_NOPAD.encode(server::random::bytes::<32>().as_ref());
        let challenge = BASE64URL_NOPAD.encode(&sha256(verifier.as_bytes()));
        let path = format!("/api/frames/{}/pairings", self.at.id);
        let ask = json!({"challenge": challenge, "member": self.member, "hint": null});
        (self.post(&path, ask).await, verifier)
    }

    pub(crate) async fn redeem(&mut self, id: &str, verifier: &str) -> Reply {
        self.post(&format!("/api/pairings/{id}/redeem"), json!({"verifier": verifier})).await
    }

    /// The whole hand-off with this technician's own sign-in.
    pub(crate) async fn pair(&mut self, world: &World, email: &str) -> Reply {
        let (begun, verifier) = self.begin_pairing().await;
        assert_eq!(begun.status, 201, "{:?}", begun.body);
        let who = world.signed_in(email).await;
        let code = begun.body["code"].as_str().unwrap();
        let pairing = world.app.frames.waiting(&who, code).await.unwrap();
        world.app.frames.approve(&who, pairing.asked.id).await.unwrap();
        let id = begun.body["id"].as_str().unwrap().to_owned();
        self.redeem(&id, &verifier).await
    }

    pub(crate) async fn place(&self, ticket: i64) -> Reply {
        let ask = json!({"ticket": ticket.to_string(), "member": self.member});
        self.desk.call(Method::POST, "/api/pod/place", Some(ask)).await
    }

    /// The contact and ticket of a place.
    pub(crate) async fn stand_in(&self, ticket: i64) -> (ContactId, TicketId) {
        let placed = self.place(ticket).await;
        assert_eq!(placed.status, 200, "{:?}", placed.body);
        let id = |name: &str| placed.body[name].as_str().unwrap().to_owned();
        (id("contact").parse().unwrap(), id("ticket").parse().unwrap())
    }
}
