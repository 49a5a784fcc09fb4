//! Where secrets must not be: after a whole walk, the database's files, every log line of every
//! crate, every reply, note, mail and audit entry are searched for each of them, in every spelling that
//! a program would give it.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use server::seal::sha256;
use server::secret::LinkToken;
use server::share::derive;
use server::sign_in::totp::TotpSecret;
use server::store::ShareStanding;
use shared::ResetId;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::desk::{Desk, client, code_in};
use crate::logs;
use crate::person::Person;
use crate::world::{EMAIL, PASSWORD, TOTP, World, until};

/// His registered phone is not on his card, so nothing of ours may hold it in the clear.
const BEN: &str = "ben.ortiz@northwind.example";
const BEN_PHONE: &str = "+12065550124";
const BEN_TICKET: &str = "48214";
const CLIENT_SECRET: &str = "northwind~simulated-secret-value";
const AUTH_TOKEN: &str = "simulated-auth-token-0000000000ab";
const MINUTE: i64 = 60_000;
const LOOK_ID: &str = "what the link is looked up by";

/// Something that must not be found.
pub(super) struct Secret {
    name: &'static str,
    spellings: Vec<Vec<u8>>,
    /// Six digits: found only where no letter or digit stands beside them.
    word: bool,
}

impl Secret {
    pub(super) fn new(name: &'static str, bytes: &[u8]) -> Self {
        assert!(bytes.len() >= 8, "{name} is too short to be told from chance");
        let mut spellings = vec![bytes.to_vec()];
        spellings.push(HEXLOWER.encode(bytes).into_bytes());
        spellings.push(HEXUPPER.encode(bytes).into_bytes());
        // Base64 of something longer that holds it: three ways to fall on the borders.
        for shift in 0..3 {
            let mut moved = vec![0; shift];
            moved.extend_from_slice(bytes);
            let text = BASE64.encode(&moved);
            let inner = text[if shift == 0 { 0 } else { 4 }..text.len() - 4].to_owned();
            spellings.push(inner.replace('+', "-").replace('/', "_").into_bytes());
            spellings.push(inner.into_bytes());
        }
        Self { name, spellings, word: false }
    }

    /// A number of ten digits, as programs keep it and as people write and say it.
    fn phone(name: &'static str, digits: &str) -> Self {
        let (area, rest) = digits.split_at(3);
        let (middle, last) = rest.split_at(3);
        let mut all = Self::new(name, digits.as_bytes());
        for written in [
            format!("{area} {middle} {last}"),
            format!("({area}) {middle}-{last}"),
            format!("{area}-{middle}-{last}"),
            format!("{area}.{middle}.{last}"),
            // Digit by digit.
            digits.chars().map(String::from).collect::<Vec<_>>().join(" "),
        ] {
            // With protected blanks too.
            let blanks = written.replace(' ', "\u{a0}");
            all.spellings.extend(Self::new(name, blanks.as_bytes()).spellings);
            all.spellings.extend(Self::new(name, written.as_bytes()).spellings);
        }
        all
    }

    fn word(name: &'static str, digits: &str) -> Self {
        Self { name, spellings: vec![digits.as_bytes().to_vec()], word: true }
    }

    pub(super) fn is_in(&self, place: &[u8]) -> bool {
        // As text of single bytes: that has a search which is fast in a debug build too.
        let text: String = place.iter().map(|byte| char::from(*byte)).collect();
        self.stands_in(&text)
    }

    fn stands_in(&self, place: &str) -> bool {
        let alone = |at: usize, found: &str| {
            let before = place[..at].chars().next_back();
            let after = place[at + found.len()..].chars().next();
            ![before, after].into_iter().flatten().any(|beside| beside.is_ascii_alphanumeric())
        };
        self.spellings.iter().any(|spelling| {
            let spelling: String = spelling.iter().map(|byte| char::from(*byte)).collect();
            place.match_indices(&spelling).any(|(at, found)| !self.word || alone(at, found))
        })
    }
}

/// Nobody has said or kept any of them.
pub(super) fn none_in(secrets: &[Secret], where_: &str, place: &[u8]) {
    none_of(secrets.iter(), where_, place);
}

fn none_of<'a>(secrets: impl Iterator<Item = &'a Secret>, where_: &str, place: &[u8]) {
    let text: String = place.iter().map(|byte| char::from(*byte)).collect();
    for secret in secrets {
        assert!(!secret.stands_in(&text), "{} stands in {where_}", secret.name);
    }
}

