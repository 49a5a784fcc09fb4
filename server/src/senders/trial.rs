//! Testing what carries texts and mails: with nothing but a question first, then with a text or a mail to
//! whoever tests.

use shared::{AccountId, Code, Finding};
use zeroize::Zeroizing;

use super::{SenderKind, Senders};
use crate::brand::Sender;
use crate::denied::Denied;
use crate::integration::NotDone;
use crate::outbound::{Answer, Mail, Mailbox};
use crate::random;
use crate::sms::{Provider, Text};
use crate::store::{Integration, Session, Tested};

/// Tests that send something, of one account in [`WINDOW_MS`]: each costs money or goodwill.
const MOST: i64 = 10;
const WINDOW_MS: i64 = 60 * 60_000;
/// A test text that takes longer than this tells nobody anything.
const VALID_FOR_S: i64 = 600;

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderTest {
    /// Why it does not work; `None` when it does, as far as asking tells.
    pub broken: Option<Finding>,
    /// What came of the text or mail that was sent, where one was to be.
    pub sent: Option<Result<(), Finding>>,
}

impl SenderTest {
    fn broken(finding: Finding) -> Self {
        Self { broken: Some(finding), sent: None }
    }

    /// For the audit.
    fn in_short(&self) -> &'static str {
        match (&self.broken, &self.sent) {
            (Some(_), _) => "does not work",
            (None, None) => "works",
            (None, Some(Ok(()))) => "works, a test was sent",
            (None, Some(Err(_))) => "works, a test could not be sent",
        }
    }

    fn code(&self) -> Option<Code> {
        let sent = self.sent.as_ref().and_then(|sent| sent.as_ref().err());
        self.broken.as_ref().or(sent).map(|finding| finding.code)
    }
}

impl Senders {
    /// Asks Twilio whether it takes the keys; where a number is given, a text goes there. One that is
    /// switched off is tested too.
    ///
    /// # Errors
    /// `NotFound`; a number that can't be right; too many tests; what [`Senders::may_change`] refuses.
    pub async fn test_sms(&self, who: &Session, number: &str) -> Result<SenderTest, NotDone> {
        self.may_change(who)?;
        let to = match number.trim() {
            "" => None,
            typed => match Sender::parse(typed) {
                Ok(Sender::Number(to)) => Some(to),
                _ => {
                    let detail =
                        "Write the number with + and the country code, such as +12065550123.";
                    return Err(NotDone::field("number", detail));
                }
            },
        };
        let row = self.there(who, SenderKind::Sms).await?;
        let test = match self.sms.open(&row).await? {
            Err(refusal) => SenderTest::broken(finding_of(refusal)),
            Ok(provider) => self.try_sms(who.technician.account, &provider, to.as_deref()).await?,
        };
        self.note(who, &row, &test).await?;
        Ok(test)
    }

    async fn try_sms(
        &self,
        account: AccountId,
        provider: &Provider,
        to: Option<&str>,
    ) -> Result<SenderTest, NotDone> {
        if let Err(broken) = finding(self.sms.check(provider).await, Code::SmsUnavailable) {
            return Ok(SenderTest::broken(broken));
        }
        let Some(to) = to else { return Ok(SenderTest { broken: None, sent: None }) };
        self.count(account).await?;
        let brand = self.store.brand(account, None).await?;
        let body = format!("{}: this is a test. Texts of the password reset work.", brand.name());
        let text = Text {
            to,
            from: brand.sender(),
            body: Zeroizing::new(crate::gsm::plain(&body)),
            valid_for: VALID_FOR_S,
            followed: false,
        };
        let sent = finding(self.sms.send(provider, &text).await, Code::SmsUnavailable);
        Ok(SenderTest { broken: None, sent: Some(sent.map(|_| ())) })
    }

    /// Sends a mail to whoever tests, at the address that they sign in with.
    ///
    /// # Errors
    /// `NotFound`; too many tests; what [`Senders::may_change`] refuses.
    pub async fn test_mail(&self, who: &Session) -> Result<SenderTest, NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        let row = self.there(who, SenderKind::Mail).await?;
        let test = match self.mail.open(&row).await? {
            Err(refusal) => SenderTest::broken(finding_of(refusal)),
            Ok(sender) => {
                self.count(account).await?;
                let (brand, at) = (self.store.brand(account, None).await?, self.clock.now());
                let to = &who.technician;
                let mail = Mail {
                    id: random::id(at),
                    from: sender.from(brand.name().to_owned()),
                    to: Mailbox { name: to.name.clone(), address: to.email.clone() },
                    subject: "A test of your mail server".into(),
                    body: "Mails of the password reset work. You asked for this one in Settings, \
                           Integrations, Mail.\n"
                        .into(),
                    at,
                };
                match finding(self.mail.send(&sender, &mail).await, Code::MailUnavailable) {
                    Ok(()) => SenderTest { broken: None, sent: Some(Ok(())) },
                    Err(broken) => SenderTest::broken(broken),
                }
            }
        };
        self.note(who, &row, &test).await?;
        Ok(test)
    }

    /// Counts a test that sends something, before it does.
    async fn count(&self, account: AccountId) -> Result<(), NotDone> {
        let now = self.clock.now();
        let name = format!("sender test {account}");
        let (count, since) = self.store.count_attempt(&name, now, WINDOW_MS).await?;
        if count <= MOST {
            return Ok(());
        }
        let left = since.plus(WINDOW_MS).since(now).max(0) / 1000 + 1;
        let retry_after = u32::try_from(left).unwrap_or(u32::MAX);
        Err(NotDone::Denied(Denied::Limit { retry_after }))
    }

    async fn note(
        &self,
        who: &Session,
        row: &Integration,
        test: &SenderTest,
    ) -> Result<(), NotDone> {
        let (account, by, now) = (who.technician.account, who.technician.id, self.clock.now());
        let tested = Tested { code: test.code(), about: test.in_short() };
        Ok(self.store.note_sender_test(account, by, now, row, tested).await?)
    }
}

fn finding_of(refusal: crate::outbound::Refusal) -> Finding {
    Finding { code: refusal.code, about: refusal.about }
}

/// What came of a call, where no answer is one as well.
fn finding<T>(answer: Answer<T>, silent: Code) -> Result<T, Finding> {
    match answer {
        Answer::Done(done) => Ok(done),
        Answer::Refused(refusal) => Err(finding_of(refusal)),
        Answer::Later(_) | Answer::Unknown(_) => Err(silent.into()),
    }
}
