//! A code for an ID token, at the issuer's token endpoint (OpenID Connect Core 1.0 §3.1.3).

use serde::Deserialize;
use zeroize::Zeroizing;

use super::discovery::Document;
use super::reason::Reason;
use super::settings::SsoSettings;
use super::{SECRET, Sso};
use crate::outbound::{Answer, Auth, Body, Call, Method, Reply};
use crate::seal::Place;
use crate::secret::Credential;
use crate::sign_in::Typed;
use crate::store::{SsoRow, StoreError};

#[derive(Deserialize)]
struct Granted {
    id_token: Typed,
}

/// RFC 6749 §5.2.
#[derive(Deserialize)]
struct Error {
    error: String,
}

impl Sso {
    /// The client secret, while it was entered for this issuer and application.
    pub(super) async fn secret(
        &self,
        row: &SsoRow,
        settings: &SsoSettings,
    ) -> Result<Option<Credential>, StoreError> {
        let it = &row.integration;
        let Some(sealed) = self.store.secret(it.account, SECRET, it.id.0).await? else {
            return Ok(None);
        };
        let bound_to = &settings.bound_to();
        let place = Place { account: it.account.0, kind: SECRET, row: it.id.0, bound_to };
        Ok(self.store.keys.open(place, &sealed).ok().map(Credential::from))
    }

    /// Exchanges the code. The other tokens of the answer are dropped: nothing here asks in the person's name.
    pub(super) async fn exchange(
        &self,
        (settings, document): (&SsoSettings, &Document),
        secret: &Credential,
        code: &Typed,
        verifier: &Zeroizing<String>,
    ) -> Result<Typed, Reason> {
        let text = |text: &str| Zeroizing::new(text.to_owned());
        let mut form = vec![
            ("grant_type", text("authorization_code")),
            ("code", text(code.expose())),
            ("redirect_uri", Zeroizing::new(self.redirect_uri())),
            ("code_verifier", verifier.clone()),
        ];
        // Both halves of Basic are form-encoded first (RFC 6749 §2.3.1).
        let (name, encoded) = (encode(&settings.client_id), encode(secret.expose()));
        let basic = Credential::new(encoded);
        let auth = if document.secret_in_form {
            form.push(("client_id", text(&settings.client_id)));
            form.push(("client_secret", text(secret.expose())));
            Auth::None
        } else {
            Auth::Basic(&name, &basic)
        };
        let call = Call {
            method: Method::POST,
            url: document.token.clone(),
            auth,
            request_id: None,
            headers: vec![("accept", text("application/json"))],
            body: Body::Form(form),
        };
        let answer = self.outbound.send(call).await.judge(|reply| Answer::Done(granted(&reply)));
        match answer {
            Answer::Done(granted) => granted,
            Answer::Refused(_) | Answer::Later(_) | Answer::Unknown(_) => Err(Reason::Unavailable),
        }
    }
}

fn encode(text: &str) -> Zeroizing<String> {
    Zeroizing::new(url::form_urlencoded::byte_serialize(text.as_bytes()).collect())
}

fn granted(reply: &Reply) -> Result<Typed, Reason> {
    if reply.status == 200 {
        let granted: Result<Granted, _> = serde_json::from_slice(&reply.body);
        return granted.map(|granted| granted.id_token).map_err(|_| Reason::Malformed);
    }
    let error: Result<Error, _> = serde_json::from_slice(&reply.body);
    Err(match error.as_ref().map(|it| it.error.as_str()) {
        Ok("invalid_grant") => Reason::Code,
        Ok("invalid_client" | "unauthorized_client") => Reason::Client,
        _ => Reason::Refused,
    })
}
