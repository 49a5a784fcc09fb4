//! What the app registration was granted, as its token says.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Directory, Tenant};
use crate::outbound::Answer;

#[derive(Deserialize)]
struct Claims {
    /// Absent where nothing was consented to. (Entra "client credentials flow": tokens without a
    /// `roles` claim.)
    #[serde(default)]
    roles: Vec<String>,
}

impl Directory {
    /// The application permissions in the current token. A token for Graph is Graph's to read: this
    /// is a diagnosis, and may only ever make us more careful than Graph itself is. `Unknown` when
    /// the token can't be read.
    pub async fn granted_roles(&self, tenant: &Tenant) -> Answer<Vec<String>> {
        match self.token(tenant).await.done() {
            Ok(token) => roles_in(token.expose()).map_or(Answer::Unknown(None), Answer::Done),
            Err(other) => other,
        }
    }
}

fn roles_in(token: &str) -> Option<Vec<String>> {
    let claims = token.split('.').nth(1)?;
    let claims = Zeroizing::new(BASE64URL_NOPAD.decode(claims.as_bytes()).ok()?);
    serde_json::from_slice::<Claims>(&claims).ok().map(|claims| claims.roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_and_rubbish_is_unknown() {
        let check = |claims: &str, roles: Option<&[&str]>| {
            let token = format!("e30.{}.x", BASE64URL_NOPAD.encode(claims.as_bytes()));
            let found = roles_in(&token);
            assert_eq!(
                found.as_ref().map(|it| it.iter().map(String::as_str).collect()),
                roles.map(<[_]>::to_vec)
            );
        };
        check(r#"{"roles":["User.Read.All"],"aud":"x"}"#, Some(&["User.Read.All"]));
        check(r#"{"aud":"x"}"#, Some(&[]));
        check(r#"{"roles":"User.Read.All"}"#, None);
        check("", None);
        for token in ["", "opaque", "a.b", "a.!.c"] {
            assert_eq!(roles_in(token), None, "{token}");
        }
    }
}
