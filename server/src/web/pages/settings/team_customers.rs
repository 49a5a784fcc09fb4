//! `/settings/team/{id}/customers`: which customers a technician has. One form, that works without script and
//! with hundreds of customers: looking for one keeps what is ticked, on the page or hidden in it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shared::{CustomerId, TechnicianId};

use super::form::{Wrong, wrong};
use super::keys::{Fields, all, text};
use super::team_person::{path, to};
use super::{Admin, Stale, failure, may_change, stale};
use crate::app::App;
use crate::reach::Reach;
use crate::store::{Customer, Session};
use crate::team;
use crate::web::api::Path;
use crate::web::forms::{OwnForm, check_form_token, form_token};
use crate::web::pages::{Page, html_with};
use crate::web::problem::Failure;

/// Customers on the page; more are looked for.
const MOST_SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "settings/team_customers.html")]
struct CustomersPage {
    page: Page,
    stale: Option<Stale>,
    id: TechnicianId,
    name: String,
    form: Form,
}

/// What the form says.
struct Asked {
    version: String,
    all: bool,
    ticked: BTreeSet<CustomerId>,
    /// What was looked for; `None` when nobody has looked.
    find: Option<String>,
}

/// The form as the template shows it.
struct Form {
    part: &'static str,
    token: String,
    version: String,
    all: bool,
    find: Option<String>,
    /// How many of the account's there are, how many fit what was looked for, and how many are ticked.
    total: usize,
    found: usize,
    ticked: usize,
    /// Who is shown: the ticked ones first, each by name.
    rows: Vec<(Customer, bool)>,
    /// Who is ticked and not shown.
    hidden: Vec<CustomerId>,
    errors: Vec<Wrong>,
}

impl Form {
    fn new(token: String, asked: Asked, mut customers: Vec<Customer>, errors: Vec<Wrong>) -> Self {
        let Asked { version, all, ticked, find } = asked;
        let total = customers.len();
        // Somebody else's ids are nobody here.
        let known: BTreeSet<CustomerId> = customers.iter().map(|it| it.id).collect();
        let ticked: BTreeSet<CustomerId> = ticked.intersection(&known).copied().collect();
        let low = find.as_deref().unwrap_or_default().trim().to_lowercase();
        customers.retain(|it| it.name.to_lowercase().contains(&low));
        let found = customers.len();
        // A stable sort: each part stays by name.
        customers.sort_by_key(|it| !ticked.contains(&it.id));
        customers.truncate(MOST_SHOWN);
        let shown: BTreeSet<CustomerId> = customers.iter().map(|it| it.id).collect();
        let row = |it: Customer| {
            let is_ticked = ticked.contains(&it.id);
            (it, is_ticked)
        };
        let rows = customers.into_iter().map(row).collect();
        Self {
            part: "change",
            token,
            version,
            all,
            find,
            total,
            found,
            hidden: ticked.difference(&shown).copied().collect(),
            rows,
            ticked: ticked.len(),
            errors,
        }
    }

    fn problem(&self, _part: &str, field: &str) -> Option<&str> {
        self.errors.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }

    /// What did not happen.
    fn refused(&self) -> &'static str {
        "Nothing was changed."
    }

    fn find(&self) -> &str {
        self.find.as_deref().unwrap_or_default()
    }
}

impl Asked {
    fn stored(version: String, reach: Reach) -> Self {
        let all = reach == Reach::All;
        let ticked = match reach {
            Reach::All => BTreeSet::new(),
            Reach::Listed(listed) => listed,
        };
        Self { version, all, ticked, find: None }
    }

    /// Without a word on it the list counts, not all.
    fn posted(fields: &Fields) -> Self {
        let find = text(fields, "find").chars().take(100).collect();
        Self {
            version: text(fields, "version").to_owned(),
            all: text(fields, "which") == "all",
            ticked: all(fields, "customer")
                .filter_map(|id| Some(CustomerId(id.parse().ok()?)))
                .collect(),
            find: Some(find),
        }
    }

    fn reach(&self) -> Reach {
        if self.all { Reach::All } else { Reach::Listed(self.ticked.clone()) }
    }
}

