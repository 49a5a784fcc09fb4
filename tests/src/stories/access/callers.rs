//! Everybody who may come to a route, and what their requests carry.

use reqwest::header::{HeaderMap, HeaderValue};
use server::api_keys::{KeyAsk, Scope};
use server::sign_in::session::{Token, pod_token};
use server::store::{NewSession, NewTechnician, Role, Session, SessionKind};
use server::web::Who;
use shared::{AccountId, Host, Millis, TechnicianId};

use crate::world::World;

/// Who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// Without anything.
    Nobody,
    /// With a cookie and a bearer that nobody has given out.
    Forger,
    /// Between password and second factor.
    Half,
    /// Signed in, and may not use our own pages.
    PodsOnly,
    /// Signed in as a technician.
    Technician,
    /// The same, with a list of customers that is empty.
    Narrow,
    /// Signed in as an admin.
    Admin,
    /// An admin's pod: it has no admin's rights.
    Pod,
    /// The pod of a technician with a list of customers that is empty.
    NarrowPod,
    /// A pod's token, sent as a cookie.
    PodCookie,
    /// A browser's cookie, sent as a bearer.
    CookieBearer,
    /// A program, by a key with this scope and no other.
    Key(Scope),
    /// A key with every scope, sent as a cookie.
    KeyCookie,
    /// A key with every scope that was revoked.
    RevokedKey,
    /// A key with every scope that has ended.
    EndedKey,
}

impl Caller {
    pub(super) const ALL: [Self; 18] = [
        Self::Nobody,
        Self::Forger,
        Self::Half,
        Self::PodsOnly,
        Self::Technician,
        Self::Narrow,
        Self::Admin,
        Self::Pod,
        Self::NarrowPod,
        Self::PodCookie,
        Self::CookieBearer,
        Self::Key(Scope::AuditRead),
        Self::Key(Scope::HistoryRead),
        Self::Key(Scope::HealthRead),
        Self::Key(Scope::ContactsWrite),
        Self::KeyCookie,
        Self::RevokedKey,
        Self::EndedKey,
    ];

    /// Whether the table lets them in.
    pub(super) fn may(self, who: Who) -> bool {
        match who {
            Who::Anybody => true,
            Who::Person => self == Self::PodsOnly || self.may(Who::Technician),
            Who::Technician => matches!(self, Self::Technician | Self::Narrow | Self::Admin),
            Who::Admin => self == Self::Admin,
            Who::Pod => matches!(self, Self::Pod | Self::NarrowPod),
            Who::Key(scope) => self == Self::Key(scope),
        }
    }
}

/// Somebody's requests.
pub(super) struct Requests {
    pub(super) headers: HeaderMap,
    /// The hidden field of their forms.
    pub(super) form: String,
}

impl Requests {
    fn new(origin: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("origin", HeaderValue::from_str(origin).unwrap());
        Self { headers, form: String::new() }
    }

    fn cookie(mut self, token: &str) -> Self {
        let cookie = HeaderValue::from_str(&format!("__Host-session={token}"));
        self.headers.insert("cookie", cookie.unwrap());
        self
    }

    fn bearer(mut self, token: &str) -> Self {
        let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
        self.headers.insert("authorization", bearer.unwrap());
        self
    }
}

/// A new person of the account.
async fn person(world: &World, account: AccountId, caller: Caller) -> TechnicianId {
    let id = TechnicianId(server::random::id(world.now()));
    let new = NewTechnician {
        id,
        name: format!("{caller:?}"),
        email: format!("{caller:?}.{id}@people.example").to_lowercase(),
        role: match caller {
            Caller::Technician | Caller::PodsOnly | Caller::Narrow | Caller::NarrowPod => {
                Role::Technician
            }
            _ => Role::Admin,
        },
        may_reset: true,
        may_use_ui: caller != Caller::PodsOnly,
        must_use_mfa: true,
    };
    world.app.store.add_technician(account, world.now(), &new).await.unwrap();
    if matches!(caller, Caller::Narrow | Caller::NarrowPod) {
        let none = "update technicians set all_customers = false where id = $1";
        world.app.store.seed(none, &[id.0]).await;
    }
    id
}

/// This caller of this account, with a second factor just proved.
pub(super) async fn requests(world: &World, account: AccountId, caller: Caller) -> Requests {
    let app = &world.app;
    let requests = Requests::new(&app.settings.server.origin);
    match caller {
        Caller::Nobody => return requests,
        Caller::Forger => {
            let forged = Token::fresh();
            return requests.cookie(forged.expose()).bearer(forged.expose());
        }
        _ => {}
    }
    let technician = person(world, account, caller).await;
    let kind = if caller == Caller::Half { SessionKind::Half } else { SessionKind::Web };
    let token = Token::fresh();
    let id = token.hash(&app.keys, kind);
    let new = NewSession {
        id: &id,
        kind,
        host: Host::Web,
        parent: None,
        technician,
        second_factor_at: (kind == SessionKind::Web).then(|| world.now()),
        expires_at: world.now().plus(60 * 60_000),
    };
    app.store.begin_session(account, world.now(), &new, None).await.unwrap();
    let session = app.store.session(&id, world.now(), 60_000).await.unwrap().unwrap();
    let form = server::web::forms::form_token(app, &session);
    let pod = async || pod_of(world, &session).await;
    let key = async |scopes: &[Scope]| key_of(world, &session, scopes).await;
    let mut requests = match caller {
        Caller::Key(scope) => requests.bearer(&key(&[scope]).await.0),
        Caller::KeyCookie => requests.cookie(&key(&Scope::ALL).await.0),
        Caller::RevokedKey => {
            let (key, id) = key(&Scope::ALL).await;
            let revoked = app.api_keys.revoke(&session, id).await;
            assert!(revoked.is_ok());
            requests.bearer(&key)
        }
        Caller::EndedKey => {
            let (key, id) = key(&Scope::ALL).await;
            app.store.seed("update api_keys set expires_at = 1 where id = $1", &[id]).await;
            requests.bearer(&key)
        }
        Caller::Pod | Caller::NarrowPod => requests.bearer(&pod().await),
        Caller::PodCookie => requests.cookie(&pod().await),
        Caller::CookieBearer => requests.bearer(token.expose()),
        _ => requests.cookie(token.expose()),
    };
    requests.form = form;
    requests
}

/// A key that this admin has made.
async fn key_of(world: &World, session: &Session, scopes: &[Scope]) -> (String, uuid::Uuid) {
    let ask = KeyAsk { name: "A program".into(), scopes: scopes.to_vec(), days: 30 };
    let made = world.app.api_keys.make(session, &ask).await;
    let (key, id) = made.unwrap_or_else(|_| panic!("no key"));
    (key.expose().to_owned(), id)
}

async fn pod_of(world: &World, web: &Session) -> String {
    let (token, until): (Token, Millis) =
        pod_token(&world.app, web, Host::Web).await.unwrap_or_else(|_| panic!("no pod token"));
    assert!(until.0 > world.now().0);
    token.expose().to_owned()
}
