//! What a mail looks like on the wire, and servers that mean harm. Whole conversations are stories.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::*;

fn mail(name: &str, subject: &str, body: &str) -> Mail {
    Mail {
        id: Uuid::from_u128(7),
        from: Mailbox { name: name.into(), address: "notify@msp.example".into() },
        to: Mailbox { name: name.into(), address: "ada@customer.example".into() },
        subject: subject.into(),
        body: body.into(),
        at: Millis(1_795_356_000_000),
    }
}

#[test]
fn a_mail_is_what_servers_take() {
    let made = message(&mail("Zoë, \"IT\" <x>", "Grüße", "first\n.dot\nGröße\n")).unwrap();
    let text = String::from_utf8(made.formatted()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(text.is_ascii() && !text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
    assert!(text.lines().all(|line| line.len() < 1000));
    for line in [
        "Message-ID: <00000000-0000-0000-0000-000000000007@msp.example>",
        "Date: Sun, 22 Nov 2026 14:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
        "MIME-Version: 1.0",
    ] {
        assert!(head.lines().any(|it| it == line), "{line}: {head}");
    }
    assert!(body.contains("Gr=C3=B6=C3=9Fe"), "{body}");
}

#[test]
fn no_name_and_no_subject_begins_a_header() {
    for evil in
        ["x\r\nBcc: eve@evil.example", "x\nBcc: eve@evil.example", "x\rBcc: e@e", "\u{2028}"]
    {
        let made = message(&mail(evil, evil, "body")).unwrap();
        let text = String::from_utf8(made.formatted()).unwrap().to_lowercase();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(!head.lines().any(|line| line.starts_with("bcc")), "{text}");
        assert_eq!(head.lines().filter(|line| line.starts_with("to:")).count(), 1);
    }
}

#[test]
fn addresses_are_checked() {
    assert!(is_address("ada.o'neil+1@customer.example"));
    for bad in
        ["", "ada", "ada@", "a@b@c", "Ada <ada@c.example>", "a@b.example\r\nx", "zoë@c.example"]
    {
        assert!(!is_address(bad), "{bad:?}");
    }
    let nobody = Mail {
        to: Mailbox { name: "Ada".into(), address: String::new() },
        ..mail("MSP", "subject", "body")
    };
    assert_eq!(message(&nobody).unwrap_err().code, Code::MailAddress);
}

/// What comes of a server that does as `act` says with whoever connects.
async fn met(tls: MailTls, act: impl AsyncFnOnce(TcpStream)) -> Answer<()> {
    met_within(3_000, tls, act).await
}

async fn met_within(timeout_ms: u64, tls: MailTls, act: impl AsyncFnOnce(TcpStream)) -> Answer<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let out = Outbound::new(&crate::settings::Outbound {
        allow: format!("smtp://127.0.0.1:{port}"),
        ca_file: std::path::PathBuf::new(),
        timeout_ms,
    });
    let out = out.unwrap();
    let password = Credential::new(Zeroizing::new("secret".into()));
    let server = MailServer {
        host: "127.0.0.1",
        port,
        tls,
        user: "user",
        password: &password,
        hello: "app.example",
    };
    let mail = mail("MSP", "subject", "body");
    let meeting = async {
        let (socket, _) = listener.accept().await.unwrap();
        act(socket).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = out.mail(&server, &mail) => answer,
        () = meeting => unreachable!("it waits for ever"),
    }
}

#[tokio::test]
async fn a_server_that_never_ends_its_line_is_cut_off() {
    let answer = met(MailTls::None, async |mut socket| {
        let much = vec![b'2'; MOST_HEARD];
        // It is cut off before it has said all of this.
        while socket.write_all(&much).await.is_ok() {}
    });
    assert_eq!(answer.await, Answer::Later(None));
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for() {
    for tls in [MailTls::None, MailTls::Starttls, MailTls::Implicit] {
        let silent = async |mut socket: TcpStream| {
            _ = socket.read_u8().await;
        };
        // This one is waited for to the end.
        assert_eq!(met_within(300, tls, silent).await, Answer::Later(None), "{tls:?}");
    }
}

/// A server in the middle says yes to everything in the clear, and then has no certificate.
#[tokio::test]
async fn a_server_without_a_certificate_hears_no_password() {
    let answer = met(MailTls::Starttls, async |mut socket| {
        let mut heard = Vec::new();
        for line in ["220 hi\r\n", "250-hi\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n", "220 go\r\n"] {
            socket.write_all(line.as_bytes()).await.unwrap();
            _ = socket.read_buf(&mut heard).await;
        }
        socket.write_all(b"this is no TLS at all\r\n").await.unwrap();
        let _ = socket.read_to_end(&mut heard).await;
        assert!(!String::from_utf8_lossy(&heard).contains("AUTH"), "{heard:?}");
    });
    assert_eq!(answer.await, Answer::Refused(Code::MailTls.into()));
}

/// Somebody on the way puts a word of their own behind the answer to STARTTLS: it must not be taken
/// for what the server says under TLS.
#[tokio::test]
async fn a_word_put_behind_starttls_meets_tls() {
    let answer = met(MailTls::Starttls, async |mut socket| {
        let mut heard = Vec::new();
        for lines in ["220 hi\r\n", "250-hi\r\n250 STARTTLS\r\n", "220 go\r\n250 AUTH PLAIN\r\n"] {
            socket.write_all(lines.as_bytes()).await.unwrap();
            _ = socket.read_buf(&mut heard).await;
        }
        // Silent from here on: whoever kept the word for later waits in vain.
        _ = socket.read_to_end(&mut heard).await;
        std::future::pending::<()>().await;
    });
    assert_eq!(answer.await, Answer::Refused(Code::MailTls.into()));
}

#[tokio::test]
async fn nobody_there_is_not_now() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let out = Outbound::new(&crate::settings::Outbound {
        allow: format!("smtp://127.0.0.1:{port}"),
        ca_file: std::path::PathBuf::new(),
        timeout_ms: 300,
    });
    let password = Credential::new(Zeroizing::new("secret".into()));
    let tls = MailTls::None;
    let server =
        MailServer { host: "127.0.0.1", port, tls, user: "u", password: &password, hello: "a" };
    let answer = out.unwrap().mail(&server, &mail("MSP", "subject", "body")).await;
    assert_eq!(answer, Answer::Later(None));
    assert!(matches!(
        Outbound::new(&crate::settings::Settings::defaults().unwrap().outbound)
            .unwrap()
            .mail(&server, &mail("MSP", "subject", "body"))
            .await,
        Answer::Refused(Refusal { code: Code::MailHost, .. })
    ));
}
