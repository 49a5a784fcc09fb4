//! Whether a member is who a frame says: ConnectWise is asked with what the frame has (Developer Guide,
//! "Cookie Authentication", for the Hosted API). Company and host are ours, never the frame's. The hash
//! signs in as the member: it is in no log and is not kept.

use std::sync::PoisonError;

use shared::{Code, MemberClaim};
use zeroize::Zeroizing;

use super::call::Ask;
use super::proofs::{Key, Proofs, Standing};
use super::shape::MyMember;
use super::{ConnectWise, reply};
use crate::outbound::{Answer, Method, Reply};
use crate::psa::{HostPerson, Memory};
use crate::seal::sha256;

const WHO: Ask<'static> = Ask {
    path: "system/myMembers/info",
    query: &[],
    missing: Code::HostPersonUnproven,
    what: "reading who is signed in",
};

impl ConnectWise {
    /// Who a claim is of; `host-person-unproven` when ConnectWise does not confirm it.
    pub(super) async fn proven(&self, claim: &MemberClaim, from: &str) -> Answer<HostPerson> {
        let unproven = || Answer::Refused(Code::HostPersonUnproven.into());
        let Some(key) = key(&self.settings.company, claim) else { return unproven() };
        let login = claim.id.to_ascii_lowercase();
        let now = self.wire.clock.now();
        let memory = &self.wire.memory;
        let mut asking = match memory.proofs(|proofs| proofs.standing(&key, (from, &login), now)) {
            Standing::Proven(person) => return Answer::Done(person),
            Standing::Unproven => return unproven(),
            Standing::Wait(millis) => return Answer::Later(Some(millis)),
            Standing::Ask { counted } => Asking { memory, source: (from, &login), counted },
        };
        let asked = self.reply(&Method::GET, WHO, None, Some(claim)).await.done();
        let answer = match asked {
            Ok(reply) => confirmed(&reply, &claim.id),
            Err(other) => return other,
        };
        match &answer {
            Answer::Done(person) => {
                memory.proofs(|proofs| proofs.tell(key, Some(person.clone()), now));
            }
            Answer::Refused(refusal) if refusal.code == Code::HostPersonUnproven => {
                // It stays counted.
                asking.counted = false;
                memory.proofs(|proofs| proofs.tell(key, None, now));
            }
            // An outage, or our own clientId: nothing of it is remembered.
            Answer::Refused(_) | Answer::Later(_) | Answer::Unknown(_) => {}
        }
        answer
    }

    /// ConnectWise does not take this claim any more.
    pub(super) fn disproved(&self, claim: &MemberClaim) {
        if let Some(key) = key(&self.settings.company, claim) {
            let now = self.wire.clock.now();
            self.wire.memory.proofs(|proofs| proofs.tell(key, None, now));
        }
    }
}

/// A claim that is being asked for. Dropped without a refusal, also when nobody waits for the answer any
/// more, it was no wrong one.
struct Asking<'a> {
    memory: &'a Memory,
    source: (&'a str, &'a str),
    counted: bool,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if self.counted {
            self.memory.proofs(|proofs| proofs.uncount(self.source));
        }
    }
}

