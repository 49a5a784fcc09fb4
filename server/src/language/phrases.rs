//! Which phrases there are. A language is one value of [`Phrases`], in a file of its own, so a
//! phrase that is missing somewhere does not compile.
//!
//! What stands in braces is filled in. Phrases are written as the language is; what a text message
//! can't hold is folded when it is sent ([`crate::gsm::fold`]).

/// Everything that an end user reads on the phone and in mails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phrases {
    /// Times and spans.
    pub(super) time: Time,
    /// Text messages.
    pub(super) sms: Sms,
    /// Mails.
    pub(super) mails: Mails,
}

/// Times and spans.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    /// A moment: `{day}`, `{month}`, `{year}`, `{hour}`, `{minute}`, in two and four digits. It says
    /// UTC.
    pub(super) at: &'static str,
    /// One minute.
    pub(super) minute: &'static str,
    /// `{n}` minutes, of several.
    pub(super) minutes: &'static str,
    /// One hour.
    pub(super) hour: &'static str,
    /// `{n}` hours, of several.
    pub(super) hours: &'static str,
}

/// Text messages: one segment each, `{brand}` first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sms {
    /// With the `{code}` of a verification: who asks, whom to tell it, and what to do when one did
    /// not call.
    pub(super) code: &'static str,
    /// With the `{link}` of a verification, words on both sides of it: what to do there, that it ends
    /// within `{time}`, and what to do when one did not call.
    pub(super) check: &'static str,
    /// The same in fewer words.
    pub(super) check_short: &'static str,
    /// With the `{link}`, words on both sides of it (some phones open a link at either end for a
    /// preview): what it is, that it ends within `{time}`, and what not to do.
    pub(super) link: &'static str,
    /// The same in fewer words, for a long host name or a long brand.
    pub(super) link_short: &'static str,
    /// To another phone of the person, `{at}` what time: nothing to tap.
    pub(super) notice: &'static str,
}

/// Mails. None but a verification’s has a link in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mails {
    /// Above: a `{name}`.
    pub(super) hello: &'static str,
    /// Above, where the name is not known.
    pub(super) hello_nobody: &'static str,
    /// Below: `{brand}` asks for nothing by mail.
    pub(super) ending: &'static str,
    /// To the person.
    pub(super) person: Letter,
    /// To whom the person reports.
    pub(super) manager: Letter,
    /// With the `{code}` of a verification.
    pub(super) code: Ask,
    /// With the `{link}` of a verification.
    pub(super) check: Ask,
}

/// A mail that asks whether somebody is who they say, between greeting and ending.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask {
    /// On one line, without code and link: it shows on locked phones.
    pub(super) subject: &'static str,
    /// Who asks, `{by}` of `{brand}`, and why.
    pub(super) why: &'static str,
    /// What to do, with the code or the link, and for how long: `{time}`.
    pub(super) act: &'static str,
    /// What to do when one did not call.
    pub(super) unless: &'static str,
}

/// One mail, between greeting and ending.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    /// On one line.
    pub(super) subject: &'static str,
    /// What was done for `{person}` by `{by}` of `{brand}`, `{at}` what time; the person's own also
    /// says to which `{phone}` the text went.
    pub(super) happened: &'static str,
    /// What to do when it was not the person.
    pub(super) unless: &'static str,
}
