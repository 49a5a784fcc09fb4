//! Mail leaves here: the one file that speaks SMTP (RFC 5321, by lettre), through the same guard as
//! HTTP. It connects to an address that was checked, while TLS proves the server's *name*; without
//! TLS it says neither password nor mail, but to a server that the operator lists on this machine.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, UNIX_EPOCH};

use lettre::address::Address;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0,
};
use lettre::message::{Body, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Severity;
use serde::{Deserialize, Serialize};
use shared::{Code, Millis};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::compat::FuturesAsyncReadCompatExt;
use uuid::Uuid;

use super::guard::reach;
use super::{Answer, Outbound, Refusal};
use crate::secret::Credential;

/// A mail server that says more than this in one conversation is cut off.
const MOST_HEARD: usize = 64 * 1024;
/// A server may look at a mail for longer than at a command before it takes it.
const TAKING: u32 = 3;
/// Time limits that one conversation can run into, [`TAKING`] included.
const STEPS: u32 = 10 + TAKING;

/// How a conversation is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailTls {
    /// It begins in the clear and changes to TLS before anything is said (port 587).
    Starttls,
    /// From the first byte (port 465).
    Implicit,
    /// Not at all: only to a server that the operator lists as `smtp://` on this machine.
    None,
}

/// Where to, and as whom.
pub struct MailServer<'a> {
    /// Its name, which its certificate proves.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// How it is encrypted.
    pub tls: MailTls,
    /// Whom we say we are in `AUTH`.
    pub user: &'a str,
    /// With which password.
    pub password: &'a Credential,
    /// What we call ourselves in `EHLO`: our host name.
    pub hello: &'a str,
}

/// A sender or a recipient.
pub struct Mailbox {
    /// As people write it.
    pub name: String,
    /// `ann@msp.example`.
    pub address: String,
}

/// One mail, in plain text.
pub struct Mail {
    /// The same for every try: whoever gets it twice can tell.
    pub id: Uuid,
    /// From whom.
    pub from: Mailbox,
    /// To whom.
    pub to: Mailbox,
    /// One line.
    pub subject: String,
    /// Lines.
    pub body: String,
    /// When it is sent.
    pub at: Millis,
}

/// The operator's own certificate authorities.
#[derive(Debug, Clone, Default)]
pub(super) struct Roots(Option<Certificate>);

impl Roots {
    /// All certificates of a PEM file; `None` when there is none in it.
    pub(super) fn from_pem(pem: &[u8]) -> Option<Self> {
        Certificate::from_pem(pem).ok().map(|certificates| Self(Some(certificates)))
    }
}

/// Whether a mail can be addressed like this.
#[must_use]
pub fn is_address(text: &str) -> bool {
    address(text).is_ok()
}

impl Outbound {
    /// The longest that [`Outbound::mail`] takes, in milliseconds.
    #[must_use]
    pub fn mail_ms(&self) -> i64 {
        i64::try_from((self.step * STEPS).as_millis()).unwrap_or(i64::MAX)
    }

    /// Hands one mail to its server. After `Unknown` it may be on its way; sent again it has the
    /// same id.
    pub async fn mail(&self, server: &MailServer<'_>, mail: &Mail) -> Answer<()> {
        match self.hand_over(server, mail).await {
            Ok(()) => Answer::Done(()),
            Err(answer) => {
                // What the server said stays here: it is a foreign text.
                tracing::warn!(outcome = ?answer, "mail");
                answer
            }
        }
    }

    async fn hand_over(&self, server: &MailServer<'_>, mail: &Mail) -> Result<(), Answer<()>> {
        let message = message(mail).map_err(Answer::Refused)?;
        let mut line = self.connect(server).await?;
        let secret = server.password.expose().to_owned();
        let credentials = Credentials::new(server.user.to_owned(), secret);
        let signed_in = line.auth(DEFAULT_MECHANISMS, &credentials);
        self.step(signed_in, Code::MailCredentials).await?;
        let (from, to) = (address(&mail.from.address), address(&mail.to.address));
        let (from, to) = (from.map_err(Answer::Refused)?, to.map_err(Answer::Refused)?);
        self.step(line.command(MailFrom::new(Some(from), Vec::new())), Code::MailRefused).await?;
        self.step(line.command(Rcpt::new(to, Vec::new())), Code::MailAddress).await?;
        let begins = self.step(line.command(Data), Code::MailRefused).await?;
        if !begins.has_code(354) {
            return Err(Answer::Later(None));
        }
        // Up to here a lost connection means that nothing was sent; from here on it may have been.
        let body = message.formatted();
        match tokio::time::timeout(self.step * TAKING, line.message(&body)).await {
            Ok(Ok(reply)) if reply.code().severity == Severity::PositiveCompletion => {}
            Ok(Err(error)) => return Err(said(&error, Code::MailRefused, Answer::Unknown(None))),
            Ok(Ok(_)) | Err(_) => return Err(Answer::Unknown(None)),
        }
        // It has the mail; whether it hears our good-bye makes no difference.
        let _ = tokio::time::timeout(self.step, line.quit()).await;
        Ok(())
    }

