//! Everybody who may come to a route, and what their requests carry.

use reqwest::header::{HeaderMap, HeaderValue};
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
    /// Signed in as an admin.
    Admin,
    /// An admin's pod: it has no admin's rights.
    Pod,
    /// A pod's token, sent as a cookie.
    PodCookie,
    /// A browser's cookie, sent as a bearer.
    CookieBearer,
}

impl Caller {
    pub(super) const ALL: [Self; 9] = [
        Self::Nobody,
        Self::Forger,
        Self::Half,
        Self::PodsOnly,
        Self::Technician,
        Self::Admin,
        Self::Pod,
        Self::PodCookie,
        Self::CookieBearer,
    ];

    /// Whether the table lets them in.
    pub(super) fn may(self, who: Who) -> bool {
        match who {
            Who::Anybody => true,
            Who::Person => matches!(self, Self::PodsOnly | Self::Technician | Self::Admin),
            Who::Technician => matches!(self, Self::Technician | Self::Admin),
            Who::Admin => self == Self::Admin,
            Who::Pod => self == Self::Pod,
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
            Caller::Technician | Caller::PodsOnly => Role::Technician,
            _ => Role::Admin,
        },
        may_reset: true,
        may_use_ui: caller != Caller::PodsOnly,
        must_use_mfa: true,
    };
    world.app.store.add_technician(account, world.now(), &new).await.unwrap();
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
    let mut requests = match caller {
        Caller::Pod => requests.bearer(&pod().await),
        Caller::PodCookie => requests.cookie(&pod().await),
        Caller::CookieBearer => requests.bearer(token.expose()),
        _ => requests.cookie(token.expose()),
    };
    requests.form = form;
    requests
}

async fn pod_of(world: &World, web: &Session) -> String {
    let (token, until): (Token, Millis) =
        pod_token(&world.app, web, Host::Web).await.unwrap_or_else(|_| panic!("no pod token"));
    assert!(until.0 > world.now().0);
    token.expose().to_owned()
}
