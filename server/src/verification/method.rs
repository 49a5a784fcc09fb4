//! How a proof travels: one port, and an implementation for each carrier. What is sent was made up and
//! written down before; here it only leaves the house.

use std::time::Duration;

use async_trait::async_trait;
use shared::{AccountId, Channel, Code, CustomerId, DestinationKind, Millis, VerificationId};

use super::destination::Address;
use crate::brand::Brand;
use crate::duo::{Duo, DuoSettings, Push, PushInfo, username_of};
use crate::language::{Asks, Language, sms};
use crate::mail::Mailer;
use crate::outbound::{Answer, Mail, Mailbox, Refusal};
use crate::secret::{Link, SpokenCode};
use crate::sms::{Sms, Text};
use crate::store::{StoreError, Verification};

/// The technician waits for a mail server no longer than this; what comes of it then is unknown,
/// and the person will say.
const MAIL_PATIENCE: Duration = Duration::from_secs(12);

/// What is sent.
pub enum Challenge {
    /// To be read out.
    Code(SpokenCode),
    /// To be opened; the technician says two digits.
    Link(Link),
    /// To be approved.
    Push,
}

/// One message, with all that its words need.
pub struct Message<'a> {
    /// Which verification: a mail that is sent twice has one id.
    pub id: VerificationId,
    /// Whose.
    pub account: AccountId,
    /// For which customer.
    pub customer: CustomerId,
    /// To whom.
    pub to: &'a Address,
    /// Their name, for the greeting.
    pub name: &'a str,
    /// What.
    pub challenge: &'a Challenge,
    /// In whose name.
    pub brand: &'a Brand,
    /// In which language.
    pub language: Language,
    /// Which technician asks.
    pub by: &'a str,
    /// In which ticket, as people say it.
    pub ticket: Option<&'a str>,
    /// Whom they are to vouch for, where it is not themselves.
    pub vouching_for: Option<&'a str>,
    /// How long it can be answered, in milliseconds.
    pub life_ms: i64,
    /// Now.
    pub at: Millis,
}

/// A way in which a proof travels to a person.
#[async_trait]
pub trait VerificationMethod: Send + Sync {
    /// Whether anything can be sent this way, before something is made up and counted.
    ///
    /// # Errors
    /// When the database can't be read; what is missing is a refusal.
    async fn ready(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Result<(), Refusal>, StoreError>;

    /// Hands it over. Gives the carrier's id for it, where somebody has to ask what came of it.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn send(&self, message: &Message<'_>) -> Result<Answer<Option<String>>, StoreError>;
}

/// All of them.
#[derive(Clone)]
pub struct Methods {
    texts: Texts,
    mails: Mails,
    pushes: Pushes,
}

impl Methods {
    /// With the carriers.
    #[must_use]
    pub fn new(sms: Sms, mail: Mailer, duo: Duo) -> Self {
        Self { texts: Texts { sms }, mails: Mails { mail }, pushes: Pushes { duo } }
    }

    /// The customer's Duo: what it knows people by, where it is on.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn duo(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Option<DuoSettings>, StoreError> {
        self.pushes.duo.settings_of(account, customer).await
    }

    /// How a push stands, as soon as that is something new.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn push(&self, v: &Verification) -> Result<Answer<Push>, StoreError> {
        let duo = &self.pushes.duo;
        let Some(txid) = &v.provider_id else { return Ok(Answer::Done(Push::Unusable)) };
        Ok(match duo.of(v.account, v.customer).await? {
            Ok(tenant) => duo.status(&tenant, txid).await,
            Err(refusal) => Answer::Refused(refusal),
        })
    }

    /// The one that carries this channel.
    #[must_use]
    pub fn of(&self, channel: Channel) -> &dyn VerificationMethod {
        match channel.kind() {
            DestinationKind::Phone => &self.texts,
            DestinationKind::Email => &self.mails,
            DestinationKind::App => &self.pushes,
        }
    }
}

/// By text.
#[derive(Clone)]
struct Texts {
    sms: Sms,
}

