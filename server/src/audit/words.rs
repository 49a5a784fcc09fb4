//! The audit in words: one sentence for each act, with who, whom and what; what else is known; why not,
//! and what to do. Pure: names are handed in.

use std::collections::{HashMap, HashSet};

use shared::{Channel, Code};
use uuid::Uuid;

use super::{Act, Entry};
use crate::verification;

/// What ids are called. One that is not among them was erased.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<Uuid, String>);

/// In place of a name that was erased.
pub const ERASED: &str = "(erased)";

impl From<HashMap<Uuid, String>> for Names {
    fn from(names: HashMap<Uuid, String>) -> Self {
        Self(names)
    }
}

impl Names {
    /// What this is called.
    #[must_use]
    pub fn of(&self, id: Uuid) -> &str {
        self.0.get(&id).map_or(ERASED, String::as_str)
    }

    /// What this is called, where that is known.
    #[must_use]
    pub fn known(&self, id: Uuid) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }

    /// The ids of these that have no name here yet.
    #[must_use]
    pub fn missing(&self, ids: impl IntoIterator<Item = Uuid>) -> Vec<Uuid> {
        let wanted: HashSet<Uuid> = ids.into_iter().filter(|id| !self.0.contains_key(id)).collect();
        wanted.into_iter().collect()
    }

    /// More names.
    pub fn add(&mut self, names: HashMap<Uuid, String>) {
        self.0.extend(names);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The ids in an entry that have names.
pub fn ids(entry: &Entry) -> impl Iterator<Item = Uuid> {
    let told = entry.about.as_deref().unwrap_or_default().split_whitespace().filter_map(id_in);
    [
        entry.technician.map(|id| id.0),
        entry.customer.map(|id| id.0),
        entry.contact.map(|id| id.0),
        entry.ticket.map(|id| id.0),
        entry.integration.map(|id| id.0),
    ]
    .into_iter()
    .flatten()
    .chain(told)
}

/// An id among words, whatever sentence mark stands behind it.
fn id_in(word: &str) -> Option<Uuid> {
    let bare = word.trim_end_matches([',', '.', ';', ':']);
    (bare.len() == 36).then(|| bare.parse().ok()).flatten()
}

/// An entry in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What happened, in a sentence.
    pub what: String,
    /// What else is known: a masked destination, the other side's ids.
    pub detail: Option<String>,
    /// Why not.
    pub why: Option<&'static str>,
    /// What to do about it.
    pub next: Option<&'static str>,
}

/// Tells an entry.
#[must_use]
pub fn said(entry: &Entry, names: &Names) -> Said {
    let name = |id: Option<Uuid>, nobody: &str| {
        id.map_or_else(|| nobody.to_owned(), |id| names.of(id).to_owned())
    };
    let who = name(entry.technician.map(|id| id.0), "Password Reset");
    let contact = name(entry.contact.map(|id| id.0), "a person");
    let customer = name(entry.customer.map(|id| id.0), "the account");
    let integration = name(entry.integration.map(|id| id.0), "an integration");
    let what = fill(sentence(entry.act), |place| match place {
        "who" => who.clone(),
        "contact" => contact.clone(),
        "customer" => customer.clone(),
        "integration" => integration.clone(),
        _ => String::new(),
    });
    let words = entry.code.map(Code::words);
    Said {
        what,
        detail: entry.about.as_deref().map(|about| detail(about, names)),
        why: words.as_ref().map(|words| words.what),
        next: words.map(|words| words.next),
    }
}

/// Puts values in the places of a sentence; what a value says is not looked at again.
fn fill(sentence: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = sentence.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap_or((part, ""));
        text.push_str(&value(place));
        text.push_str(rest);
    }
    text
}

