//! The credential of a tenant's application: a secret or a certificate, replaced without a gap, and
//! sealed for the tenant, application and hosts that it is for.

use shared::{AccountId, Code, IntegrationId};
use tokio::sync::Semaphore;

use super::{FieldError, Integrations, NotDone, ask, json};
use crate::directory::certificate::{self, PrivateKey};
use crate::directory::token::{KEY, NEXT_KEY, Proof, SECRET};
use crate::directory::{Certificate, M365Settings, ProofKind, Tenant};
use crate::seal::Place;
use crate::secret::Credential;
use crate::sign_in::Typed;
use crate::store::{M365Act, M365Change, M365Row, SecretChange, Session};

/// One key at a time: making one is a second of a processor's work.
static TURN: Semaphore = Semaphore::const_new(1);

impl Integrations {
    /// A new secret in place of the credential in use, without a gap: Microsoft has to take it
    /// first, and until it does the old one stays in use.
    ///
    /// # Errors
    /// Fields that can't be right; what Microsoft says to it; `MicrosoftUnavailable`.
    pub async fn replace_secret(
        &self,
        who: &Session,
        id: IntegrationId,
        secret: &Typed,
        expires_on: &str,
    ) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let row = self.row(account, id).await?;
        let mut settings = Tenant::of(&row.integration)?.settings().clone();
        let text = secret.expose().trim();
        let mut errors = Vec::new();
        if let Err(detail) = ask::check_secret(text, false) {
            errors.push(FieldError { field: "client_secret", detail });
        }
        match ask::parse_day(expires_on, now) {
            Ok(day) => settings.expires_on = day,
            Err(detail) => errors.push(FieldError { field: "expires_on", detail }),
        }
        if !errors.is_empty() {
            return Err(NotDone::Fields(errors));
        }
        settings.proof = ProofKind::Secret;
        settings.certificate = None;
        let proof = Proof::Secret(Credential::new(text.to_owned().into()));
        self.proves(&settings, &proof).await?;
        let secrets =
            [self.sealed_secret(account, id, &settings, secret), SecretChange::Drop { kind: KEY }];
        self.save_credential(who, &row, &settings, &secrets, M365Act::CredentialReplaced).await
    }

    /// Makes a certificate that is not in use yet: its public part is uploaded at Microsoft first.
    /// One that was made before and never used is replaced.
    ///
    /// # Errors
    /// `ChangedMeanwhile`; what [`Integrations::may_change`] refuses.
    pub async fn new_certificate(&self, who: &Session, id: IntegrationId) -> Result<(), NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        let row = self.row(account, id).await?;
        let mut settings = Tenant::of(&row.integration)?.settings().clone();
        let (key, made) = self.make_certificate().await?;
        settings.next_certificate = Some(made);
        let secrets = [self.sealed_key(account, id, NEXT_KEY, &settings, &key)];
        self.save_credential(who, &row, &settings, &secrets, M365Act::CertificateMade).await
    }

    /// Puts the certificate that was made in place of the credential in use, once Microsoft takes it.
    ///
    /// # Errors
    /// What Microsoft says to it: that it was not uploaded, mostly. Nothing is changed then.
    pub async fn use_certificate(&self, who: &Session, id: IntegrationId) -> Result<(), NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        let row = self.row(account, id).await?;
        let tenant = Tenant::of(&row.integration)?;
        let mut settings = tenant.settings().clone();
        let proof = self.directory.next_proof(&tenant).await?;
        self.proves(&settings, &proof).await?;
        let Proof::Certificate(certificate, key) = proof else {
            return Err(Code::M365CertificateWrong.into());
        };
        settings.proof = ProofKind::Certificate;
        settings.certificate = Some(certificate);
        settings.next_certificate = None;
        settings.expires_on = None;
        let secrets = [
            self.sealed_key(account, id, KEY, &settings, &key),
            SecretChange::Drop { kind: NEXT_KEY },
            SecretChange::Drop { kind: SECRET },
        ];
        self.save_credential(who, &row, &settings, &secrets, M365Act::CredentialReplaced).await
    }

    async fn save_credential(
        &self,
        who: &Session,
        row: &M365Row,
        settings: &M365Settings,
        secrets: &[SecretChange],
        act: M365Act,
    ) -> Result<(), NotDone> {
        let name = row.integration.name.as_str();
        let settings = &json(settings)?;
        let change = M365Change { name, settings, secrets, act, about: "", loosens: false };
        self.save(who, row, &change).await
    }

    /// One at a time in this process: whoever asks for many waits, and nobody else does.
    pub(super) async fn make_certificate(&self) -> Result<(PrivateKey, Certificate), NotDone> {
        let now = self.clock.now();
        let turn = TURN.acquire().await.map_err(|_| Code::Internal)?;
        // A key of 3072 bits takes a moment: not on a thread that answers others.
        // The turn goes along: a request that is given up does not start a second key beside it.
        let made = tokio::task::spawn_blocking(move || {
            let made = certificate::make(now);
            drop(turn);
            made
        })
        .await;
        match made {
            Ok(Ok(made)) => Ok(made),
            Ok(Err(_)) | Err(_) => {
                tracing::error!("a certificate could not be made");
                Err(Code::Internal.into())
            }
        }
    }

    pub(super) fn sealed_secret(
        &self,
        account: AccountId,
        id: IntegrationId,
        settings: &M365Settings,
        secret: &Typed,
    ) -> SecretChange {
        let clear = secret.expose().trim().as_bytes();
        self.sealed(account, id, SECRET, settings, clear)
    }

    pub(super) fn sealed_key(
        &self,
        account: AccountId,
        id: IntegrationId,
        kind: &'static str,
        settings: &M365Settings,
        key: &PrivateKey,
    ) -> SecretChange {
        self.sealed(account, id, kind, settings, key.expose())
    }

    fn sealed(
        &self,
        account: AccountId,
        id: IntegrationId,
        kind: &'static str,
        settings: &M365Settings,
        clear: &[u8],
    ) -> SecretChange {
        let bound_to = &settings.bound_to();
        let place = Place { account: account.0, kind, row: id.0, bound_to };
        SecretChange::Put { kind, sealed: self.store.keys.seal(place, clear) }
    }
}
