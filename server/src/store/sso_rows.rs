//! Single sign-on: an account's issuer, who is who there, and browsers that are on their way.

use shared::{AccountId, IntegrationId, Millis, TechnicianId};

use super::Integration;

/// An account's issuer.
#[derive(Debug, Clone)]
pub struct SsoRow {
    /// The integration itself.
    pub integration: Integration,
    /// Domains of email addresses that lead to it, sorted.
    pub domains: Vec<String>,
}

/// What an issuer is from now on: new, or changed as a whole.
#[derive(Debug, Clone, Copy)]
pub struct SsoChange<'a> {
    /// JSON of its settings.
    pub settings: &'a str,
    /// The client secret, sealed, where one was entered.
    pub sealed: Option<&'a [u8]>,
    /// Domains of email addresses that lead to it.
    pub domains: &'a [String],
    /// Whether it is another issuer or client: nobody stays linked to who they were there.
    pub moved: bool,
    /// What admins are mailed, as `sso::Alarm` writes it.
    pub alarm: Option<&'a str>,
    /// Which fields it changes, for the audit: names, never what stood in them.
    pub about: &'a str,
}

/// Who somebody is at an issuer.
#[derive(Debug, Clone, Copy)]
pub struct SsoSubject<'a> {
    /// The issuer, exactly as it calls itself.
    pub issuer: &'a str,
    /// Its name for the person.
    pub subject: &'a str,
}

/// A technician who is linked.
#[derive(Debug, Clone)]
pub struct SsoPerson {
    /// Who.
    pub technician: TechnicianId,
    /// Their name.
    pub name: String,
    /// Their address here.
    pub email: String,
    /// Whether they could sign in without the issuer.
    pub has_password: bool,
    /// Since when.
    pub linked_at: Millis,
}

/// What a browser is sent to the issuer for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SsoPurpose {
    /// To sign in.
    SignIn,
    /// To link whom a set-up link (its hash) is for.
    SetUp(TechnicianId, Vec<u8>),
    /// To link the technician who is signed in with this session.
    Link(TechnicianId, Vec<u8>),
    /// To show the admin of this session what comes back.
    Trial(TechnicianId, Vec<u8>),
}

/// A browser's way to the issuer and back.
#[derive(Debug, Clone)]
pub struct SsoTrip {
    /// Hash of the token in its cookie.
    pub id: Vec<u8>,
    /// Whose issuer.
    pub account: AccountId,
    /// The issuer.
    pub integration: IntegrationId,
    /// Which version of it.
    pub version: Millis,
    /// What for.
    pub purpose: SsoPurpose,
    /// Whether the issuer was told to ask the person anew.
    pub forced: bool,
    /// Where the person wanted to go: a path of ours.
    pub next: String,
    /// When it began.
    pub begun_at: Millis,
    /// When it is too late.
    pub expires_at: Millis,
}

/// By what somebody links themselves.
#[derive(Debug, Clone, Copy)]
pub enum SsoProof<'a> {
    /// A set-up link (its hash), which is used up.
    SetUp(&'a [u8]),
    /// A session that they are signed in with.
    Session(&'a [u8]),
}
