//! Why single sign-on let nobody in: a stable name for the audit, two sentences for the person, and how far
//! it got, for an admin's trial.

/// The checks, in their order, as an admin's trial shows them.
pub const STEPS: [&str; 8] = [
    "The answer belongs to this browser (state).",
    "It comes from this issuer and not from another one.",
    "The issuer took our code, client secret and PKCE verifier.",
    "The ID token is signed by one of the issuer’s keys.",
    "It names this issuer.",
    "It was made for this application.",
    "It is neither too old nor from the future.",
    "It answers this very request (nonce).",
];

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $step:literal, $what:literal, $next:literal;)+) => {
        /// Why not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Reason {
            $($(#[$doc])* $name,)+
        }

        impl Reason {
            /// Each of them.
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// As it stands in the audit.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// How many of [`STEPS`] were good before it.
            #[must_use]
            pub const fn steps_done(self) -> usize {
                match self { $(Self::$name => $step,)+ }
            }

            /// What happened, and what to do next.
            #[must_use]
            pub const fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($what, $next),)+ }
            }
        }
    };
}

reasons! {
    /// No cookie, or one whose trip is over: somebody else's answer, a repeat, or too late.
    TripOver = "trip-over", 0,
        "This sign-in was not begun in this browser, or it is over.",
        "It works once and for ten minutes. Start again on the sign-in page.";
    /// `state` is not the one that this browser was sent with.
    State = "state-wrong", 0,
        "This answer belongs to another sign-in.",
        "Close other tabs in which you are signing in, and start again.";
    /// The connection was changed or switched off meanwhile.
    Changed = "connection-changed", 0,
        "Single sign-on was changed or switched off while you were away.",
        "Start again on the sign-in page; if it says so once more, ask your admin.";
    /// RFC 9207: the answer names another issuer, or none although this one always does.
    MixedUp = "issuer-mixed-up", 1,
        "The answer does not come from your company’s sign-in service.",
        "Nobody was signed in. Start again, and tell your admin if it happens twice.";
    /// The person, or their company, said no.
    Denied = "access-denied", 2,
        "Your company’s sign-in service did not let you in.",
        "You may have cancelled, or you are not assigned to this application. Try again, or ask your admin.";
    /// Another error in place of a code.
    Refused = "issuer-refused", 2,
        "Your company’s sign-in service refused the request.",
        "Your admin should test the connection under Settings, Sign-in: the redirect URI or the application may be wrong there.";
    /// No answer, or not now.
    Unavailable = "issuer-unavailable", 2,
        "Your company’s sign-in service does not answer.",
        "Try again in a minute. If you have a password here, it works as before.";
    /// What stands at the issuer's address is no description of an issuer.
    NoDocument = "discovery-missing", 2,
        "There is no OpenID Connect issuer at that address.",
        "An admin should compare the issuer under Settings, Sign-in with what the vendor shows.";
    /// The document is another issuer's.
    OtherIssuer = "discovery-issuer", 2,
        "The document at that address is another issuer’s.",
        "An admin should copy the issuer exactly; for Entra with the Directory (tenant) ID, not with a domain.";
    /// An endpoint is on a host that is not the issuer's.
    Elsewhere = "discovery-endpoint", 2,
        "The issuer names an endpoint on a host that is not its own.",
        "Nothing was sent there. Use the vendor’s own issuer; a proxy in front of it is not taken.";
    /// It has no code flow, no way to prove ourselves, or no signature that we take.
    Unfit = "discovery-unfit", 2,
        "The issuer does not offer what is needed here.",
        "It has to have the authorization code flow, PKCE with S256, a client secret, and RS256, PS256 or ES256.";
    /// The client secret has to be entered again.
    NoSecret = "secret-missing", 2,
        "The client secret has to be entered again.",
        "An admin enters it under Settings, Sign-in: it was for another issuer or application.";
    /// The token endpoint does not know us, or not with this secret.
    Client = "client-refused", 2,
        "Your company’s sign-in service refused our client secret.",
        "An admin should make a new one there and enter it under Settings, Sign-in.";
    /// The token endpoint does not take the code.
    Code = "code-refused", 2,
        "Your company’s sign-in service did not take its own code.",
        "It was used or is too old. Start again on the sign-in page.";
    /// The answer has no ID token, or none that can be read.
    Malformed = "id-token-malformed", 3,
        "The ID token can’t be read.",
        "Start again; if it happens twice, an admin should try it under Settings, Sign-in.";
    /// None, a shared secret, or anything but the three that we take.
    Algorithm = "id-token-algorithm", 3,
        "The ID token is not signed in a way that proves anything.",
        "Nobody was signed in. An admin should have the issuer sign with RS256, PS256 or ES256.";
    /// Signed by a key that the issuer does not publish.
    Key = "id-token-key", 3,
        "The ID token is signed by a key that the issuer does not publish.",
        "Try again in a minute: it may just have changed its keys.";
    /// The signature is wrong.
    Signature = "id-token-signature", 3,
        "The ID token’s signature is wrong.",
        "Nobody was signed in. Start again, and tell your admin if it happens twice.";
    /// `iss` is another one.
    Issuer = "id-token-issuer", 4,
        "The ID token is another issuer’s.",
        "Nobody was signed in. Tell your admin if it happens twice.";
    /// `aud` or `azp` is another application.
    Audience = "id-token-audience", 5,
        "The ID token was made for another application.",
        "Nobody was signed in. An admin should compare the client ID under Settings, Sign-in.";
    /// `exp` is past, or `iat` too long ago.
    Expired = "id-token-expired", 6,
        "The ID token is too old.",
        "Start again. If it happens twice, one of the two clocks is wrong: tell your operator.";
    /// `iat` is in the future.
    Early = "id-token-early", 6,
        "The ID token is from the future.",
        "Start again. If it happens twice, one of the two clocks is wrong: tell your operator.";
    /// `nonce` is not the one of this trip.
    Nonce = "id-token-nonce", 7,
        "The ID token answers another request.",
        "Nobody was signed in. Start again on the sign-in page.";
    /// Nobody here is linked to this subject.
    Unlinked = "subject-unlinked", 8,
        "Your company’s sign-in service knows you, but nobody here is linked to that account yet.",
        "Sign in with your password and connect single sign-on on your own page, or open the set-up link that your admin sent you.";
    /// Somebody here is linked to it already, or this technician is to another.
    Taken = "subject-taken", 8,
        "That account is linked to somebody here already, or you are linked to another one.",
        "Disconnect the old link first. An admin can do it under Settings, Sign-in.";
    /// The set-up link, or the session, that was to prove who links is over.
    ProofOver = "proof-over", 8,
        "What you started from is not good any more: the set-up link was used or the sign-in ended.",
        "Sign in again, or ask your admin for a new set-up link.";
    /// The account is switched off.
    AccountOff = "account-off", 8,
        "This account is switched off.",
        "Your operator can switch it on again.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_own_name_and_says_what_to_do() {
        let mut names: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            let (what, next) = reason.words();
            assert!(what.ends_with('.') && next.ends_with('.'), "{reason:?}");
            assert!(reason.steps_done() <= STEPS.len(), "{reason:?}");
        }
    }
}
