//! Signing in and our own pages, over a real socket: what a browser would send, and what an
//! attacker would.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use shared::{AccountId, Code, Millis, TechnicianId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::auth;
use crate::app::App;
use crate::clock::Clock;
use crate::seal::Keys;
use crate::settings::Settings;
use crate::sign_in::totp::TotpSecret;
use crate::sign_in::{Typed, session, set_up};
use crate::store::{NewTechnician, Role, Store};

const ACCOUNT: AccountId = AccountId(Uuid::from_u128(1));
const ANN: TechnicianId = TechnicianId(Uuid::from_u128(2));
const PASSWORD: &str = "correct horse battery";
const ORIGIN: &str = "http://app.localhost:4400";
const MINUTE: i64 = 60_000;

mod branding;
mod contacts;
mod frames;
mod own;
mod pages;
mod policy;
mod psa;
mod psa_companies;
mod settings;
mod sign_in;
mod team;

struct World {
    app: App,
    address: SocketAddr,
    totp: TotpSecret,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn cookie(&self) -> String {
        let cookie = self.header("set-cookie").expect("a cookie is set");
        cookie.split(';').next().unwrap().to_owned()
    }

    fn code(&self) -> Code {
        let problem: serde_json::Value = serde_json::from_str(&self.body).expect(&self.body);
        Code::parse(problem["code"].as_str().unwrap()).unwrap()
    }

    /// The value of the hidden form token in a page.
    fn form(&self) -> String {
        self.hidden("form")
    }

    /// What a hidden field of the page holds.
    fn hidden(&self, name: &str) -> String {
        let field = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&field).expect("a form");
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A route that answers pods, to see who is let in.
async fn whoami(auth::PodBearer(pod): auth::PodBearer, State(app): State<App>) -> String {
    let fresh = session::fresh_second_factor(&pod, app.clock.now());
    format!("{} {:?} fresh={fresh}", pod.technician.name, pod.technician.role)
}

fn router(app: App) -> Router {
    let extra = Router::new().route("/api/whoami", get(whoami).post(whoami));
    super::router(app.clone()).merge(extra.with_state(app))
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Arc::new(Keys::new(&[7; 32]));
        let store = Store::sqlite(folder.path(), keys).await.unwrap();
        let clock = Clock::manual(Millis(1_800_000_000_000));
        let mut settings = Settings::defaults().unwrap();
        settings.server.trusted_proxies = "127.0.0.1".into();
        let app = App::new(settings, clock, store).unwrap();
        let account = "insert into accounts (id, name, created_at) values ($1, 'MSP', 0)";
        app.store.seed(account, &[ACCOUNT.0]).await;
        let ann = NewTechnician {
            id: ANN,
            name: "Ann <Admin>".into(),
            email: "Ann@msp.example".into(),
            role: Role::Admin,
            may_reset: true,
            may_use_ui: true,
            must_use_mfa: true,
        };
        app.store.add_technician(ACCOUNT, app.clock.now(), &ann).await.unwrap();
        let totp = TotpSecret::fresh();
        let password = Typed::new(PASSWORD.into());
        set_up::set_sign_in(&app, ACCOUNT, ANN, &password, Some(&totp)).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        app.tasks.spawn(async move { axum::serve(listener, service).await });
        Self { app, address, totp, _folder: folder }
    }

    /// Sends one request as it is written.
    async fn ask(&self, line: &str, headers: &[&str], body: &str) -> Answer {
        let mut text = format!("{line} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|header| header.starts_with("host:")) {
            text += "host: app.localhost:4400\r\n";
        }
        for header in headers.iter().filter(|header| !header.is_empty()) {
            text += &format!("{header}\r\n");
        }
        text += &format!("content-length: {}\r\n\r\n{body}", body.len());
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.replace('\r', ""), body: body.to_owned() }
    }

    async fn page(&self, path: &str, cookie: &str) -> Answer {
        self.ask(&format!("GET {path}"), &["accept: text/html", &cookie_line(cookie)], "").await
    }

    async fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let headers = [
            &format!("origin: {ORIGIN}"),
            "content-type: application/x-www-form-urlencoded",
            &cookie_line(cookie),
        ];
        self.ask(&format!("POST {path}"), &headers, &body.finish()).await
    }

    async fn json(&self, path: &str, extra: &[&str], body: &str) -> Answer {
        let origin = format!("origin: {ORIGIN}");
        let mut headers = vec![origin.as_str(), "content-type: application/json"];
        headers.extend_from_slice(extra);
        self.ask(&format!("POST {path}"), &headers, body).await
    }

    fn code(&self) -> String {
        self.totp.code_at(self.app.clock.now()).to_string()
    }

    /// The first step; the half session's cookie.
    async fn half(&self) -> String {
        let answer = self.password(PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.cookie()
    }

    async fn password(&self, password: &str) -> Answer {
        let fields = [("email", " ANN@msp.example"), ("password", password), ("next", "/contacts")];
        self.form("/sign-in", "", &fields).await
    }

    async fn second(&self, half: &str, code: &str) -> Answer {
        let form = self.page("/sign-in/code", half).await.form();
        self.second_on(&form, half, code).await
    }

    /// The second factor, on a form that was fetched before.
    async fn second_on(&self, form: &str, half: &str, code: &str) -> Answer {
        let fields = [("form", form), ("code", code), ("next", "/contacts")];
        self.form("/sign-in/code", half, &fields).await
    }

    /// Signs in; a code works once, so time goes on first.
    async fn sign_in(&self) -> String {
        self.app.clock.advance(MINUTE);
        let half = self.half().await;
        let answer = self.second(&half, &self.code()).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.cookie()
    }

    async fn pod(&self, cookie: &str) -> String {
        let line = cookie_line(cookie);
        let answer = self.json("/api/pod/token", &[&line], r#"{"host":"web"}"#).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let view: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        view["token"].as_str().unwrap().to_owned()
    }

    async fn bearer(&self, token: &str) -> Answer {
        self.ask("GET /api/whoami", &[&format!("authorization: Bearer {token}")], "").await
    }

    async fn acts(&self) -> String {
        let entries = self.app.store.audit(ACCOUNT).await.unwrap();
        entries.into_iter().map(|(_, _, body)| body + "\n").collect()
    }
}

fn cookie_line(cookie: &str) -> String {
    if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}") }
}
