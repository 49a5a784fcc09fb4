//! One conversation, from the greeting to `QUIT`.

use std::io;
use std::time::Duration;

use axum::http::HeaderMap;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::auth::{self, Next};
use super::message::Message;
use super::wire::{Reply, Wire};
use super::{Mail, MailDoor, USER};
use crate::fault::{Company, Fault};
use crate::front::Call;
use crate::random;
use crate::state::Recorded;
use crate::world::World;

/// RFC 5321 §4.5.3.1.4: 512 octets for a command; RFC 4954 §4: 12288 for a sign-in.
const LONGEST_LINE: usize = 12_288;
/// RFC 5321 §4.5.3.1.6: 1000 octets for a line of a mail, its end included.
const LONGEST_TEXT_LINE: usize = 1000;
/// What `SIZE` announces (RFC 1870).
const LARGEST_MAIL: usize = 1 << 20;
/// RFC 5321 §4.5.3.1.8.
const MOST_RECIPIENTS: usize = 100;

struct Conversation {
    world: World,
    wire: Wire,
    encrypted: bool,
    greeted: bool,
    /// Whether it greeted with `EHLO`: only then are there extensions.
    extended: bool,
    signed_in: bool,
    from: Option<Sender>,
    to: Vec<String>,
}

struct Sender {
    address: String,
    eight_bit: bool,
}

/// Talks with one client. An error is a connection that ended.
pub(super) async fn talk(world: World, tls: TlsAcceptor, socket: TcpStream) -> io::Result<()> {
    let mut it = Conversation {
        world,
        wire: Wire::new(socket),
        encrypted: false,
        greeted: false,
        extended: false,
        signed_in: false,
        from: None,
        to: Vec::new(),
    };
    if it.world.read(|state| state.mail.door) == MailDoor::Implicit {
        it.encrypt(&tls).await?;
    }
    let greeting = |_: &mut Conversation| Reply::new(220, "mail.simulated.example ESMTP ready");
    it.turn("CONNECT", "", greeting).await?;
    loop {
        let line = it.wire.line(LONGEST_LINE).await?;
        let Some(line) = line.filter(|line| !line.contains(['\r', '\n'])) else {
            it.turn("?", "", |_| Reply::new(500, "5.5.2 Not a line that ends as it should"))
                .await?;
            continue;
        };
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let verb = verb.to_ascii_uppercase();
        match verb.as_str() {
            "DATA" => match it.content(rest).await? {
                Ok(raw) => _ = it.turn("DATA", &raw, |it| it.take(&raw)).await?,
                Err(reply) => _ = it.turn("DATA", "", |_| reply).await?,
            },
            "AUTH" => {
                let reply = it.sign_in(rest).await?;
                it.turn("AUTH", "", |it| {
                    it.signed_in |= reply.code == 235;
                    reply
                })
                .await?;
            }
            "STARTTLS" => {
                let begins = it.may_encrypt(rest);
                let says = match &begins {
                    Ok(()) => Reply::new(220, "2.0.0 Ready to start TLS"),
                    Err((code, text)) => Reply::new(*code, *text),
                };
                if it.turn("STARTTLS", "", |_| says).await? && begins.is_ok() {
                    it.encrypt(&tls).await?;
                }
            }
            "QUIT" => {
                it.turn("QUIT", "", |_| Reply::new(221, "2.0.0 Bye")).await?;
                return Ok(());
            }
            _ => _ = it.turn(&verb, "", |it| it.answer(&verb, rest)).await?,
        }
    }
}

