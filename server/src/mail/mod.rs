//! Notification mails, through the account's own mail server. What they say stands in `reset`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::{AccountId, Code};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::outbound::{Answer, Mail, MailServer, MailTls, Mailbox, Outbound, Refusal, is_address};
use crate::seal::Place;
use crate::secret::Credential;
use crate::senders::SenderKind;
use crate::store::{Integration, Store, StoreError};

/// The kind under which a mail server's password is sealed.
pub const PASSWORD: &str = "smtp.password";
/// Conversations with mail servers at the same time: a slow one must not eat every socket.
const AT_ONCE: usize = 16;

/// Where mails go out: the settings of an `smtp` integration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// `smtp.example`: the name that the server's certificate proves.
    pub host: String,
    /// 587 for `starttls`, 465 for `implicit`.
    pub port: u16,
    /// How it is encrypted.
    pub tls: MailTls,
    /// Whom we sign in as.
    pub user: String,
    /// The sender's address. Their name is the account's.
    pub from: String,
}

impl SmtpSettings {
    /// What the password is bound to.
    #[must_use]
    pub fn bound_to(&self) -> String {
        format!("{} {}", self.host, self.user)
    }

    /// Whether a password that was entered for these is not for those: another port of a host may be another
    /// program, and without encryption anybody hears it.
    #[must_use]
    pub fn is_elsewhere(&self, other: &Self) -> bool {
        self.bound_to() != other.bound_to() || self.port != other.port || self.tls != other.tls
    }

    /// A sentence for whoever enters them, when they can't work.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), &'static str> {
        match () {
            () if self.host.is_empty() || self.host.contains(['/', ' ', '@']) => {
                Err("host is a name such as smtp.example, without scheme or port")
            }
            () if self.user.is_empty() => Err("user is empty"),
            () if !is_address(&self.from) => Err("from is an address such as notify@msp.example"),
            () => Ok(()),
        }
    }
}

/// The account's mail server, ready to send.
pub struct Sender {
    settings: SmtpSettings,
    password: Credential,
}

impl Sender {
    /// The sender's address.
    #[must_use]
    pub fn from(&self, name: String) -> Mailbox {
        Mailbox { name, address: self.settings.from.clone() }
    }
}

/// The way to every account's mail server.
#[derive(Clone)]
pub struct Mailer {
    outbound: Outbound,
    store: Store,
    /// Our own host name, for `EHLO`.
    hello: String,
    seats: Arc<Semaphore>,
}

impl Mailer {
    /// Sends nothing yet. `origin` is our own.
    #[must_use]
    pub fn new(outbound: Outbound, store: Store, origin: &str) -> Self {
        let host = url::Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned));
        let hello = host.unwrap_or_else(|| "localhost".into());
        Self { outbound, store, hello, seats: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The right to hold a conversation; `None` while too many are going on.
    #[must_use]
    pub fn seat(&self) -> Option<OwnedSemaphorePermit> {
        self.seats.clone().try_acquire_owned().ok()
    }

    /// The longest that a conversation takes, in milliseconds.
    #[must_use]
    pub fn longest_ms(&self) -> i64 {
        self.outbound.mail_ms()
    }

    /// The account's mail server, with its password open.
    ///
    /// # Errors
    /// When the database can't be read; a missing server is a refusal, not an error.
    pub async fn sender(&self, account: AccountId) -> Result<Result<Sender, Refusal>, StoreError> {
        let row = async || self.store.sender_of(account, SenderKind::Mail).await;
        let mut seen = row().await?;
        loop {
            let Some(on) = seen.as_ref().filter(|row| row.is_on) else {
                return Ok(Err(Code::MailMissing.into()));
            };
            let opened = self.open(on).await?;
            // As with texts; and a new password is nothing for the server or the way that was left.
            let again = row().await?;
            if again.as_ref().is_some_and(|again| again.changed_at == on.changed_at) {
                return Ok(opened);
            }
            seen = again;
        }
    }

    /// The mail server of one integration, with its password open.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn open(&self, row: &Integration) -> Result<Result<Sender, Refusal>, StoreError> {
        let account = row.account;
        let settings: SmtpSettings = serde_json::from_str(&row.settings)
            .map_err(|_| StoreError::Inconsistent("the settings of an smtp integration"))?;
        let Some(sealed) = self.store.secret(account, PASSWORD, row.id.0).await? else {
            return Ok(Err(Code::MailCredentials.into()));
        };
        let bound_to = settings.bound_to();
        let place =
            Place { account: account.0, kind: PASSWORD, row: row.id.0, bound_to: &bound_to };
        Ok(match self.store.keys.open(place, &sealed) {
            Ok(clear) => Ok(Sender { settings, password: Credential::from(clear) }),
            // Sealed for another host or user: it has to be entered again.
            Err(_) => Err(Code::MailCredentials.into()),
        })
    }

    /// Hands a mail over.
    pub async fn send(&self, sender: &Sender, mail: &Mail) -> Answer<()> {
        let server = MailServer {
            host: &sender.settings.host,
            port: sender.settings.port,
            tls: sender.settings.tls,
            user: &sender.settings.user,
            password: &sender.password,
            hello: &self.hello,
        };
        self.outbound.mail(&server, mail).await
    }
}

#[cfg(test)]
mod tests;