/// The database, what SQLite keeps beside it, and nothing else.
pub(super) fn files(world: &World) -> Vec<(String, Vec<u8>)> {
    let folder = world.folder.path().join("data");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<_> =
        all.map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect();
    assert!(all.iter().any(|(name, bytes)| name.ends_with("-wal") && !bytes.is_empty()));
    all
}

/// Every log line without its time, and without how long a statement took: six digits there mean nothing.
fn log_lines() -> String {
    let lines = logs::all();
    let without = |line: &str| {
        let mut line: serde_json::Value = serde_json::from_str(line).ok()?;
        line.as_object_mut()?.remove("timestamp");
        if let Some(fields) = line["fields"].as_object_mut()
            && fields.contains_key("db.statement")
        {
            fields.remove("elapsed");
            fields.remove("elapsed_secs");
        }
        Some(line.to_string())
    };
    let kept: Vec<String> = lines.lines().filter_map(without).collect();
    assert!(kept.len() > 50, "nothing was logged");
    kept.join("\n")
}

/// Every place in which something of ours could stand for others to read.
async fn nowhere(world: &World, desk: &Desk, secrets: &[Secret], when: &str) {
    for (name, bytes) in files(world) {
        // What a link is looked up by stands in its row, and nowhere else.
        let all = secrets.iter().filter(|secret| secret.name != LOOK_ID);
        none_of(all, &format!("{name}, {when}"), &bytes);
    }
    none_in(secrets, &format!("a log line, {when}"), log_lines().as_bytes());
    let ticket = world.ticket(BEN_TICKET).await;
    none_in(
        secrets,
        &format!("a note, {when}"),
        world.notes(ticket.id).await.join("\n").as_bytes(),
    );
    let audit = format!("{:?}", world.app.store.audit(world.account).await.unwrap());
    assert!(audit.len() > 200, "{audit}");
    none_in(secrets, &format!("the audit, {when}"), audit.as_bytes());
    none_in(secrets, &format!("a reply, {when}"), replies(desk).as_bytes());
    // As they went over the wire, and as people read them.
    for mail in world.outside.all_mails() {
        let all = format!("{}\n{}\n{}", mail.raw, mail.subject, mail.text);
        none_in(secrets, &format!("the mail to {}, {when}", mail.to), all.as_bytes());
    }
}

/// Everything the technician's browser was told, but for the one thing that it is for.
fn replies(desk: &Desk) -> String {
    let heard = desk.heard.lock().unwrap().clone();
    let mut parts = heard.split("\"unlock_code\":\"");
    let mut rest = parts.next().unwrap().to_owned();
    for part in parts {
        rest.push_str(part.split_once('"').unwrap().1);
    }
    rest
}

