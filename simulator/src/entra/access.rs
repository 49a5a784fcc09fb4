//! The access token itself: shaped as Graph gets it, worth what the world remembers of it.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::directory::Tenant;
use crate::random;

use super::LIFE_SECONDS;
use super::credential::Shown;

/// What a token is written from.
pub(super) struct Written<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) shown: &'a Shown,
    pub(super) now_ms: i64,
}

impl Written<'_> {
    /// Shaped like the v1.0 tokens that Graph gets (SOURCES.md §1.5). Without consent there is no
    /// `roles` claim, and no error either (SOURCES.md §1.4). The signature is noise: nobody but Graph
    /// may look inside.
    pub(super) fn token(&self, audience: &str) -> String {
        let (app, tenant_id) = (&self.tenant.app, &self.tenant.id);
        let now = self.now_ms / 1000;
        let header = json!({"typ": "JWT", "nonce": random::base64url::<32>(), "alg": "RS256", "x5t": "simulated", "kid": "simulated"});
        let mut claims = json!({
            "aud": audience,
            "iss": format!("https://sts.windows.net/{tenant_id}/"),
            "iat": now, "nbf": now, "exp": now + LIFE_SECONDS,
            "app_displayname": "Password Reset",
            "appid": app.client_id,
            // How the app proved itself: "1" a secret, "2" a certificate.
            "appidacr": match self.shown { Shown::Secret(_) => "1", Shown::Assertion(_) => "2" },
            "idtyp": "app",
            "oid": random::derived_guid(&["service principal", &app.client_id]),
            "tid": tenant_id,
            "uti": random::base64url::<16>(),
            "ver": "1.0",
            "wids": ["0997a1d0-0d1d-4acb-b408-d5ca73121e90"],
        });
        if !app.roles.is_empty() {
            claims["roles"] = json!(app.roles);
        }
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        format!("{}.{}.{}", part(&header), part(&claims), random::base64url::<256>())
    }
}
