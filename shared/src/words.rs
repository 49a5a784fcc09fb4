//! The one place that turns a code into words. Both the API’s replies and the pod’s screens use
//! it, so that the confirmation and the refusal after the click read the same.

use crate::Code;

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
                "Your second factor is more than 12 hours old.",
                "Sign in again with the code from your authenticator, then come back.",
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
            Code::NotVerified => (
                "The caller has not been verified.",
                "Send a code to the phone that Microsoft has registered and enter what the caller reads out.",
            ),
            Code::VerificationStale => (
                "The verification is too old.",
                "Send a new code; a verification counts for a few minutes only.",
            ),
            Code::VerificationNotAccepted => (
                "The way the caller was verified is not accepted for a password reset.",
                "Send a code to the phone that Microsoft has registered.",
            ),
            Code::VerificationUsed => {
                ("This verification was already used for a reset.", "Verify the caller again.")
            }
            Code::VerificationElsewhere => (
                "The caller was verified in another ticket or by another technician.",
                "Verify the caller again here; it shows in the history below.",
            ),
            Code::VerificationVoid => (
                "The contact or the registered phone has changed since the verification.",
                "Make sure the change was wanted, then verify the caller again.",
            ),
            Code::CodeWrong => ("That is not the code.", "Ask the caller to read it out again."),
            Code::CodeExpired => ("The code has expired.", "Send a new code."),
            Code::CodeTriesSpent => (
                "Too many wrong codes.",
                "This code no longer works. Send a new one, and be careful: a caller who guesses is not your caller.",
            ),
            Code::CodeReplaced => ("A newer code was sent.", "Ask the caller for the newest code."),
            Code::DestinationUnknown => (
                "This phone or address does not belong to the contact.",
                "Reload the page to see the current ones.",
            ),
            Code::ChannelUnavailable => (
                "This way of sending is not available here.",
                "Use the phone that Microsoft has registered.",
            ),
            Code::ChannelOff => (
                "Your policy does not have this way of verifying.",
                "Choose another one, or ask an admin to allow it.",
            ),
            Code::CountryOff => (
                "Your policy sends no texts to this number’s country.",
                "Verify in another way, or ask an admin to add the country.",
            ),
            Code::CallerDenied => (
                "The person says that they did not call.",
                "End the call. Somebody may be posing as them: tell your lead, and ring the person on a number that you know.",
            ),
            Code::VouchingOff => (
                "Your policy lets nobody vouch for somebody else.",
                "Verify the caller, or ask an admin.",
            ),
            Code::VoucherUnfit => (
                "This person may not vouch for the caller.",
                "Choose their manager at Microsoft or one of the approvers that your policy names.",
            ),
            Code::NoteMissing => (
                "Vouching needs a note.",
                "Write why somebody else vouches; it goes on the record.",
            ),
            Code::SameNumber => (
                "The number that verified the caller would also get the link.",
                "Verify in another way, such as Duo, or have a second technician approve where the policy asks for one.",
            ),
            Code::ApprovalNeeded => (
                "This person is in a protected group: another technician has to approve.",
                "Ask for approval; a colleague answers in this ticket or under Approvals.",
            ),
            Code::ApprovalAwaited => (
                "Another technician has not approved this reset yet.",
                "A colleague answers in this ticket or under Approvals.",
            ),
            Code::ApprovalRefused => {
                ("Another technician refused this reset.", "Speak to them. You can ask again.")
            }
            Code::ApprovalOwn => (
                "Nobody approves what they have asked for themselves.",
                "Ask a colleague who may reset passwords.",
            ),
            Code::ApprovalOver => (
                "This was answered already, has run out or was used.",
                "Ask for approval again if it is still wanted.",
            ),
            Code::NumbersDiffer => (
                "The card’s number is not the one that Microsoft has registered.",
                "Trust the one at Microsoft. Ask the caller about the other.",
            ),
            Code::NumberChanged => (
                "The number on the card was changed lately.",
                "Make sure who changed it before you trust it.",
            ),
            Code::PersonRepeats => (
                "This person’s password was reset several times lately.",
                "Ask why before you do it again.",
            ),
            Code::TechnicianRepeats => (
                "You have reset many passwords lately.",
                "Take your time: somebody who calls again and again may be testing you.",
            ),
            Code::FailedBefore => (
                "A verification failed before this one succeeded.",
                "Make sure that it is the same caller.",
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
            Code::DuoMissing => (
                "This customer’s Duo is not connected, or it is switched off.",
                "Verify another way, or ask an admin to connect it in Settings.",
            ),
            Code::DuoCredentials => (
                "Duo refused the keys of this customer’s connection.",
                "Ask an admin to copy integration key and secret key from Duo again.",
            ),
            Code::DuoClock => (
                "Duo finds that this server’s clock is wrong.",
                "Ask your operator to set it; more than five minutes are too many.",
            ),
            Code::DuoPersonUnknown => (
                "Duo does not know this person, or they have not enrolled yet.",
                "Verify another way, or compare their user name in Duo with the one shown here.",
            ),
            Code::DuoNoPush => (
                "This person has no device in Duo that takes a push.",
                "Verify another way. They need Duo Mobile, activated, for a push.",
            ),
            Code::DuoBypass => (
                "Duo lets this person in without asking, so a push would prove nothing.",
                "Verify another way, or have the bypass taken off in Duo.",
            ),
            Code::DuoDenied => (
                "Duo keeps this person out: they are locked out, disabled or not allowed.",
                "Verify another way, and ask whoever looks after Duo why.",
            ),
            Code::DuoUnavailable => {
                ("Duo does not answer right now.", "Try again in a minute, or verify another way.")
            }
            Code::DuoRefused => (
                "Duo refused without a reason that we know.",
                "Verify another way, and ask an admin to test the Duo connection.",
            ),
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
        };
        Words { what, next }
    }
}