    /// A conversation that is as safe as the settings want it.
    async fn connect(&self, server: &MailServer<'_>) -> Result<AsyncSmtpConnection, Answer<()>> {
        let encrypted = server.tls != MailTls::None;
        let found = self.guard.mail_server(server.host, server.port, encrypted);
        let found = match tokio::time::timeout(self.step, found).await {
            Ok(Ok(found)) if found.is_empty() => return refused(Code::MailHost),
            Ok(Ok(found)) => found,
            _ => return Err(Answer::Later(None)),
        };
        let socket = reach(&found, self.step).await.ok_or(Answer::Later(None))?;
        let peer = socket.peer_addr().map_err(|_| Answer::Later(None))?;
        let socket = Bounded::new(socket, peer);
        let hello = ClientId::Domain(server.hello.to_owned());
        match server.tls {
            MailTls::None => self.greet(Box::new(socket), &hello).await,
            MailTls::Implicit => {
                let tls = self.tls(server.host)?;
                let wrapped = tokio::time::timeout(self.step, wrap(socket, tls)).await;
                let stream = wrapped.map_err(|_| Answer::Later(None))?.map_err(|e| unproven(&e))?;
                let stream = Bounded::new(stream, peer);
                self.greet(Box::new(stream), &hello).await
            }
            MailTls::Starttls => {
                let tls = self.tls(server.host)?;
                let mut line = self.greet(Box::new(socket), &hello).await?;
                if !line.can_starttls() {
                    let _ = tokio::time::timeout(self.step, line.quit()).await;
                    return refused(Code::MailTls);
                }
                match tokio::time::timeout(self.step, line.starttls(tls, &hello)).await {
                    Ok(Ok(())) if line.is_encrypted() => Ok(line),
                    Ok(Ok(())) => refused(Code::MailTls),
                    Ok(Err(error)) => Err(unproven(&error)),
                    Err(_) => Err(Answer::Later(None)),
                }
            }
        }
    }

    async fn greet(
        &self,
        stream: Box<dyn AsyncTokioStream>,
        hello: &ClientId,
    ) -> Result<AsyncSmtpConnection, Answer<()>> {
        let greeted = AsyncSmtpConnection::connect_with_transport(stream, hello);
        self.step(greeted, Code::MailRefused).await
    }

    /// TLS that trusts what the system trusts, and the operator's own authorities, for this name.
    fn tls(&self, host: &str) -> Result<TlsParameters, Answer<()>> {
        let mut tls = TlsParameters::builder(host.trim_matches(['[', ']']).to_owned());
        if let Some(root) = &self.roots.0 {
            tls = tls.add_root_certificate(root.clone());
        }
        tls.build().map_err(|_| Answer::Refused(Code::MailTls.into()))
    }

    /// One step before the mail itself: whatever breaks here, nothing was sent.
    async fn step<T>(
        &self,
        step: impl Future<Output = Result<T, Error>>,
        no: Code,
    ) -> Result<T, Answer<()>> {
        match tokio::time::timeout(self.step, step).await {
            Ok(Ok(done)) => Ok(done),
            // Something that lettre itself won't do, such as an `AUTH` that the server lacks.
            Ok(Err(error)) if error.is_client() => refused(no),
            Ok(Err(error)) => Err(said(&error, no, Answer::Later(None))),
            Err(_) => Err(Answer::Later(None)),
        }
    }
}

fn refused<T>(code: Code) -> Result<T, Answer<()>> {
    Err(Answer::Refused(code.into()))
}

