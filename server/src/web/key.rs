//! A program of the account's, by its key: in the `Authorization` header and nowhere else. A key is no
//! session and no pod's token, and none of those is a key.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use shared::{Code, Problem};

use super::auth::bearer;
use super::problem::Failure;
use super::still;
use crate::api_keys::Scope;
use crate::app::App;
use crate::denied::Denied;
use crate::store::ApiKey;

/// The scope that a handler asks for, as a type: a handler can't forget to ask.
pub trait Needs: Send {
    /// Which.
    const SCOPE: Scope;
}

macro_rules! scopes {
    ($($name:ident),+) => {$(
        #[doc = concat!("[`Scope::", stringify!($name), "`].")]
        pub struct $name;

        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )+};
}
scopes!(AuditRead, HistoryRead, HealthRead, ContactsWrite);

/// A key that may do what `S` says.
pub struct Key<S>(pub ApiKey, pub PhantomData<S>);

impl<S: Needs> FromRequestParts<App> for Key<S> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let entered = match bearer(&parts.headers) {
            Some(key) => app.api_keys.enter(key, S::SCOPE).await,
            None => Err(Code::NotSignedIn.into()),
        };
        let key = entered.map_err(|denied| refusal(denied, S::SCOPE))?;
        still::came_by_key(parts, &key);
        Ok(Self(key, PhantomData))
    }
}

/// Why not, for whoever reads a program's log.
fn refusal(denied: Denied, scope: Scope) -> Failure {
    let mut failure = match denied {
        Denied::Limit { retry_after } => {
            let mut problem = Problem::new(Code::TooMany);
            problem.retry_after = Some(retry_after);
            Failure(problem)
        }
        other => other.into(),
    };
    let detail = match failure.0.code {
        Code::NotSignedIn => {
            "Send a key that was neither revoked nor has ended, as Authorization: Bearer mspr_…."
                .into()
        }
        Code::Forbidden => {
            format!("The key lacks the scope {}. Make one that has it.", scope.as_str())
        }
        Code::TooMany => "A key may make 120 calls a minute. Wait for Retry-After.".into(),
        _ => return failure,
    };
    failure.0.detail = detail;
    failure
}
