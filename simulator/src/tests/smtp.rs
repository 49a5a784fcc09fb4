//! The mail server, line by line, as a client that makes every mistake.

use std::sync::Arc;

use data_encoding::BASE64;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use crate::{Company, Fault, MailDoor, World};

use super::Scene;

const ADA: &str = "ada.park@northwind.example";
const MAIL: &str = "MAIL FROM:<notify@brightline.example>";
const RCPT: &str = "RCPT TO:<ada.park@northwind.example>";
const LETTER: &str = "From: a@brightline.example\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\n\
                      Subject: hello\r\nMessage-ID: <1@x>\r\n\r\nfirst\r\n..dotted\r\n.";

struct Client<S> {
    stream: BufReader<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// The number of the next reply, whole; 0 when the connection ended.
    async fn heard(&mut self) -> u16 {
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.unwrap_or(0) == 0 || !line.ends_with('\n') {
                return 0;
            }
            assert!(line.ends_with("\r\n"), "{line:?}");
            if line.as_bytes()[3] == b' ' {
                return line[..3].parse().expect("a number");
            }
        }
    }

    async fn say(&mut self, line: &str) -> u16 {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await.expect("written");
        self.heard().await
    }

    async fn all(&mut self, lines: &[(&str, u16)]) {
        for (line, code) in lines {
            assert_eq!(self.say(line).await, *code, "{line}");
        }
    }

    async fn sign_in(&mut self, world: &World) {
        let plain = format!("\0notify@brightline.example\0{}", world.smtp_password());
        let plain = BASE64.encode(plain.as_bytes());
        self.all(&[("EHLO me", 250), (&format!("AUTH PLAIN {plain}"), 235)]).await;
    }
}

async fn connect(world: &World) -> Client<TcpStream> {
    let stream = TcpStream::connect(world.smtp_address()).await.expect("somebody listens");
    Client { stream: BufReader::new(stream) }
}

/// A client that is welcome, at a server that wants no TLS.
async fn welcome(world: &World) -> Client<TcpStream> {
    world.set_mail_door(MailDoor::Clear);
    let mut client = connect(world).await;
    assert_eq!(client.heard().await, 220);
    client.sign_in(world).await;
    client
}

#[tokio::test]
async fn the_wrong_order_is_refused() {
    let scene = Scene::start().await;
    scene.world.set_mail_door(MailDoor::Clear);
    let mut client = connect(&scene.world).await;
    assert_eq!(client.heard().await, 220);
    let bad = BASE64.encode(b"\0notify@brightline.example\0wrong");
    let user = BASE64.encode(b"notify@brightline.example");
    let password = BASE64.encode(scene.world.smtp_password().as_bytes());
    client
        .all(&[
            (MAIL, 503),
            ("EHLO", 501),
            ("STARTTLS", 503),
            ("EHLO me", 250),
            ("STARTTLS", 502),
            (MAIL, 530),
            (RCPT, 503),
            ("DATA", 503),
            (&format!("AUTH PLAIN {bad}"), 535),
            ("AUTH PLAIN %%%", 501),
            ("AUTH CRAM-MD5", 504),
            ("AUTH PLAIN", 334),
            ("*", 501),
            ("AUTH LOGIN", 334),
            (&user, 334),
            (&password, 235),
            ("AUTH PLAIN", 503),
            ("MAIL FROM:me", 501),
            ("MAIL FROM:<somebody@else.example>", 550),
            ("MAIL FROM:<notify@brightline.example> SIZE=99999999", 552),
            ("MAIL FROM:<notify@brightline.example> NONSENSE=1", 555),
            ("MAIL FROM:<notify@brightline.example> SIZE=100 BODY=8BITMIME", 250),
            (MAIL, 503),
            ("DATA", 503),
            ("RCPT TO:<>", 501),
            (RCPT, 250),
            ("RSET", 250),
            (RCPT, 503),
            ("NOOP", 250),
            ("VRFY ada", 252),
            ("TURN", 500),
            ("QUIT", 221),
        ])
        .await;
    assert_eq!(client.heard().await, 0);
    assert_eq!(scene.world.all_mails(), []);
}