#[async_trait]
impl VerificationMethod for Texts {
    async fn ready(
        &self,
        account: AccountId,
        _: CustomerId,
    ) -> Result<Result<(), Refusal>, StoreError> {
        Ok(self.sms.provider(account).await?.map(|_| ()))
    }

    async fn send(&self, message: &Message<'_>) -> Result<Answer<Option<String>>, StoreError> {
        let Message { brand, language, life_ms, .. } = *message;
        let provider = match self.sms.provider(message.account).await? {
            Ok(provider) => provider,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let (Address::Phone(phone), Some(body)) = (
            message.to,
            match message.challenge {
                Challenge::Code(code) => Some(sms::code(brand, language, code.expose())),
                Challenge::Link(link) => {
                    Some(sms::check_link(brand, language, link.expose(), life_ms))
                }
                Challenge::Push => None,
            },
        ) else {
            return Ok(Answer::Refused(Code::ChannelUnavailable.into()));
        };
        let text = Text {
            to: phone.e164(),
            from: brand.sender(),
            body,
            valid_for: life_ms / 1000,
            followed: false,
        };
        Ok(self.sms.send(&provider, &text).await.map(|_| None))
    }
}

/// By mail.
#[derive(Clone)]
struct Mails {
    mail: Mailer,
}

#[async_trait]
impl VerificationMethod for Mails {
    async fn ready(
        &self,
        account: AccountId,
        _: CustomerId,
    ) -> Result<Result<(), Refusal>, StoreError> {
        Ok(self.mail.sender(account).await?.map(|_| ()))
    }

    async fn send(&self, message: &Message<'_>) -> Result<Answer<Option<String>>, StoreError> {
        let sender = match self.mail.sender(message.account).await? {
            Ok(sender) => sender,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let Address::Mail(address) = message.to else {
            return Ok(Answer::Refused(Code::ChannelUnavailable.into()));
        };
        let asks = Asks {
            brand: message.brand.name(),
            name: message.name,
            by: message.by,
            life_ms: message.life_ms,
        };
        let letter = match message.challenge {
            Challenge::Code(code) => message.language.mail_with_code(&asks, code.expose()),
            Challenge::Link(link) => message.language.mail_with_link(&asks, link.expose()),
            Challenge::Push => return Ok(Answer::Refused(Code::ChannelUnavailable.into())),
        };
        let mail = Mail {
            id: message.id.0,
            from: sender.from(message.brand.name().to_owned()),
            to: Mailbox { name: message.name.to_owned(), address: address.clone() },
            subject: letter.subject,
            body: letter.body,
            at: message.at,
        };
        let sent = tokio::time::timeout(MAIL_PATIENCE, self.mail.send(&sender, &mail)).await;
        Ok(sent.unwrap_or(Answer::Unknown(None)).map(|()| None))
    }
}

/// By Duo's app.
#[derive(Clone)]
struct Pushes {
    duo: Duo,
}

#[async_trait]
impl VerificationMethod for Pushes {
    async fn ready(
        &self,
        account: AccountId,
        customer: CustomerId,
    ) -> Result<Result<(), Refusal>, StoreError> {
        Ok(self.duo.of(account, customer).await?.map(|_| ()))
    }

    async fn send(&self, message: &Message<'_>) -> Result<Answer<Option<String>>, StoreError> {
        let tenant = match self.duo.of(message.account, message.customer).await? {
            Ok(tenant) => tenant,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let Address::Person(person) = message.to else {
            return Ok(Answer::Refused(Code::ChannelUnavailable.into()));
        };
        let Some(username) = username_of(&tenant.settings, person) else {
            return Ok(Answer::Refused(Code::DuoPersonUnknown.into()));
        };
        // Whom Duo would let in without asking proves nothing: that is told before.
        if let Err(other) = self.duo.preauth(&tenant, &username).await.done::<Option<String>>() {
            return Ok(other);
        }
        let Message { by, ticket, vouching_for, .. } = *message;
        let info = PushInfo { by, brand: message.brand.name(), ticket, vouching_for };
        Ok(self.duo.push(&tenant, &username, "auto", &info).await.map(Some))
    }
}