/// RFC 5321 §4.2.1: 5xx is a no, 4xx is a not now. `lost` is what a broken connection means.
fn said(error: &Error, no: Code, lost: Answer<()>) -> Answer<()> {
    let number = error.status().map(u16::from);
    match number {
        Some(number) if error.is_permanent() => {
            Answer::Refused(Refusal::about(no, format!("SMTP {number}")))
        }
        Some(_) => Answer::Later(None),
        None => lost,
    }
}

/// A certificate that does not prove the name is a no; a connection that broke is a not now.
fn unproven(error: &Error) -> Answer<()> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        let kind = inner.downcast_ref::<io::Error>().map(io::Error::kind);
        if kind == Some(io::ErrorKind::InvalidData) {
            return Answer::Refused(Code::MailTls.into());
        }
        cause = inner.source();
    }
    said(error, Code::MailTls, Answer::Later(None))
}

fn address(text: &str) -> Result<Address, Refusal> {
    // Addresses beyond ASCII need SMTPUTF8 (RFC 6531) all the way; names may have any letter.
    match text.parse::<Address>() {
        Ok(address) if text.is_ascii() => Ok(address),
        _ => Err(Code::MailAddress.into()),
    }
}

fn message(mail: &Mail) -> Result<Message, Refusal> {
    let mailbox = |whose: &Mailbox| -> Result<_, Refusal> {
        let name = one_line(&whose.name);
        let name = Some(name).filter(|name| !name.is_empty());
        Ok(lettre::message::Mailbox::new(name, address(&whose.address)?))
    };
    let from = mailbox(&mail.from)?;
    let domain = from.email.domain().to_owned();
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(mail.at.0).unwrap_or_default());
    // RFC 3834: no holiday notes in answer.
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    // Readable as it is, for people and for filters that look with suspicion at base64.
    let encoding = ContentTransferEncoding::QuotedPrintable;
    let body = Body::new_with_encoding(mail.body.clone(), encoding)
        .map_err(|_| Refusal::from(Code::MailRefused))?;
    Message::builder()
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .date(at)
        .from(from)
        .to(mailbox(&mail.to)?)
        .subject(one_line(&mail.subject))
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
        .body(body)
        .map_err(|_| Code::MailRefused.into())
}

/// A name must not begin a header of its own.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|w| !w.is_empty())
        .collect();
    words.join(" ")
}

/// TLS from the first byte, around a stream of ours.
#[expect(deprecated, reason = "lettre 0.11 gives no other way to wrap a bounded stream in its TLS")]
async fn wrap(
    stream: Bounded<TcpStream>,
    tls: TlsParameters,
) -> Result<tokio_util::compat::Compat<lettre::transport::smtp::client::AsyncNetworkStream>, Error>
{
    use lettre::transport::smtp::client::AsyncNetworkStream;
    let mut stream = AsyncNetworkStream::use_existing_tokio1(Box::new(stream));
    stream.upgrade_tls(tls).await?;
    Ok(stream.compat())
}

/// A stream that ends when it has said enough (lettre reads lines of any length), and that gives
/// no byte early: what somebody put behind the answer to STARTTLS must meet TLS, not be taken for
/// the server's word under it (CVE-2011-0411 and its kin).
#[derive(Debug)]
struct Bounded<S> {
    inner: S,
    left: usize,
    clear: bool,
    peer: SocketAddr,
}

/// The first byte of a TLS handshake; no SMTP command begins with it.
const HANDSHAKE: u8 = 0x16;

impl<S> Bounded<S> {
    fn new(inner: S, peer: SocketAddr) -> Self {
        Self { inner, left: MOST_HEARD, clear: true, peer }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // In the clear byte by byte: the line that was asked for, and nothing behind it.
        let room = buffer.remaining().min(if self.clear { 1 } else { usize::MAX });
        let most = room.min(self.left);
        if most < room.min(1) {
            return Poll::Ready(Err(io::Error::other("the server says too much")));
        }
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
        let read = Pin::new(&mut self.inner).poll_read(context, &mut part);
        let heard = part.filled().len();
        buffer.advance(heard);
        self.left -= heard;
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if bytes.first() == Some(&HANDSHAKE) {
            self.clear = false;
        }
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

impl<S> AsyncTokioStream for Bounded<S>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug,
{
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

#[cfg(test)]
mod tests;
