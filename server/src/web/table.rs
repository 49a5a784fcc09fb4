//! How routes are written down: each with who may call it.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

use crate::api_keys::Scope;
use crate::app::App;

/// Who may call a route. Who may not is told so (`not-signed-in`, `forbidden`), and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// No session is asked for: what is public, or proved by what is sent (a password, a link's secret, a
    /// signature).
    Anybody,
    /// Whoever is signed in, with a second factor where one is asked of them; also those who may not use our
    /// own pages.
    Person,
    /// Technicians who may use our own pages, and admins.
    Technician,
    /// Admins.
    Admin,
    /// Pods, by their token; never a cookie, and never with an admin's rights.
    Pod,
    /// An account's own programs, by a key with this scope; never a cookie.
    Key(Scope),
}

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Who may call it.
    pub who: Who,
    /// By which method.
    pub method: Method,
    /// Where, as axum writes paths.
    pub path: String,
}

/// Routes, and what answers them.
pub struct Table {
    router: Router<App>,
    routes: Vec<Route>,
    /// In front of each path.
    prefix: String,
}

impl Table {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { router: Router::new(), routes: Vec::new(), prefix: String::new() }
    }

    pub(super) fn get<T: 'static>(
        self,
        who: Who,
        path: &str,
        answer: impl Handler<T, App>,
    ) -> Self {
        self.add(who, (Method::GET, MethodFilter::GET), path, answer)
    }

    pub(super) fn post<T: 'static>(
        self,
        who: Who,
        path: &str,
        answer: impl Handler<T, App>,
    ) -> Self {
        self.add(who, (Method::POST, MethodFilter::POST), path, answer)
    }

    pub(super) fn put<T: 'static>(
        self,
        who: Who,
        path: &str,
        answer: impl Handler<T, App>,
    ) -> Self {
        self.add(who, (Method::PUT, MethodFilter::PUT), path, answer)
    }

    pub(super) fn delete<T: 'static>(
        self,
        who: Who,
        path: &str,
        answer: impl Handler<T, App>,
    ) -> Self {
        self.add(who, (Method::DELETE, MethodFilter::DELETE), path, answer)
    }

    /// The routes whose paths begin with `prefix`.
    pub(super) fn under(mut self, prefix: &str, more: impl FnOnce(Self) -> Self) -> Self {
        let before = self.prefix.len();
        self.prefix.push_str(prefix);
        let mut all = more(self);
        all.prefix.truncate(before);
        all
    }

    fn add<T: 'static>(
        mut self,
        who: Who,
        (method, filter): (Method, MethodFilter),
        path: &str,
        answer: impl Handler<T, App>,
    ) -> Self {
        let path = format!("{}{path}", self.prefix);
        self.router = self.router.route(&path, on(filter, answer));
        self.routes.push(Route { who, method, path });
        self
    }

    /// What answers them.
    pub(super) fn into_router(self) -> Router<App> {
        self.router
    }

    /// What they are.
    pub(super) fn into_routes(self) -> Vec<Route> {
        self.routes
    }
}
