//! The one place that turns a code into words. Both the API’s replies and the pod’s screens use
//! it, so that the confirmation and the refusal after the click read the same.

mod checks;
mod hosts;

use crate::Code;

/// For a code without words: there is none, which a test sees to.
const UNKNOWN: (&str, &str) = ("Something is not as it should be.", "Try again.");

/// What happened, and what the technician does next. Whole sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// What happened.
    pub what: &'static str,
    /// What to do next.
    pub next: &'static str,
}

impl Code {
    /// The words for a technician.
    #[must_use]
    pub const fn words(self) -> Words {
        let (what, next) = match self {
            Code::BadRequest => {
                ("The request could not be read.", "Reload the page and try again.")
            }
            Code::InvalidFields => (
                "Something that you entered can’t be right.",
                "Look at the fields that are marked.",
            ),
            Code::ChangedMeanwhile => (
                "Somebody else has changed this in the meantime.",
                "Nothing of yours was saved. Reload the page and look at what is there now.",
            ),
            Code::NotSignedIn => ("You are not signed in.", "Sign in and come back to this page."),
            Code::WrongSignIn => (
                "The e-mail address, password or code is wrong.",
                "Check them and try again; a code can be used once and lives for 30 seconds.",
            ),
            Code::SecondFactorNeeded => (
                "Your second factor is missing or too old. Resets take one of the last 12 hours, settings of the last hour.",
                "Sign in with the code from your authenticator, then come back.",
            ),
            Code::Forbidden => (
                "Your role does not allow this.",
                "Ask an admin of your account to do it or to change your permissions.",
            ),
            Code::OriginRefused => (
                "The request did not come from this product’s own pages.",
                "Open the page again from its usual address.",
            ),
            Code::NotFound => (
                "This does not exist, or it is not yours to see.",
                "Check the link, or go back to the list.",
            ),
            Code::IdTaken => (
                "This request was already made with other contents.",
                "Reload the page and start again.",
            ),
            Code::TooLarge => ("The request is too large.", "Shorten it and try again."),
            Code::TooMany => ("Too many attempts.", "Wait a minute, then try again."),
            Code::Internal => (
                "Something went wrong on our side.",
                "Nothing was lost. Try again; if it stays, give your operator the request id.",
            ),
            Code::LinkDead => {
                ("This link does not work any more.", "Call your help desk and ask for a new one.")
            }
            Code::UnlockWrong => {
                ("That is not the unlock code.", "Ask your help desk to read it out again.")
            }
            Code::M365Missing => (
                "This customer has no Microsoft 365 connection.",
                "Ask an admin to connect the customer’s tenant.",
            ),
            Code::M365Moved => (
                "This customer’s Microsoft 365 connection is not the one that the reset was asked for.",
                "An admin has changed it meanwhile. Start a new reset.",
            ),
            Code::M365SecretWrong => (
                "Microsoft refused the client secret of this customer’s app registration.",
                "Ask an admin to paste the secret’s value (not its id) again.",
            ),
            Code::M365SecretExpired => (
                "The client secret of this customer’s app registration has expired.",
                "Ask an admin to create a new one in the customer’s tenant and save it here.",
            ),
            Code::M365Off => (
                "The Microsoft 365 connection of this customer is switched off.",
                "Ask an admin to switch it on again in Settings, Integrations.",
            ),
            Code::M365Taken => (
                "This customer has a Microsoft 365 connection already.",
                "Change the one that is there, or delete it first.",
            ),
            Code::M365CertificateWrong => (
                "Microsoft refused the certificate of this customer’s app registration.",
                "Ask an admin to upload the certificate that is shown in Settings, and to check that it has not ended.",
            ),
            Code::M365AppDisabled => (
                "The app registration is switched off in this customer’s tenant.",
                "Ask an admin to let it sign in again: Entra, Enterprise applications, Properties.",
            ),
            Code::M365Blocked => (
                "A policy of this customer’s tenant keeps our application out.",
                "Ask an admin to look at Conditional Access for workload identities in Entra.",
            ),
            Code::M365CloudWrong => (
                "This customer’s tenant is in another Microsoft cloud.",
                "Ask an admin to choose the right cloud in Settings.",
            ),
            Code::M365AppUnknown => (
                "The app registration is not known in this customer’s tenant.",
                "Ask an admin to check the application (client) id and the tenant id.",
            ),
            Code::M365TenantUnknown => (
                "Microsoft does not know this tenant.",
                "Ask an admin to check the directory (tenant) id and the cloud.",
            ),
            Code::M365PermissionMissing => (
                "The app registration lacks a permission.",
                "Ask an admin to grant it in Entra and to give admin consent.",
            ),
            Code::SessionsPermission => (
                "The app registration lacks User.RevokeSessions.All.",
                "Ask an admin to grant it in Entra with admin consent; until then, revoke sessions on the person’s page there.",
            ),
            Code::M365RoleMissing => (
                "This customer’s tenant wants a directory role for setting passwords, beside the permission.",
                "Ask an admin to give the app registration the role Password Administrator in Entra.",
            ),
            Code::M365LicenceUnknown => (
                "Microsoft does not tell whether this person may become an administrator.",
                "This person can’t be reset here for now. Ask an admin to test the connection in Settings; it says what is missing.",
            ),
            Code::M365OwnersUnknown => (
                "Microsoft does not tell which applications and groups this person owns.",
                "Use the customer’s own portal this time, and tell an admin.",
            ),
            Code::MicrosoftUnavailable => (
                "Microsoft does not answer right now.",
                "Nothing was changed. Try again in a minute.",
            ),
            Code::MicrosoftRefused => (
                "Microsoft refused the request.",
                "Ask an admin to look at the audit entry, which names Microsoft’s request id.",
            ),
            Code::PersonNotFound => (
                "Nobody in this customer’s Microsoft 365 has the contact’s e-mail address.",
                "Correct the contact’s e-mail address, or ask an admin.",
            ),
            Code::PersonAmbiguous => (
                "Two people in this customer’s Microsoft 365 match the contact’s e-mail address.",
                "Ask an admin to link the contact to the right one.",
            ),
            Code::PersonNoAddress => (
                "The contact has no e-mail address.",
                "Add the address that the person signs in with to the contact.",
            ),
            Code::PersonPrivileged => (
                "This person is, or can become, an administrator.",
                "Administrators can’t be reset here. Use the customer’s own procedure for administrators.",
            ),
            Code::PersonProtected => (
                "This person is in the group that the customer has protected.",
                "Nobody in it is reset here. Use the customer’s own procedure for these people.",
            ),
            Code::PersonSynced => (
                "This person comes from an on-premises directory.",
                "Reset the password in the customer’s Active Directory; a change in the cloud would be overwritten.",
            ),
            Code::PersonFederated => (
                "This person signs in through another identity provider.",
                "Reset the password there; Microsoft does not hold it.",
            ),
            Code::PersonGuest => (
                "This person is a guest in this tenant.",
                "Only their own organisation can reset the password.",
            ),
            Code::PersonDisabled => (
                "This person’s sign-in is blocked.",
                "Check whether they have left. If not, have the account enabled first.",
            ),
            Code::PersonResource => (
                "This is a room, an equipment or a shared mailbox, not a person.",
                "Nobody signs in with it. Check the contact’s e-mail address.",
            ),
            Code::PersonRestricted => (
                "This person is under restricted management.",
                "Ask the customer’s administrators of that unit.",
            ),
            Code::NoPhone => (
                "Microsoft has no mobile phone registered for this person.",
                "Nothing can be texted. The person’s administrator can register one in Entra under authentication methods.",
            ),
            Code::PhoneChanged => (
                "The phone registered at Microsoft is no longer the one that was shown.",
                "Make sure the change was wanted, then verify the caller again.",
            ),
            Code::PreflightStale => {
                ("The confirmation is too old.", "Close it, open it again and check what it says.")
            }
            Code::SmsMissing => ("No SMS provider is connected.", "Ask an admin to connect one."),
            Code::SmsCredentials => (
                "The SMS provider refused our credentials.",
                "Ask an admin to check the SMS connection.",
            ),
            Code::SmsUnavailable => {
                ("The SMS provider does not answer right now.", "Try again in a minute.")
            }
            Code::SmsNotSetUp => (
                "The SMS provider is not set up to text this number.",
                "Ask an admin to check the sender, its registration and the allowed regions at the provider.",
            ),
            Code::SmsNumber => (
                "This number can’t receive texts.",
                "It may be a landline. Use another phone; the person needs a mobile phone registered at Microsoft.",
            ),
            Code::SmsOptedOut => (
                "This number has replied STOP to our texts.",
                "Ask the person to text START to the sender’s number, then send again; or use another phone.",
            ),
            Code::SmsBlocked => (
                "The carrier blocked the text.",
                "It will most likely block it again. Use another phone, and tell an admin: the sender may need to be registered.",
            ),
            Code::SmsUndelivered => (
                "The carrier did not deliver the text.",
                "Check that the phone is on and has signal, then send again; or use another phone.",
            ),
            Code::MailMissing => ("No mail server is connected.", "Ask an admin to connect one."),
            Code::MailCredentials => (
                "The mail server refused our credentials.",
                "Ask an admin to check the mail connection’s user and password.",
            ),
            Code::MailUnavailable => (
                "The mail server did not answer for a day.",
                "Ask an admin to check the mail connection.",
            ),
            Code::MailTls => (
                "The mail server offers no encryption that proves who it is.",
                "Ask an admin to check host, port and TLS; a private certificate authority belongs in outbound.ca_file.",
            ),
            Code::MailHost => (
                "The mail server’s address is not a public one.",
                "Ask your operator to list it in outbound.allow.",
            ),
            Code::MailAddress => (
                "The mail server refused the recipient’s address.",
                "Check the address on the contact’s or the technician’s card.",
            ),
            Code::MailRefused => (
                "The mail server refused the mail.",
                "Ask an admin to check whether the sender’s address may be used with this mail server.",
            ),
            Code::ResetUnderWay => {
                ("Another reset for this person is under way.", "Wait until it has ended.")
            }
            Code::PasswordRefused => (
                "Microsoft refused every password we proposed.",
                "Nothing was changed. Ask an admin to look at the tenant’s password rules.",
            ),
            Code::TooLate => (
                "The reset could not be done within ten minutes.",
                "Nothing was changed. Start again.",
            ),
            Code::InDoubt => (
                "We can’t tell whether Microsoft took the new password.",
                "Verify the caller again and use Password Reset: that sets another password and ends this one. Or give up.",
            ),
            Code::LinkMoved => (
                "The link has changed since you looked: it was opened, ended or replaced.",
                "Look at what the reset shows now, and start again if it is still needed.",
            ),
            Code::GivenUp => (
                "This reset was given up.",
                "Nobody has this password. Reset it again when the person needs one.",
            ),
            Code::LimitReached => (
                "The limit for texts or resets is reached.",
                "Wait, or ask an admin whether the limit is right.",
            ),
            Code::AccountOff => ("This account is switched off.", "Ask your operator."),
            Code::CustomerOff => ("Resets for this customer are switched off.", "Ask an admin."),
            Code::Brake => (
                "Resets are stopped: there were more in the last hour than this account allows.",
                "Wait an hour, and tell an admin: so many resets may be an attack.",
            ),
            other => match (checks::words(other), hosts::words(other)) {
                (Some(words), _) | (None, Some(words)) => words,
                (None, None) => UNKNOWN,
            },
        };
        Words { what, next }
    }
}