#[tokio::test]
async fn a_mail_lies_in_its_mailbox_as_it_was_written() {
    let scene = Scene::start().await;
    let mut client = welcome(&scene.world).await;
    scene.world.forget_mail_domain("Nowhere.example");
    client.all(&[(MAIL, 250), ("RCPT TO:<x@nowhere.example>", 550), (RCPT, 250)]).await;
    client.all(&[("DATA", 354), (LETTER, 250), ("QUIT", 221)]).await;
    let mail = scene.world.wait_for_mail(ADA, 1).await.expect("a mail");
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("hello", "first\n.dotted\n"));
    assert_eq!((mail.message_id.as_str(), mail.at_ms), ("<1@x>", super::NOON));
    let state = format!("{}/api/state", scene.world.page_url());
    let state = super::read(scene.http.get(state)).await.expect("an answer").body;
    assert_eq!(state["mails"][0]["subject"], "hello");
    assert_eq!(state["requests"][0]["method"], "DATA", "of what went well, only the mail");
    assert_eq!(state["requests"][1]["status"], 550, "and what did not");
}

#[tokio::test]
async fn what_is_no_mail_is_refused() {
    let scene = Scene::start().await;
    let mut client = welcome(&scene.world).await;
    let long = format!("X: {}\r\n\r\n.", "x".repeat(1000));
    let bare = LETTER.replace("first\r\n", "first\n");
    let eight = LETTER.replace("first", "größer");
    let nameless = LETTER.replace("From:", "To:");
    for (letter, code) in [
        (long.as_str(), 500),
        (bare.as_str(), 550),
        (eight.as_str(), 554),
        (nameless.as_str(), 554),
        ("\r\n.", 554),
    ] {
        client.all(&[(MAIL, 250), (RCPT, 250), ("DATA", 354), (letter, code), ("RSET", 250)]).await;
    }
    let with_eight = format!("{MAIL} BODY=8BITMIME");
    client.all(&[(&with_eight, 250), (RCPT, 250), ("DATA", 354), (&eight, 250)]).await;
    assert_eq!(scene.world.mails(ADA).len(), 1);
    assert_eq!(client.say(&"x".repeat(20_000)).await, 500);
    assert_eq!(client.say("NOOP").await, 250);
}

#[tokio::test]
async fn nothing_is_talked_about_before_tls() {
    let scene = Scene::start().await;
    let mut client = connect(&scene.world).await;
    assert_eq!(client.heard().await, 220);
    client.all(&[("EHLO me", 250), (MAIL, 530), ("AUTH PLAIN", 538), ("STARTTLS", 220)]).await;
    let mut roots = RootCertStore::empty();
    let pem = scene.world.smtp_ca_pem();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM")).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").expect("a name");
    let clear = client.stream.into_inner();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, clear).await.expect("TLS");
    let mut client = Client { stream: BufReader::new(stream) };
    // Who greeted in the clear is nobody now.
    assert_eq!(client.say(MAIL).await, 503);
    client.sign_in(&scene.world).await;
    client.all(&[("STARTTLS", 503), (MAIL, 250), (RCPT, 250), ("DATA", 354), (LETTER, 250)]).await;
    assert_eq!(scene.world.mails(ADA).len(), 1);
}

#[tokio::test]
async fn each_kind_of_trouble_hurts_where_it_was_asked_for() {
    for (fault, code, taken) in [
        (Fault::DropBefore, 0, 0),
        (Fault::ApplyThenDrop, 0, 1),
        (Fault::HalfReply, 0, 1),
        (Fault::Status { status: 451, retry_after: None }, 451, 0),
        (Fault::Status { status: 421, retry_after: None }, 421, 0),
        (Fault::Slow { ms: 1 }, 250, 1),
    ] {
        let scene = Scene::start().await;
        let mut client = welcome(&scene.world).await;
        scene.world.fault(Company::Mail, Some("DATA"), fault.clone());
        client.all(&[(MAIL, 250), (RCPT, 250), ("DATA", 354), (LETTER, code)]).await;
        assert_eq!(scene.world.mails(ADA).len(), taken, "{fault:?}");
        let last = scene.world.requests().pop().expect("recorded");
        assert_eq!(last.status, Some(code).filter(|code| *code > 0), "{fault:?}");
        if matches!(code, 0 | 421) {
            assert_eq!(client.heard().await, 0, "{fault:?}");
        }
        assert_eq!(scene.world.faults_left(), 0);
    }
}

#[tokio::test]
async fn a_refused_greeting_ends_it() {
    let scene = Scene::start().await;
    scene.world.fault(
        Company::Mail,
        Some("CONNECT"),
        Fault::Status { status: 554, retry_after: None },
    );
    let mut client = connect(&scene.world).await;
    assert_eq!((client.heard().await, client.heard().await), (554, 0));
}
