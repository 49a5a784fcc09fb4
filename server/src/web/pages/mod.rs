//! Our own pages: rendered on the server, usable without a script but for the pod. `assets/app`
//! holds their one style sheet and their one script.

pub mod account;
pub mod account_factor;
pub mod approvals;
pub mod audit;
pub mod confirm;
pub mod contact_import;
pub mod contacts;
pub mod dashboard;
pub mod docs;
pub mod forgot;
pub mod frame;
mod lists;
pub mod pair;
mod problem;
mod qr;
pub mod recovery;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod sign_out;
pub mod sso;
pub mod sso_account;
pub mod sso_kept;
pub mod tickets;
mod times;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::Code;

pub use problem::in_words;

use super::assets;
use super::auth::{SignedIn, in_cookie};
use super::forms::form_token;
use super::problem::Failure;
use crate::app::App;
use crate::store::{Role, Session};

/// What the frame of every page shows.
struct Page {
    title: String,
    /// The tab of the navigation that this page is under.
    tab: &'static str,
    me: Option<Me>,
}

/// The technician in the page's head.
struct Me {
    name: String,
    form: String,
    /// Whether the tab of the settings is theirs.
    admin: bool,
    /// Whether our other pages are.
    pages: bool,
}

impl Page {
    /// A page for somebody who is not signed in.
    fn outside(title: &str) -> Self {
        Self { title: title.into(), tab: "", me: None }
    }

    /// A page under one tab, for this technician.
    fn inside(app: &App, session: &Session, title: &str, tab: &'static str) -> Self {
        let me = Me {
            name: session.technician.name.clone(),
            form: form_token(app, session),
            admin: session.technician.role == Role::Admin,
            pages: session.technician.may_use_ui,
        };
        Self { title: title.into(), tab, me: Some(me) }
    }

    fn css(&self) -> String {
        assets::app("app.css")
    }

    /// What a few pages have besides.
    fn asset(&self, name: &str) -> String {
        assets::app(name)
    }

    fn lists_css(&self) -> String {
        assets::app("lists.css")
    }

    fn js(&self) -> String {
        assets::app("app.js")
    }

    fn icon(&self) -> String {
        assets::app("icon.svg")
    }
}

fn html(template: &impl Template) -> Result<Response, Failure> {
    html_with(StatusCode::OK, template)
}

fn html_with(status: StatusCode, template: &impl Template) -> Result<Response, Failure> {
    let text = template.render().map_err(|error| {
        tracing::error!(%error, "template");
        Code::Internal
    })?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok((status, [(header::CONTENT_TYPE, kind)], text).into_response())
}

/// A search and a page of its results, from the address.
#[derive(Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: u32,
}

/// Rows on one page of a list.
const PAGE_ROWS: u32 = 50;

impl Search {
    fn text(&self) -> &str {
        // Longer ones find nothing anyway.
        self.q.char_indices().nth(100).map_or(self.q.as_str(), |(end, _)| &self.q[..end])
    }

    /// Which page is asked for, from 0.
    fn page(&self) -> u32 {
        self.page
    }

    /// The neighbours of a page that has `more` behind it.
    fn pager(&self, more: bool) -> Pager {
        let query = |page: u32| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            if !self.text().is_empty() {
                query.append_pair("q", self.text());
            }
            if page > 0 {
                query.append_pair("page", &page.to_string());
            }
            format!("?{}", query.finish())
        };
        Pager {
            before: self.page.checked_sub(1).map(query),
            after: more.then(|| query(self.page.saturating_add(1))),
        }
    }
}

/// The ways to the neighbouring pages of a list.
struct Pager {
    before: Option<String>,
    after: Option<String>,
}

/// `GET /`.
///
/// # Errors
/// When nobody is signed in, or the database can't be read.
pub async fn home(
    State(app): State<App>,
    headers: HeaderMap,
    who: Result<SignedIn, Failure>,
) -> Result<Redirect, Failure> {
    match who {
        Ok(_) => Ok(Redirect::to("/tickets")),
        Err(Failure(problem)) if problem.code == Code::Forbidden => {
            let session = in_cookie(&app, &headers).await?;
            let way = session.as_ref().map(|session| sign_in::lead(session, "/"));
            Ok(Redirect::to(way.unwrap_or("/sign-in")))
        }
        Err(failure) => Err(failure),
    }
}

/// What no route answers.
pub async fn nothing_here() -> Failure {
    Code::NotFound.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_know_their_neighbours() {
        for (q, page, more, before, after) in [
            ("", 0, false, None, None),
            ("", 0, true, None, Some("?page=1")),
            ("", 1, false, Some("?"), None),
            ("a&b", 2, true, Some("?q=a%26b&page=1"), Some("?q=a%26b&page=3")),
        ] {
            let pager = Search { q: q.into(), page }.pager(more);
            assert_eq!(pager.before.as_deref(), before);
            assert_eq!(pager.after.as_deref(), after);
        }
    }
}