/// Resets Ben's password up to the text; everything secret about it, the text, the unlock code.
async fn texted(world: &World, desk: &Desk, id: Uuid) -> (Vec<Secret>, String, String) {
    let old = world.password(BEN);
    let ticket = world.ticket(BEN_TICKET).await;
    let before = world.outside.texts(BEN_PHONE).len();
    desk.verify(world, &ticket, BEN_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();
    let texts = (before + 1, before + 2);
    let code = code_in(&world.outside.wait_for_text(BEN_PHONE, texts.0).await.unwrap().body);
    let text = world.outside.wait_for_text(BEN_PHONE, texts.1).await.unwrap().body;
    let token = Person::with(world, &text).token;
    let derived = derive(&LinkToken::new(Zeroizing::new(token)));
    assert_eq!(&hkdf(&token, "share proof"), derived.proof(), "the page's own arithmetic");
    let secrets = vec![
        Secret::new("the old password", old.as_bytes()),
        Secret::new("the new password", world.password(BEN).as_bytes()),
        Secret::new("the link's token", &token),
        Secret::new("the link's token as texted", BASE64URL_NOPAD.encode(&token).as_bytes()),
        Secret::new(LOOK_ID, &derived.id),
        Secret::new("the link's proof", derived.proof()),
        Secret::new("the link's key", &hkdf(&token, "share key")),
        Secret::phone("the phone", &BEN_PHONE[2..]),
        Secret::word("the verification code", &code),
        Secret::word("the unlock code", &unlock),
    ];
    (secrets, text, unlock)
}

/// HKDF-SHA256 without salt, 256 bits: the server keeps the key to itself.
fn hkdf(token: &[u8], info: &str) -> [u8; 32] {
    let hmac = |key: &[u8], message: &[u8]| -> [u8; 32] {
        let pad = |with: u8| {
            let mut block = [with; 64];
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            block
        };
        let inner = sha256(&[&pad(0x36), message].concat());
        sha256(&[&pad(0x5c), inner.as_slice()].concat()).try_into().unwrap()
    };
    hmac(&hmac(&[], token), &[info.as_bytes(), &[1]].concat())
}

/// What the account and its people hold, whatever is reset.
fn standing(world: &World, desk: &Desk) -> Vec<Secret> {
    vec![
        Secret::new("the mail server's password", world.outside.smtp_password().as_bytes()),
        Secret::new("the client secret", CLIENT_SECRET.as_bytes()),
        Secret::new("the auth token", AUTH_TOKEN.as_bytes()),
        Secret::new("the technician's password", PASSWORD.as_bytes()),
        Secret::new("the authenticator's secret", TOTP.as_bytes()),
        Secret::new("the session", desk.cookie.split_once('=').unwrap().1.as_bytes()),
        Secret::new("the pod's token", desk.bearer.as_bytes()),
    ]
}

#[tokio::test]
async fn a_whole_walk_leaves_no_secret_anywhere() {
    let world = World::new().await;
    let desk = world.desk().await;
    let totp = TotpSecret::from_base32(TOTP).unwrap();
    let (mut secrets, text, unlock) = texted(&world, &desk, Uuid::from_u128(7)).await;
    secrets.extend(standing(&world, &desk));
    secrets.push(Secret::word("the sign-in's code", &totp.code_at(world.now())));
    world.settle_in_time().await;
    nowhere(&world, &desk, &secrets, "texted").await;

    // Awake: what may stand there is found there.
    let name = Secret::new("his name", b"Ben Ortiz");
    assert!(
        files(&world).iter().any(|(_, bytes)| name.is_in(bytes)) && name.stands_in(&replies(&desk))
    );
    let planted = Secret::new("a planted line", Uuid::from_u128(77).to_string().as_bytes());
    tracing::debug!(target: "server", line = %Uuid::from_u128(77), "planted");
    assert!(planted.stands_in(&log_lines()));

    // Awake: there is a mail to be searched, and it speaks of him.
    let mails = world.outside.mails(BEN);
    assert!(mails.len() == 1 && mails[0].text.contains("Ben Ortiz"), "{mails:?}");

    // Awake: the outside world, which must know them, has them all.
    // As sent, for JSON, and decoded, for forms: a `+` means two things in the two.
    let sent: String =
        world.outside.requests().into_iter().map(|it| format!("{}&", it.body)).collect();
    let forms = url::form_urlencoded::parse(sent.as_bytes()).map(|(a, b)| format!("{a}={b}"));
    let outside = forms.chain([sent.clone()]).collect::<Vec<_>>().join("&");
    for secret in
        ["the new password", "the link's token as texted", "the phone", "the client secret"]
    {
        let secret = secrets.iter().find(|one| one.name == secret).unwrap();
        assert!(secret.is_in(outside.as_bytes()), "{} was never sent", secret.name);
    }

    let person = Person::with(&world, &text);
    secrets.push(Secret::new("the device's nonce", &person.nonce));
    assert_eq!(person.read(Some(&unlock)).await, world.password(BEN));
    // What was answered holds the password only for who has the link.
    let answered = person.open(None).await;
    none_in(&secrets, "the answer to the phone", answered.body.to_string().as_bytes());
    // Another device with the link: its alarm is a mail too.
    assert_eq!(person.another_device().open(Some(&unlock)).await.status, 410);
    world.settle_in_time().await;
    assert_eq!(world.outside.mails(EMAIL).len(), 1);
    desk.look(Uuid::from_u128(7)).await;
    nowhere(&world, &desk, &secrets, "opened").await;
    none_in(&secrets, "a header", headers(&world, &desk).await.as_bytes());

    world.pass(5 * MINUTE + 1);
    let share = async || {
        let reset = ResetId(Uuid::from_u128(7));
        world.app.store.share_of(world.account, reset).await.unwrap().unwrap()
    };
    until("the grace is over", async || {
        world.app.resets.wake.notify_one();
        share().await.password_sealed.is_none()
    })
    .await;
    let share = share().await;
    assert!(share.token_sealed.is_none() && share.ciphertext.is_empty(), "{:?}", share.state);
    nowhere(&world, &desk, &secrets, "erased").await;
    world.end().await;
}

/// The headers of what the pod and the phone are answered.
async fn headers(world: &World, desk: &Desk) -> String {
    let (app, share) = (&world.app.settings.server.origin, &world.app.settings.share.origin);
    let client = client(world.address);
    let look = client.get(format!("{app}/api/resets/{}", Uuid::from_u128(7)));
    let look = look.bearer_auth(&desk.bearer).send().await.unwrap();
    assert_eq!(look.status().as_u16(), 200);
    let page = client.get(format!("{share}/s")).send().await.unwrap();
    let tickets = client.get(format!("{app}/tickets")).header("cookie", &desk.cookie);
    let tickets = tickets.send().await.unwrap();
    assert_eq!(tickets.status().as_u16(), 200);
    let all = [look.headers(), page.headers(), tickets.headers()].map(|all| format!("{all:?}"));
    let body = tickets.text().await.unwrap();
    format!("{}\n{body}", all.join("\n"))
}

#[tokio::test]
async fn a_link_that_nobody_opened_is_erased_when_its_time_is_over() {
    let world = World::new().await;
    let desk = world.desk().await;
    let id = Uuid::from_u128(8);
    let (secrets, text, unlock) = texted(&world, &desk, id).await;
    world.settle_in_time().await;
    world.pass(25 * 60 * MINUTE);
    let share =
        async || world.app.store.share_of(world.account, ResetId(id)).await.unwrap().unwrap();
    until("it has expired", async || {
        world.app.resets.wake.notify_one();
        share().await.state == ShareStanding::Expired
    })
    .await;
    let share = share().await;
    assert!(share.password_sealed.is_none() && share.token_sealed.is_none());
    assert!(share.ciphertext.is_empty());
    let reset = world.app.store.reset(world.account, ResetId(id)).await.unwrap().unwrap();
    assert!(reset.unlock_sealed.is_none() && reset.phone_sealed.is_empty());
    let late = Person::with(&world, &text).open(Some(&unlock)).await;
    assert_eq!((late.status, late.code()), (410, "link-dead"));
    nowhere(&world, &desk, &secrets, "expired").await;
    world.settle_in_time().await;
    world.end().await;
}

/// The proof that the search is awake, spelling by spelling.
#[test]
fn a_secret_is_found_in_every_spelling() {
    let clear = b"7acpxsXe3pCY6=WX";
    let secret = Secret::new("a password", clear);
    for inside in [
        "x7acpxsXe3pCY6=WXx".to_owned(),
        HEXLOWER.encode(clear),
        HEXUPPER.encode(b"..7acpxsXe3pCY6=WX.."),
        BASE64.encode(b"a7acpxsXe3pCY6=WXbc"),
        BASE64.encode(b"ab7acpxsXe3pCY6=WXbc"),
        BASE64URL_NOPAD.encode(b"abc7acpxsXe3pCY6=WXbc"),
    ] {
        assert!(secret.is_in(inside.as_bytes()), "{inside}");
    }
    assert!(!secret.is_in(b"7acpxsXe3pCY6=W") && !secret.is_in(b""));
    let phone = Secret::phone("a phone", "2065550124");
    for inside in ["+12065550124", "+1 206 555 0124", "1 (206) 555-0124", "2 0 6 5 5 5 0 1 2 4"] {
        assert!(phone.is_in(inside.as_bytes()), "{inside}");
    }
    assert!(phone.is_in("206\u{a0}555\u{a0}0124".as_bytes()));
    assert!(!phone.is_in("(•••) •••-0124".as_bytes()) && !phone.is_in(b"+1 206 555 0188"));
    let id = Secret::new("an id", &[0xfb; 16]);
    for inside in [HEXLOWER.encode(&[0xfb; 16]), BASE64URL_NOPAD.encode(&[0xfb; 16])] {
        assert!(id.is_in(format!("id={inside} ").as_bytes()), "{inside}");
    }
    let code = Secret::word("a code", "123456");
    assert!(code.is_in(b"code 123456.") && code.is_in(b"123456") && code.is_in(b":123456,"));
    assert!(!code.is_in(b"1234567") && !code.is_in(b"0123456") && !code.is_in(b"a123456"));
}
