//! One-time links that go by mail: an invitation, a forgotten password. The same set-up link as the
//! console's (`set_up`), with a life of its own; its token stands sealed in the outbox until the mail is
//! sent or given up.

use data_encoding::BASE64URL_NOPAD;
use shared::{AccountId, Millis};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::app::App;
use crate::random;
use crate::seal::{Keys, Place, Purpose, SealBroken};
use crate::secret::Link as ClearLink;
use crate::senders::SenderKind;
use crate::store::{LinkMail, NewLink, StoreError};

const HOUR_MS: i64 = 60 * 60_000;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Somebody is new.
    Invitation,
    /// Somebody has forgotten their password.
    Forgotten,
}

impl LinkKind {
    /// As in the outbox.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            LinkKind::Invitation => "invitation",
            LinkKind::Forgotten => "forgotten",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invitation, Self::Forgotten].into_iter().find(|kind| kind.as_str() == text)
    }

    /// How long it works, in milliseconds: a new colleague may be away for some days; who has forgotten
    /// a password sits before the page.
    #[must_use]
    pub const fn life_ms(self) -> i64 {
        match self {
            LinkKind::Invitation => 7 * 24 * HOUR_MS,
            LinkKind::Forgotten => HOUR_MS,
        }
    }
}

/// A link that was made and is not written down yet.
pub struct Link {
    kind: LinkKind,
    token: Zeroizing<String>,
    hash: Vec<u8>,
    until: Millis,
    /// Its mail: the row, and the token sealed for it.
    mail: Option<(Uuid, Vec<u8>)>,
}

/// Makes a link, with a mail where the account sends mails.
///
/// # Errors
/// When the database can't be read.
pub async fn make(app: &App, account: AccountId, kind: LinkKind) -> Result<Link, StoreError> {
    let now = app.clock.now();
    let token = Zeroizing::new(BASE64URL_NOPAD.encode(random::bytes::<32>().as_ref()));
    let hash = app.keys.hash(Purpose::SetUp, &[token.as_bytes()]);
    let mail = sends_mail(app, account).await?.then(|| {
        let id = random::id(now);
        (id, app.keys.seal(place(account, id), token.as_bytes()))
    });
    Ok(Link { kind, token, hash, until: now.plus(kind.life_ms()), mail })
}

/// Whether the account has a mail server that is on.
///
/// # Errors
/// When the database can't be read.
pub async fn sends_mail(app: &App, account: AccountId) -> Result<bool, StoreError> {
    Ok(app.store.sender_of(account, SenderKind::Mail).await?.is_some_and(|server| server.is_on))
}

impl Link {
    /// What the database keeps of it.
    #[must_use]
    pub fn row(&self) -> NewLink<'_> {
        let mail = self.mail.as_ref().map(|(id, token_sealed)| LinkMail {
            id: *id,
            token_sealed,
            about: self.kind.as_str(),
        });
        NewLink { hash: &self.hash, until: self.until, mail }
    }

    /// The link, for the admin who hands it over; `None` when a mail carries it.
    #[must_use]
    pub fn shown(self, app: &App) -> Option<Zeroizing<String>> {
        self.mail.is_none().then(|| address(&app.settings.server.origin, &self.token))
    }
}

/// The address that a token makes.
pub(super) fn address(origin: &str, token: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{}/set-up#{token}", origin.trim_end_matches('/')))
}

/// The link in a mail, for the moment of sending it.
///
/// # Errors
/// When it was sealed with another key or for another row.
pub fn open(
    keys: &Keys,
    account: AccountId,
    row: Uuid,
    sealed: &[u8],
    origin: &str,
) -> Result<ClearLink, SealBroken> {
    let token = Zeroizing::new(keys.open(place(account, row), sealed)?);
    let token = std::str::from_utf8(&token).map_err(|_| SealBroken)?;
    Ok(ClearLink::new(address(origin, token)))
}

fn place(account: AccountId, row: Uuid) -> Place<'static> {
    Place { account: account.0, kind: "set-up.token", row, bound_to: "" }
}