impl Memory {
    fn proofs<T>(&self, look: impl FnOnce(&mut Proofs) -> T) -> T {
        look(&mut self.proofs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What ConnectWise says of a claim. Whatever is neither yes nor no is not known.
fn confirmed(reply: &Reply, claimed: &str) -> Answer<HostPerson> {
    let unproven = || Answer::Refused(Code::HostPersonUnproven.into());
    if reply::is_unauthenticated(reply) {
        // Our own clientId says nothing of the member.
        return match reply::blames_client_id(reply) {
            true => Answer::Refused(reply::refusal(reply, WHO.missing, WHO.what)),
            false => unproven(),
        };
    }
    if reply.status != 200 {
        tracing::warn!(outcome = "unknown", status = reply.status, "a ConnectWise member");
        return Answer::Unknown(None);
    }
    let member = reply::open::<MyMember>(reply, WHO.missing, WHO.what).map(MyMember::told);
    match member {
        Answer::Done(Some(person)) if person.login.eq_ignore_ascii_case(claimed) => {
            Answer::Done(person)
        }
        Answer::Done(Some(_)) => unproven(),
        Answer::Done(None) => Answer::Unknown(None),
        Answer::Refused(refusal) => Answer::Refused(refusal),
        Answer::Later(after) => Answer::Later(after),
        Answer::Unknown(after) => Answer::Unknown(after),
    }
}

/// By what a claim is remembered; `None` for one that can't be a member's.
fn key(company: &str, claim: &MemberClaim) -> Option<Key> {
    // Nothing in it has a line break, so the parts can't run into each other.
    let login = claim.id.to_ascii_lowercase();
    let is_right = is_claim(company, claim);
    let text = Zeroizing::new([company, &login, &claim.hash, &claim.context].join("\n"));
    is_right.then(|| sha256(text.as_bytes()).try_into().ok()).flatten()
}

/// The cookies that sign in as the member; `None` for a claim that can't be a member's.
pub(super) fn cookie(company: &str, claim: &MemberClaim) -> Option<Zeroizing<String>> {
    is_claim(company, claim).then(|| {
        Zeroizing::new(format!(
            "companyName={company}; memberId={}; memberHash={}; memberContext={}",
            claim.id, claim.hash, claim.context
        ))
    })
}

/// Whether this can be a company id: it stands in a cookie and in a Basic header.
pub(in crate::psa) fn is_company(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Whether each part is made of letters, digits and a few signs: no `;`, `,`, quote, backslash, blank or
/// control byte, so that no cookie becomes two and no header ends early. Identifiers and company ids are
/// short names; the hash is opaque, a GUID or base64 in what was seen; contexts were `web` and `Q7z`.
fn is_claim(company: &str, claim: &MemberClaim) -> bool {
    let is = |text: &str, longest: usize, signs: &[u8]| {
        (1..=longest).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || signs.contains(&byte))
    };
    is_company(company)
        && is(&claim.id, 100, b"._-@+")
        && is(&claim.hash, 512, b"._-+/=~:")
        && is(&claim.context, 60, b"._-")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::many;

    fn claim(id: &str, hash: &str, context: &str) -> MemberClaim {
        MemberClaim { id: id.into(), hash: hash.into(), context: context.into() }
    }

    #[test]
    fn cookies_are_made_of_what_can_be_a_members() {
        let cookie = |id, hash, context| {
            cookie("brightline", &claim(id, hash, context)).map(|it| it.as_str().to_owned())
        };
        assert_eq!(
            cookie("tess", "b2f0c1de-7a41", "web").as_deref(),
            Some(
                "companyName=brightline; memberId=tess; memberHash=b2f0c1de-7a41; memberContext=web"
            )
        );
        assert!(cookie("Tess.O-Neil_2", "abc+/d==", "Q7z").is_some());
        for (id, hash, context) in [
            ("", "h", "web"),
            ("tess", "", "web"),
            ("tess", "h", ""),
            ("tess; memberId=cole", "h", "web"),
            ("tess", "h\r\nx: y", "web"),
            ("tess", "h", "web; companyName=other"),
            ("tess", "h,i", "web"),
            ("tess", "\"h\"", "web"),
            ("tess", "h\\", "web"),
            ("tess", "h i", "web"),
            ("tess", "h\0", "web"),
            ("täss", "h", "web"),
        ] {
            assert_eq!(cookie(id, hash, context), None, "{id:?} {hash:?} {context:?}");
        }
        assert!(super::cookie("bright; x", &claim("tess", "h", "web")).is_none());
        assert!(super::cookie("b", &claim("t", &"h".repeat(513), "web")).is_none());
    }

    #[test]
    fn claims_are_told_apart_and_the_case_of_a_login_is_not() {
        let key = |company, id, hash, context| key(company, &claim(id, hash, context)).unwrap();
        let tess = key("b", "tess", "h", "web");
        assert_eq!(tess, key("b", "Tess", "h", "web"));
        for other in [
            key("c", "tess", "h", "web"),
            key("b", "cole", "h", "web"),
            key("b", "tess", "H", "web"),
            key("b", "tess", "h", "Web"),
            key("b", "tes", "sh", "web"),
        ] {
            assert_ne!(tess, other);
        }
    }

    #[test]
    fn only_a_plain_yes_is_a_yes() {
        let judged = |status, body: &str| {
            let body = Zeroizing::new(body.as_bytes().to_vec());
            confirmed(&Reply { status, retry_after: None, request_id: None, body }, "Tess")
        };
        let person = |disabled| {
            let text = |text: &str| text.to_owned();
            let (id, login, name) = (text("101"), text("tess"), text("Tess Tanner"));
            Answer::Done(HostPerson { id, login, name, disabled })
        };
        let yes = r#"{"id":101,"identifier":"tess","firstName":"Tess","lastName":"Tanner","inactiveFlag":false}"#;
        assert_eq!(judged(200, yes), person(false));
        let gone = yes.replace("false", "true");
        assert_eq!(judged(200, &gone), person(true));
        let no = Answer::Refused(Code::HostPersonUnproven.into());
        let signed_out = r#"{"code":"ConnectWiseApi","message":"UserNotAuthenticated"}"#;
        for (status, body) in [
            (401, signed_out),
            (401, ""),
            (404, signed_out),
            (200, r#"{"id":102,"identifier":"cole"}"#),
        ] {
            assert_eq!(judged(status, body), no, "{status} {body}");
        }
        for (status, body) in [
            (403, ""),
            (404, "<html>"),
            (400, r#"{"code":"InvalidObject"}"#),
            (302, ""),
            (204, ""),
            (200, "<html>"),
            (200, "{}"),
            (200, r#"{"id":null,"identifier":"tess"}"#),
            (200, r#"{"id":101,"identifier":null}"#),
        ] {
            assert_eq!(judged(status, body), Answer::Unknown(None), "{status} {body}");
        }
        let ours = judged(401, r#"{"message":"A valid clientId header is required."}"#);
        let Answer::Refused(refusal) = ours else { panic!() };
        assert_eq!(refusal.code, Code::PsaCredentials);
    }

    proptest! {
        #![proptest_config(many())]
        #[test]
        fn one_claim_is_four_cookies(id in ".{0,20}", hash in "[ -~]{0,40}", context in ".{0,8}") {
            if let Some(cookie) = cookie("brightline", &claim(&id, &hash, &context)) {
                let parts: Vec<&str> = cookie.split("; ").collect();
                let right = [
                    "companyName=brightline".to_owned(), format!("memberId={id}"),
                    format!("memberHash={hash}"), format!("memberContext={context}"),
                ];
                prop_assert_eq!(parts, right);
                prop_assert!(cookie.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '));
            }
        }
    }
}