/// What else an entry says: ids with their names, a channel as people call it.
fn detail(about: &str, names: &Names) -> String {
    let word = |(place, word): (usize, &str)| {
        let channel = Channel::ALL.into_iter().find(|it| place == 0 && it.as_str() == word);
        if let Some(channel) = channel {
            return verification::by(channel).to_owned();
        }
        match id_in(word).and_then(|id| names.known(id)) {
            Some(name) => format!("{name}{}", &word[36..]),
            None => word.to_owned(),
        }
    };
    about.split(' ').enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// What happened, with places for names.
const fn sentence(act: Act) -> &'static str {
    match act {
        Act::Imported => "People, customers or connections were imported.",
        Act::SignedIn => "{who} signed in.",
        Act::SecondFactorConfirmed => "{who} confirmed with another code that it is them.",
        Act::SsoConfirmed => "Single sign-on confirmed {who}.",
        Act::SsoLinked => "{who} linked their single sign-on.",
        Act::SsoUnlinked => "{who} took away whom somebody is at the single sign-on.",
        Act::AuthenticatorReplaced => "{who} put another authenticator in the place of theirs.",
        Act::AuthenticatorTaken => "{who} took somebody’s authenticator away.",
        Act::RecoveryCodesMade => "{who} made new recovery codes.",
        Act::RecoveryCodeUsed => "{who} signed in with a recovery code.",
        Act::PasswordChanged => "{who} changed their password.",
        Act::PasswordForgotten => "A link was asked for, because a password is forgotten.",
        Act::SessionsEnded => "{who} ended sessions.",
        Act::PersonInvited => "{who} invited a technician.",
        Act::InvitationWithdrawn => "{who} withdrew an invitation.",
        Act::SecondFactorForced => "{who} changed whether everybody needs a second factor.",
        Act::PersonChanged => "{who} changed what a technician is or may do.",
        Act::PersonRemoved => "{who} removed a technician.",
        Act::CustomerGiven => "{who} gave a technician {customer}.",
        Act::CustomerTaken => "{who} took {customer} from a technician.",
        Act::SignInRefused => "A sign-in as {who} was refused.",
        Act::SignedOut => "{who} signed out.",
        Act::FramePaired => "{who} let a frame of {integration} in by their own sign-in.",
        Act::PairingRefused => "{who} said that a frame that asked was not theirs.",
        Act::FrameReplayed => "A frame’s old cookie came again: its session was ended.",
        Act::FrameEnded => "Somebody else signed in to the host: the frame’s session was ended.",
        Act::PersonLinked => "A person of {integration} was linked to {who}.",
        Act::PersonUnlinked => "{who} took away whom a person of {integration} is here.",
        Act::CompanyMapped => {
            "{who} said which customer a company of {integration} is: {customer}."
        }
        Act::PsaListed => {
            "{who} had tickets and contacts of {integration} listed on our own pages."
        }
        Act::PsaUnlisted => "{who} took tickets and contacts of {integration} off our own pages.",
        Act::ContactsImported => "{who} imported contacts.",
        Act::ContactSyncOn => "{who} had people of {integration} listed as contacts.",
        Act::ContactSyncOff => "{who} stopped the listing of people of {integration}.",
        Act::ContactsSynced => "Contacts were brought into step with {integration}.",
        Act::SetUpLinkMade => "A set-up link was made.",
        Act::SetUpDone => "{who} used their set-up link: a password was set.",
        Act::AuthenticatorEnrolled => "{who} enrolled an authenticator.",
        Act::VerificationSent => "{who} asked {contact} to prove who they are.",
        Act::VerificationUnsent => "The question to {contact} could not be sent.",
        Act::VerificationDone => "{contact} proved who they are.",
        Act::VerificationWrong => "A wrong answer was given for {contact}.",
        Act::VerificationDenied => "{contact} said that it was not them who called.",
        Act::VerificationExpired => "{contact} did not answer in time.",
        Act::CardChanged => "The numbers on {contact}’s card are others than before.",
        Act::ApprovalAsked => "{who} asked a second technician to approve a reset for {contact}.",
        Act::ApprovalGiven => "{who} approved the reset for {contact}.",
        Act::ApprovalRefused => "{who} refused to approve the reset for {contact}.",
        Act::PolicyChanged => "{who} changed the policy of {customer}.",
        Act::IntegrationAdded => "{who} connected {integration}.",
        Act::IntegrationChanged => "{who} changed {integration}.",
        Act::IntegrationMoved => "{who} led {integration} to another place or application.",
        Act::CredentialReplaced => "{who} replaced the credential of {integration}.",
        Act::CertificateMade => "{who} made a certificate for {integration}.",
        Act::IntegrationSwitchedOn => "{who} switched {integration} on.",
        Act::IntegrationSwitchedOff => "{who} switched {integration} off.",
        Act::IntegrationDeleted => "{who} deleted {integration}.",
        Act::IntegrationTested => "{who} tested {integration}.",
        Act::SelfTestBegun => {
            "{who} tried a password that is too short on a test person of {integration}; nothing changes by it."
        }
        Act::IntegrationFailing => "{integration} does not work any more.",
        Act::IntegrationWorks => "{integration} works again.",
        Act::IntegrationExpiring => "The credential of {integration} is about to end.",
        Act::BrandChanged => "{who} changed the branding of {customer}.",
        Act::DirectoryLinked => "{contact} was found in Microsoft Entra.",
        Act::DirectoryLost => "{contact} is no longer found in Microsoft Entra.",
        Act::PhoneSeen => "The phone that {contact} has registered was seen for the first time.",
        Act::PhoneChanged => "The phone that {contact} has registered is another one than before.",
        Act::ResetAsked => "{who} asked for a reset of {contact}’s password.",
        Act::ResetApplying => "Microsoft is asked to set the new password.",
        Act::ResetAnswered => "Microsoft did not say yes.",
        Act::ResetApplied => "Microsoft has set the new password of {contact}.",
        Act::ResetRefused => "The reset for {contact} was refused; the old password stands.",
        Act::ResetStuck => {
            "The reset for {contact} is in doubt: Microsoft has the old password or the new one."
        }
        Act::ResetCompleted => "The reset is complete: everything was sent or given up.",
        Act::ResetGivenUp => "{who} gave up the reset for {contact}.",
        Act::ResetSuperseded => "A newer reset of the same person took this one’s place.",
        Act::PasswordResealed => {
            "Microsoft refused the password as too simple: another one was made."
        }
        Act::TextSent => "The link was texted to {contact}.",
        Act::TextFailed => "A text did not get through.",
        Act::TextDelivered => "The text was delivered.",
        Act::TextAskedAgain => "{who} had the same link texted again.",
        Act::LinkReplaced => "{who} had a new link made for {contact}; the one before it is dead.",
        Act::NoteWritten => "The ticket has its note.",
        Act::NoteFailed => "The note could not be written into the ticket.",
        Act::SessionsRevoked => "Microsoft signed {contact} out everywhere.",
        Act::SessionsNotRevoked => "Microsoft did not sign {contact} out everywhere.",
        Act::NoticeSent => "{contact} was told of the reset on another phone.",
        Act::NoticeFailed => "The notice to {contact}’s other phone was given up.",
        Act::NobodyToTell => "A notification had nobody to go to.",
        Act::MailSent => "A notification mail was sent.",
        Act::MailFailed => "A notification mail was given up.",
        Act::Braked => "{who} was stopped by the account’s brake: too many resets in a short time.",
        Act::ShareMade => "{who} made a link that stands by itself.",
        Act::ShareOpened => "The link was opened: {contact} has the password.",
        Act::ShareUnlockWrong => "A wrong unlock code was entered for the link.",
        Act::ShareLocked => "Five wrong unlock codes closed the link.",
        Act::ShareLateAttempt => "Another device tried the link after it was opened.",
        Act::ShareExpired => "The link expired unopened.",
        Act::ShareRevoked => "The link was revoked.",
        Act::AuditExported => "{who} exported entries of this audit.",
        Act::KeyMade => "{who} made an API key for a program.",
        Act::KeyRevoked => "{who} revoked an API key.",
        Act::KeyUsed => "A program came in with its API key.",
        Act::WebhookAdded => "{who} added a webhook: what happens here is told elsewhere.",
        Act::WebhookChanged => "{who} changed what a webhook tells.",
        Act::WebhookMoved => "{who} led a webhook to another address; it has a new signing key.",
        Act::WebhookRekeyed => "{who} made a new signing key for a webhook.",
        Act::WebhookSwitchedOn => "{who} switched a webhook on.",
        Act::WebhookSwitchedOff => "{who} switched a webhook off.",
        Act::WebhookDeleted => "{who} deleted a webhook, with its signing key.",
    }
}

