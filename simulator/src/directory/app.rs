//! An app registration: its permissions and the credentials that sign in for it.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use serde::Deserialize;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::random;

/// An app registration with its consented permissions.
#[derive(Clone, Debug, Deserialize)]
pub struct App {
    /// The application (client) id.
    pub client_id: String,
    /// The value of the first client secret; empty when the app has none, or only [`App::secrets`].
    #[serde(default)]
    pub secret: String,
    /// When the first secret ends (milliseconds); `None`: not in this world's time.
    #[serde(default)]
    pub secret_expires_ms: Option<i64>,
    /// The same, counted from the start of the world, for the sample file.
    #[serde(default)]
    pub(crate) secret_expires_in_days: Option<i64>,
    /// Further secrets, as an app has while one is being exchanged for the next.
    #[serde(default)]
    pub secrets: Vec<Secret>,
    /// Certificates whose keys may sign client assertions.
    #[serde(skip)]
    pub certificates: Vec<Certificate>,
    /// Application permissions with consent; a change shows only in a new token.
    pub roles: Vec<String>,
    /// Where it may have people sent back to (platform Web).
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Directory roles of the service principal, by display name.
    #[serde(default)]
    pub directory_roles: Vec<String>,
    /// Conditional Access for workload identities lets it in from nowhere (53003).
    #[serde(default)]
    pub blocked_by_policy: bool,
    /// Sign-in is switched off for the service principal (7000112).
    #[serde(default)]
    pub disabled: bool,
}

impl App {
    /// What people call it.
    pub(crate) const NAME: &str = "MSP Process: M365 Password Reset";

    /// Every client secret, the first one included.
    pub fn all_secrets(&self) -> Vec<Secret> {
        let first = (!self.secret.is_empty()).then(|| Secret {
            value: self.secret.clone(),
            key_id: random::derived_guid(&["first secret", &self.client_id]),
            display_name: "Password Reset".to_owned(),
            expires_ms: self.secret_expires_ms,
        });
        first.into_iter().chain(self.secrets.iter().cloned()).collect()
    }
}

/// A client secret.
#[derive(Clone, Debug, Deserialize)]
pub struct Secret {
    /// What signs in.
    pub value: String,
    /// The secret's id, a GUID, which the portal shows beside the value: often taken for it.
    pub key_id: String,
    /// What somebody called it.
    pub display_name: String,
    /// When it ends (milliseconds); `None`: not in this world's time.
    #[serde(default)]
    pub expires_ms: Option<i64>,
}

/// A registered certificate. Only what is public: the key is with whoever signs.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// The credential's id, a GUID.
    pub key_id: String,
    /// What somebody called it.
    pub display_name: String,
    /// What `customKeyIdentifier` says instead of the SHA-1 thumbprint in base64: the portal writes
    /// the thumbprint in hexadecimal (SOURCES.md §5.5).
    pub custom_key_identifier: Option<String>,
}

/// From when until when a certificate is good (milliseconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) from_ms: i64,
    pub(crate) until_ms: i64,
}

impl Certificate {
    /// The SHA-1 of the DER, by which portal and manifest name a certificate.
    pub(crate) fn sha1(&self) -> Vec<u8> {
        self.thumbprint(&SHA1_FOR_LEGACY_USE_ONLY)
    }

    /// The SHA-256 of the DER, by which a client assertion names its key.
    pub(crate) fn sha256(&self) -> Vec<u8> {
        self.thumbprint(&SHA256)
    }

    fn thumbprint(&self, algorithm: &'static Algorithm) -> Vec<u8> {
        digest(algorithm, &self.der).as_ref().to_vec()
    }

    /// `None` for bytes that are no certificate.
    pub(crate) fn validity(&self) -> Option<Validity> {
        let (_, read) = X509Certificate::from_der(&self.der).ok()?;
        let validity = read.validity();
        let ms = |seconds: i64| seconds.saturating_mul(1000);
        Some(Validity {
            from_ms: ms(validity.not_before.timestamp()),
            until_ms: ms(validity.not_after.timestamp()),
        })
    }

    /// The public key's bits (an RSA key: PKCS #1); `None` for bytes that are no certificate.
    pub(crate) fn public_key(&self) -> Option<Vec<u8>> {
        let (_, read) = X509Certificate::from_der(&self.der).ok()?;
        Some(read.public_key().subject_public_key.data.to_vec())
    }
}