impl Conversation {
    /// One step: trouble has its way, the act is done, the answer said, both written down. Whether
    /// it went as it should.
    async fn turn(
        &mut self,
        verb: &str,
        body: &str,
        act: impl FnOnce(&mut Self) -> Reply,
    ) -> io::Result<bool> {
        let call = Call {
            company: Company::Mail,
            method: verb.to_owned(),
            path: String::new(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: body.to_owned(),
            now_ms: self.world.clock().now_ms(),
        };
        let fault = self.world.take_fault(&call);
        let dropped = || Err(io::Error::other("cut on purpose"));
        match fault {
            Some(Fault::DropBefore) => {
                self.note(call, None, "");
                dropped()
            }
            Some(Fault::Status { status, .. }) => {
                let reply = Reply::new(status, "Trouble, as asked for");
                self.note(call, Some(status), &reply.wire());
                self.wire.say(&reply.wire()).await?;
                // RFC 5321 §3.8: after 421 the server closes; after a refused greeting too.
                if status == 421 || verb == "CONNECT" { dropped() } else { Ok(false) }
            }
            Some(Fault::ApplyThenDrop) => {
                let reply = act(self);
                self.note(call, None, &reply.wire());
                dropped()
            }
            Some(Fault::HalfReply) => {
                let wire = act(self).wire();
                self.note(call, None, &wire);
                self.wire.say(&wire[..wire.len() / 2]).await?;
                dropped()
            }
            Some(Fault::Slow { ms }) => {
                let reply = act(self);
                self.note(call, Some(reply.code), &reply.wire());
                tokio::time::sleep(Duration::from_millis(ms)).await;
                self.wire.say(&reply.wire()).await?;
                Ok(true)
            }
            // None, or a kind of trouble that only HTTP knows.
            _ => {
                let reply = act(self);
                self.note(call, Some(reply.code), &reply.wire());
                self.wire.say(&reply.wire()).await?;
                Ok(true)
            }
        }
    }

    fn note(&self, call: Call, status: Option<u16>, reply: &str) {
        tracing::info!(company = ?call.company, method = %call.method, status, "request");
        self.world.change(|state| {
            state.record(Recorded {
                at_ms: call.now_ms,
                company: call.company,
                known: !matches!(status, Some(500 | 502)),
                method: call.method,
                path: call.path,
                query: call.query,
                content_type: String::new(),
                authorization: String::new(),
                body: call.body,
                status,
                reply: reply.to_owned(),
            });
        });
    }

    fn answer(&mut self, verb: &str, rest: &str) -> Reply {
        match verb {
            "EHLO" | "HELO" => self.greet(verb, rest),
            "MAIL" => self.mail(rest),
            "RCPT" => self.rcpt(rest),
            "RSET" => {
                self.forget();
                Reply::new(250, "2.0.0 Forgotten")
            }
            "NOOP" => Reply::new(250, "2.0.0 Nothing done"),
            "VRFY" => Reply::new(252, "2.1.5 Send some mail and see"),
            "HELP" => Reply::new(214, "RFC 5321"),
            _ => Reply::new(500, "5.5.1 No such command here"),
        }
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn greet(&mut self, verb: &str, name: &str) -> Reply {
        if name.trim().is_empty() {
            return Reply::new(501, "5.5.4 Who are you?");
        }
        self.forget();
        self.greeted = true;
        self.extended = verb == "EHLO";
        let mut reply = Reply::new(250, format!("mail.simulated.example greets {name}"));
        if self.extended {
            let wants_tls = self.wants_tls();
            let first = if wants_tls { "STARTTLS" } else { "AUTH PLAIN LOGIN" };
            let size = format!("SIZE {LARGEST_MAIL}");
            let all = ["8BITMIME", &size, "ENHANCEDSTATUSCODES", first];
            reply.lines.extend(all.map(str::to_owned));
        }
        reply
    }

    /// STARTTLS is offered, and nothing else is talked about before (RFC 3207 §4).
    fn wants_tls(&self) -> bool {
        !self.encrypted && self.world.read(|state| state.mail.door) == MailDoor::Starttls
    }

    fn may_encrypt(&self, rest: &str) -> Result<(), (u16, &'static str)> {
        match () {
            () if !rest.is_empty() => Err((501, "5.5.4 STARTTLS takes no parameters")),
            () if self.encrypted || !self.extended => Err((503, "5.5.1 Not now")),
            () if !self.wants_tls() => Err((502, "5.5.1 No TLS here")),
            () => Ok(()),
        }
    }

    async fn encrypt(&mut self, tls: &TlsAcceptor) -> io::Result<()> {
        // RFC 3207 §4.2: what was said in the clear is forgotten.
        self.forget();
        (self.greeted, self.extended) = (false, false);
        self.encrypted = true;
        self.wire.encrypt(tls).await
    }

    async fn sign_in(&mut self, arguments: &str) -> io::Result<Reply> {
        match () {
            () if !self.extended || self.signed_in || self.from.is_some() => {
                return Ok(Reply::new(503, "5.5.1 Not now"));
            }
            () if self.wants_tls() => return Ok(Reply::new(538, "5.7.11 Encryption required")),
            () => {}
        }
        let password = self.world.smtp_password();
        let mut next = auth::begin(arguments, &password);
        loop {
            match next {
                Next::End(reply) => return Ok(reply),
                Next::More(ask, question) => {
                    self.wire.say(&format!("334 {question}\r\n")).await?;
                    let Some(line) = self.wire.line(LONGEST_LINE).await? else {
                        return Ok(Reply::new(500, "5.5.6 Too long"));
                    };
                    next = auth::go_on(ask, &line, &password);
                }
            }
        }
    }

    fn mail(&mut self, rest: &str) -> Reply {
        match () {
            () if !self.greeted || self.from.is_some() => return Reply::new(503, "5.5.1 Not now"),
            () if self.wants_tls() => {
                return Reply::new(530, "5.7.0 Must issue a STARTTLS command first");
            }
            () if !self.signed_in => return Reply::new(530, "5.7.0 Authentication required"),
            () => {}
        }
        let Some((address, parameters)) = path(rest, "FROM:") else {
            return Reply::new(501, "5.5.4 Not MAIL FROM:<address>");
        };
        let mut eight_bit = false;
        for parameter in parameters.split_whitespace() {
            match parameter.to_ascii_uppercase().split_once('=') {
                Some(("BODY", "8BITMIME")) => eight_bit = true,
                Some(("BODY", "7BIT")) => {}
                Some(("SIZE", size)) => match size.parse::<usize>() {
                    Ok(size) if size <= LARGEST_MAIL => {}
                    _ => return Reply::new(552, "5.3.4 Too large"),
                },
                _ => return Reply::new(555, "5.5.4 No such parameter"),
            }
        }
        // RFC 6409 §6.1: a submission server lets nobody send in another's name.
        if domain(address) != domain(USER) {
            return Reply::new(550, "5.7.1 Not your address");
        }
        self.from = Some(Sender { address: address.to_owned(), eight_bit });
        Reply::new(250, "2.1.0 Sender ok")
    }

    fn rcpt(&mut self, rest: &str) -> Reply {
        if self.from.is_none() {
            return Reply::new(503, "5.5.1 MAIL first");
        }
        let Some((address, parameters)) = path(rest, "TO:").filter(|(it, _)| !it.is_empty()) else {
            return Reply::new(501, "5.5.4 Not RCPT TO:<address>");
        };
        if !parameters.trim().is_empty() {
            return Reply::new(555, "5.5.4 No such parameter");
        }
        if self.to.len() == MOST_RECIPIENTS {
            return Reply::new(452, "4.5.3 Too many recipients");
        }
        let unknown = |state: &crate::state::State| {
            domain(address).is_none_or(|domain| state.mail.unknown_domains.contains(&domain))
        };
        if self.world.read(unknown) {
            return Reply::new(550, "5.1.2 Nobody knows this domain");
        }
        self.to.push(address.to_owned());
        Reply::new(250, "2.1.5 Recipient ok")
    }

    /// The mail itself, dots unstuffed (RFC 5321 §4.5.2); or why there is none to take.
    async fn content(&mut self, rest: &str) -> io::Result<Result<String, Reply>> {
        if !rest.is_empty() {
            return Ok(Err(Reply::new(501, "5.5.4 DATA takes no parameters")));
        }
        if self.to.is_empty() {
            return Ok(Err(Reply::new(503, "5.5.1 RCPT first")));
        }
        self.wire.say("354 Go ahead, and end with a dot\r\n").await?;
        let mut raw = String::new();
        let mut wrong = None;
        loop {
            let line = self.wire.line(LONGEST_TEXT_LINE).await?;
            match line.as_deref() {
                Some(".") => break,
                None => wrong = Some(Reply::new(500, "5.6.0 A line is too long")),
                Some(line) if line.contains(['\r', '\n', '\0']) => {
                    wrong = Some(Reply::new(550, "5.6.11 Bare line ends are illegal"));
                }
                Some(_) if raw.len() > LARGEST_MAIL => {
                    wrong = Some(Reply::new(552, "5.3.4 Too large"));
                }
                Some(line) => {
                    raw.push_str(line.strip_prefix('.').unwrap_or(line));
                    raw.push_str("\r\n");
                }
            }
        }
        Ok(wrong.map_or(Ok(raw), Err))
    }

    fn take(&mut self, raw: &str) -> Reply {
        let Some(sender) = self.from.take() else { return Reply::new(503, "5.5.1 MAIL first") };
        let recipients = std::mem::take(&mut self.to);
        let message = Message::parse(raw);
        // RFC 5322 §3.6: these once, no more and no less.
        if let Some(name) = ["from", "date"].into_iter().find(|name| message.count(name) != 1) {
            return Reply::new(554, format!("5.6.0 Not exactly one {name}"));
        }
        // RFC 2045 §4: without it the other fields mean nothing.
        if message.count("content-transfer-encoding") > 0 && message.count("mime-version") != 1 {
            return Reply::new(554, "5.6.0 No MIME-Version");
        }
        if !sender.eight_bit && !raw.is_ascii() {
            return Reply::new(554, "5.6.1 Eight bits without BODY=8BITMIME");
        }
        let at_ms = self.world.clock().now_ms();
        let mails = recipients.into_iter().map(|to| Mail {
            id: random::guid(),
            message_id: message.field("message-id").unwrap_or_default().to_owned(),
            from: sender.address.clone(),
            to,
            sender: message.shown("from"),
            recipient: message.shown("to"),
            subject: message.shown("subject"),
            text: message.text(),
            raw: raw.to_owned(),
            at_ms,
        });
        let mails: Vec<Mail> = mails.collect();
        self.world.change(|state| state.mail.mails.extend(mails));
        Reply::new(250, "2.0.0 Taken")
    }
}

/// `FROM:<address> parameters` as (address, parameters).
fn path<'a>(rest: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let named = rest.get(..word.len())?.eq_ignore_ascii_case(word);
    let (address, parameters) = rest[word.len()..].strip_prefix('<')?.split_once('>')?;
    let plain = address.is_empty() || (domain(address).is_some() && !address.contains(' '));
    (named && plain && (parameters.is_empty() || parameters.starts_with(' ')))
        .then_some((address, parameters))
}

fn domain(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then(|| domain.to_ascii_lowercase())
}