/// `GET /settings/team/{id}/customers`.
///
/// # Errors
/// [`shared::Code::NotFound`] for who is not there, not yours, or an admin; when it is no admin who asks.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
) -> Result<Response, Failure> {
    let reach = team::customers(&app, &session, id).await.map_err(failure)?;
    let asked = Asked::stored(team::customers_version(&app, id, &reach), reach);
    show(&app, &session, id, StatusCode::OK, asked, Vec::new()).await
}

async fn show(
    app: &App,
    session: &Session,
    id: TechnicianId,
    status: StatusCode,
    asked: Asked,
    errors: Vec<Wrong>,
) -> Result<Response, Failure> {
    let person = team::person(app, session, id).await.map_err(failure)?;
    let customers = app.store.customers(session.technician.account).await?;
    let page = CustomersPage {
        page: Page::inside(app, session, &format!("Customers of {}", person.name), "settings"),
        stale: stale(app, session, &format!("{}/customers", path(id))),
        id,
        name: person.name,
        form: Form::new(form_token(app, session), asked, customers, errors),
    };
    html_with(status, &page)
}

/// `POST /settings/team/{id}/customers`: looks for customers, or saves.
///
/// # Errors
/// As [`get`]; when the form is not from our page or, to save, the second factor is not fresh.
pub async fn post(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<TechnicianId>,
    OwnForm(fields): OwnForm<Fields>,
) -> Result<Response, Failure> {
    let (token, asked) = (text(&fields, "form"), Asked::posted(&fields));
    if text(&fields, "act") == "find" {
        check_form_token(&app, &session, token)?;
        team::customers(&app, &session, id).await.map_err(failure)?;
        return show(&app, &session, id, StatusCode::OK, asked, Vec::new()).await;
    }
    may_change(&app, &session, token)?;
    match team::set_customers(&app, &session, id, &asked.version, &asked.reach()).await {
        Ok(()) => Ok(to(id, "customers")),
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "customers")?;
            show(&app, &session, id, status, asked, errors).await
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(n: usize) -> CustomerId {
        CustomerId(Uuid::from_u128(n as u128))
    }

    fn form(ticked: &[usize], find: &str, of: usize) -> Form {
        let customers = (1..=of).map(|n| Customer { id: id(n), name: format!("Customer {n:04}") });
        let asked = Asked {
            version: String::new(),
            all: false,
            ticked: ticked.iter().map(|n| id(*n)).collect(),
            find: Some(find.into()),
        };
        Form::new(String::new(), asked, customers.collect(), Vec::new())
    }

    fn shown(form: &Form) -> Vec<&str> {
        form.rows.iter().map(|(customer, _)| &customer.name[9..]).collect()
    }

    #[test]
    fn what_is_ticked_stands_first_and_is_never_lost() {
        let few = form(&[3], "", 4);
        assert_eq!(shown(&few), ["0003", "0001", "0002", "0004"]);
        assert_eq!(few.rows.iter().filter(|(_, ticked)| *ticked).count(), 1);
        // Looked for something else: it stays in the form, hidden.
        let other = form(&[3], "0004", 4);
        assert_eq!((shown(&other), &other.hidden), (vec!["0004"], &vec![id(3)]));
        assert_eq!((other.found, other.total, other.ticked), (1, 4, 1));
        let many = form(&(1..=MOST_SHOWN + 5).collect::<Vec<_>>(), "", 900);
        assert_eq!((many.rows.len(), many.hidden.len()), (MOST_SHOWN, 5));
        // What is no customer of the account is nobody.
        let foreign = form(&[3, 77], "", 4);
        assert_eq!((foreign.ticked, foreign.hidden.len()), (1, 0));
    }

    #[test]
    fn a_form_without_a_word_is_a_list() {
        let fields = |all: &[(&str, &str)]| -> Fields {
            all.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
        };
        let one = id(1).to_string();
        let posted = Asked::posted(&fields(&[("customer", &one), ("customer", "x")]));
        assert_eq!(posted.reach(), Reach::Listed([id(1)].into()));
        let all = Asked::posted(&fields(&[("customer", &one), ("which", "all")]));
        assert_eq!(all.reach(), Reach::All);
        assert_eq!(Asked::posted(&fields(&[])).reach(), Reach::none());
    }
}
