//! Lists: `{record_count, …}` with the parameters that matter of the hundreds in the swagger (H§4).

use serde_json::{Value, json};

use super::{Kind, Refusal, number, show};
use crate::psa::{Psa, PsaDesk};
use crate::world::World;

/// What is given without `count` or `page_size` \[K\].
const DEFAULT_PAGE: usize = 50;

/// Of a query: known names only, and each as it is needed.
struct Wish<'a>(&'a [(String, String)]);

impl<'a> Wish<'a> {
    fn of(query: &'a [(String, String)], own: &[&str]) -> Result<Self, Refusal> {
        const PAGES: [&str; 6] =
            ["count", "page_no", "page_size", "pageinate", "order", "orderdesc"];
        let strange = query
            .iter()
            .find(|(key, _)| !own.contains(&key.as_str()) && !PAGES.contains(&key.as_str()));
        match strange {
            None => Ok(Wish(query)),
            Some((key, _)) => Err(Refusal::new(Kind::Invalid, format!("Unknown parameter {key}"))),
        }
    }

    fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    fn yes(&self, name: &str) -> bool {
        self.text(name) == "true"
    }

    fn id(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let text = self.text(name);
        if text.is_empty() { Ok(None) } else { number(text).map(Some) }
    }

    /// The page that is wished for, under the list's own name.
    fn page(&self, name: &str, mut all: Vec<Value>) -> Result<Value, Refusal> {
        let by = match self.text("order") {
            "" => "id",
            by => by,
        };
        if !all.is_empty() && all.iter().all(|it| it.get(by).is_none()) {
            return Err(Refusal::new(Kind::Crash, format!("Invalid column name '{by}'.")));
        }
        all.sort_by_key(|it| (it[by].as_i64(), it[by].as_str().map(str::to_lowercase)));
        if self.yes("orderdesc") {
            all.reverse();
        }
        let total = all.len();
        let at_least_one = |name: &str, otherwise: usize| {
            Ok(self.id(name)?.and_then(|it| usize::try_from(it).ok()).unwrap_or(otherwise).max(1))
        };
        if !self.yes("pageinate") {
            all.truncate(at_least_one("count", DEFAULT_PAGE)?);
            return Ok(json!({"record_count": total, name: all}));
        }
        let (page, size) = (at_least_one("page_no", 1)?, at_least_one("page_size", DEFAULT_PAGE)?);
        let skipped = (page - 1).saturating_mul(size);
        let shown: Vec<Value> = all.into_iter().skip(skipped).take(size).collect();
        Ok(json!({"page_no": page, "page_size": size, "record_count": total, name: shown}))
    }
}

fn desk<T>(world: &World, look: impl FnOnce(&PsaDesk) -> T) -> T {
    world.read(|state| look(state.psa.desk(Psa::Halo)))
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

pub(super) fn tickets(world: &World, query: &[(String, String)]) -> Result<Value, Refusal> {
    let own = ["search", "client_id", "user_id", "open_only", "closed_only"];
    let wish = Wish::of(query, &own)?;
    let (client, user) = (wish.id("client_id")?, wish.id("user_id")?);
    let found = desk(world, |desk| {
        let tickets = desk.tickets.iter().filter(|it| {
            client.is_none_or(|id| it.company == id)
                && user.is_none_or(|id| it.contact == Some(id))
                && !(wish.yes("open_only") && it.closed)
                && (it.closed || !wish.yes("closed_only"))
                && (contains(&it.summary, wish.text("search")) || it.number == wish.text("search"))
        });
        tickets.map(|it| show::ticket(desk, it, false)).collect()
    });
    wish.page("tickets", found)
}

pub(super) fn users(world: &World, query: &[(String, String)]) -> Result<Value, Refusal> {
    let wish = Wish::of(query, &["search", "client_id", "includeinactive", "includeactive"])?;
    let (client, search) = (wish.id("client_id")?, wish.text("search"));
    let found = desk(world, |desk| {
        let users = desk.contacts.iter().filter(|it| {
            // Those who have left come only when asked for [K]; the search looks at names and addresses [K].
            client.is_none_or(|id| it.company == id)
                && (it.active || wish.yes("includeinactive"))
                && (contains(&it.name(), search)
                    || it.emails.iter().any(|one| contains(one, search)))
        });
        users.map(|it| show::user(desk, it, false)).collect()
    });
    wish.page("users", found)
}

pub(super) fn clients(world: &World, query: &[(String, String)]) -> Result<Value, Refusal> {
    let wish = Wish::of(query, &["search", "includeinactive", "includeactive"])?;
    let found = desk(world, |desk| {
        let clients = desk.companies.iter().filter(|it| contains(&it.name, wish.text("search")));
        clients.map(|it| show::client(desk, it.id)).collect()
    });
    wish.page("clients", found)
}

/// A bare array, unlike the others (\[K\], as public clients read it).
pub(super) fn agents(world: &World, query: &[(String, String)]) -> Result<Value, Refusal> {
    let wish = Wish::of(query, &["includeenabled", "includedisabled", "search"])?;
    Ok(desk(world, |desk| {
        let agents = desk.people.iter().filter(|it| {
            (!it.disabled || wish.yes("includedisabled"))
                && contains(&it.name(), wish.text("search"))
        });
        agents.map(show::agent).collect()
    }))
}

pub(super) fn actions(world: &World, query: &[(String, String)]) -> Result<Value, Refusal> {
    let wish = Wish::of(query, &["ticket_id", "excludesys"])?;
    let ticket = wish.id("ticket_id")?;
    let found = desk(world, |desk| {
        desk.numbered(ticket).map(|(id, note)| show::action(desk, id, note)).collect()
    });
    wish.page("actions", found)
}
