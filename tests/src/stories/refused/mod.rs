//! Every refusal, with its code and its sentence, and that nothing was changed: of people as the
//! simulator holds them (`people.rs`), and of an ordinary person who was verified and confirmed and
//! has become another case before the click.

mod connection;
mod ours;
mod people;
mod person;
mod texts;

use server::store::Ticket;
use shared::{Code, ResetId};
use simulator::{Company, DirectoryUser, Fault, Tenant};
use uuid::Uuid;

use crate::desk::{Desk, Reply};
use crate::world::World;

const NORTHWIND: &str = "northwind.example";
const ADA: &str = "ada.park@northwind.example";
const ADA_TICKET: &str = "48213";
const ADA_PHONE: &str = "+12065550123";

/// The click says so, in the words that the code has everywhere. `about` may end with a star: an id
/// of Microsoft's follows.
#[track_caller]
fn refused(reply: &Reply, code: Code, about: Option<&str>, case: &str) {
    let words = code.words();
    assert_eq!(reply.code(), code.as_str(), "{case}: {:?}", reply.body);
    assert_eq!(reply.status, code.status(), "{case}");
    assert_eq!(reply.body["status"], code.status(), "{case}");
    assert_eq!(reply.body["title"], words.what, "{case}");
    let detail = reply.body["detail"].as_str().unwrap();
    let rest = detail.strip_prefix(words.next).unwrap_or_else(|| panic!("{case}: {detail}"));
    let told =
        (!rest.is_empty()).then(|| rest.strip_prefix(" (").unwrap().strip_suffix(')').unwrap());
    fits(told, about, case);
}

#[track_caller]
fn fits(told: Option<&str>, about: Option<&str>, case: &str) {
    match about.and_then(|about| about.strip_suffix('*')) {
        Some(begins) => assert!(told.is_some_and(|it| it.starts_with(begins)), "{case}: {told:?}"),
        None => assert_eq!(told, about, "{case}"),
    }
}

/// Nothing that changes anything has reached Graph.
#[track_caller]
fn only_read(world: &World, case: &str) {
    let requests = world.outside.requests();
    let acts: Vec<String> = requests
        .iter()
        .filter(|it| it.company == Company::Graph && it.method != "GET")
        .map(|it| format!("{} {}", it.method, it.path))
        .collect();
    assert!(acts.is_empty(), "{case}: {acts:?}");
}

/// The next request at Graph is told that its token is none: Microsoft has heard of the change.
fn new_token(world: &World) {
    let refused = Fault::Status { status: 401, retry_after: None };
    world.outside.fault(Company::Graph, None, refused);
}

/// Ada, verified and confirmed, and the desk where the click will be made.
struct Ready {
    world: World,
    desk: Desk,
    ticket: Ticket,
    sealed: String,
    /// Everything at Microsoft as it was.
    before: Tenant,
    ada: DirectoryUser,
    clicks: u128,
}

impl Ready {
    async fn new() -> Self {
        Self::in_world(World::new().await).await
    }

    async fn in_world(world: World) -> Self {
        let desk = world.desk().await;
        let ticket = world.ticket(ADA_TICKET).await;
        desk.verify(&world, &ticket, ADA_PHONE).await;
        let sealed = desk.confirm(&ticket).await;
        let mut before = None;
        world.outside.edit_tenant(NORTHWIND, |tenant| before = Some(tenant.clone()));
        let ada = world.outside.directory_user(ADA).unwrap();
        Self { world, desk, ticket, sealed, before: before.unwrap(), ada, clicks: 0 }
    }

    /// The click, with what was really confirmed.
    async fn click(&mut self) -> (ResetId, Reply) {
        self.clicks += 1;
        let id = Uuid::from_u128(self.clicks);
        let ticket = Some(self.ticket.id);
        (ResetId(id), self.desk.reset(id, self.ticket.contact, ticket, &self.sealed).await)
    }

    /// Click and preflight refuse with this and leave nothing behind. `again` is trouble that
    /// befalls each of the two.
    async fn refuses(
        &mut self,
        case: &str,
        code: Code,
        about: Option<&str>,
        again: impl Fn(&World),
    ) {
        again(&self.world);
        let (id, clicked) = self.click().await;
        refused(&clicked, code, about, case);
        only_read(&self.world, case);
        assert_eq!(self.desk.look(id.0).await.status, 404, "{case}: a trace of it");
        let store = &self.world.app.store;
        let live = store.live_reset(self.world.account, &self.ada.id).await.unwrap();
        assert!(live.is_none(), "{case}: {live:?}");

        again(&self.world);
        let shown = self.desk.preflight(self.ticket.contact, Some(self.ticket.id)).await;
        let first = &shown.body["findings"][0];
        assert_eq!(first["code"], code.as_str(), "{case}: {:?}", shown.body);
        fits(first["about"].as_str(), about, case);
        assert!(shown.body["sealed"].is_null(), "{case}");
        self.world.outside.clear_faults();
    }

    /// Everything at Microsoft as it was, and a new token.
    fn undo(&self) {
        let before = self.before.clone();
        self.world.outside.edit_tenant(NORTHWIND, |tenant| *tenant = before);
        new_token(&self.world);
    }

    /// The verification is as good as before: it can be confirmed.
    async fn still_good(&self, case: &str) {
        let shown = self.desk.preflight(self.ticket.contact, Some(self.ticket.id)).await;
        assert_eq!(shown.body["findings"], serde_json::json!([]), "{case}");
        assert!(shown.body["sealed"].is_string(), "{case}");
        let now = self.world.outside.directory_user(ADA).unwrap();
        assert_eq!(format!("{now:?}"), format!("{:?}", self.ada), "{case}");
    }

    /// After all of it, the same confirmation still serves.
    async fn succeeds(mut self) {
        let (_, done) = self.click().await;
        assert_eq!(done.status, 200, "{:?}", done.body);
        assert_eq!(self.world.outside.patches(ADA).len(), 1);
        self.world.settle_in_time().await;
        self.world.end().await;
    }
}