#[cfg(test)]
mod tests {
    use shared::{ContactId, TechnicianId};

    use super::super::facets::tests::all_acts;
    use super::*;

    const ANN: Uuid = Uuid::from_u128(1);
    const CARL: Uuid = Uuid::from_u128(2);

    fn names() -> Names {
        Names::from(HashMap::from([(ANN, "Ann".to_owned()), (CARL, "Carl {who}".to_owned())]))
    }

    #[test]
    fn every_act_has_one_sentence_of_its_own() {
        let mut sentences = HashSet::new();
        for (name, act) in all_acts() {
            let what = said(&Entry::new(act), &names()).what;
            assert!(what.ends_with('.') && !what.contains(['{', '}']), "{name}: {what}");
            assert!(sentences.insert(what.clone()), "{name}: {what} is another act's too");
        }
    }

    #[test]
    fn names_stand_in_their_places_and_nowhere_else() {
        let entry = Entry {
            contact: Some(ContactId(CARL)),
            ..Entry::new(Act::ResetAsked)
                .by(TechnicianId(ANN))
                .because(Code::Brake)
                .about(format!("sms-code to •••• 23, vouched for by {ANN}, and {}", Uuid::nil()))
        };
        let told = said(&entry, &names());
        assert_eq!(told.what, "Ann asked for a reset of Carl {who}’s password.");
        let detail = told.detail.unwrap();
        assert!(detail.starts_with("Code by text to •••• 23, vouched for by Ann, and 0000"));
        assert_eq!(told.why, Some(Code::Brake.words().what));
        assert!(told.next.is_some());
        let wanted: HashSet<Uuid> = ids(&entry).collect();
        assert_eq!(wanted, HashSet::from([ANN, CARL, Uuid::nil()]));
        // Erased: the entry stays, the name does not.
        let erased = said(&entry, &Names::default());
        assert_eq!(erased.what, "(erased) asked for a reset of (erased)’s password.");
    }
}
