//! The order that lets two devices win: look whether the link is open, answer, and write down that
//! it was opened. It serves the same path on the same store, and is no part of the product. The
//! race must find what it does, or it proves nothing.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use server::app::App;
use server::seal::sha256;
use server::store::{Share, ShareStanding};
use shared::{AccountId, ResetId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const DEAD: &str = r#"{"code":"link-dead"}"#;

#[derive(Clone)]
pub(crate) struct Careless {
    app: App,
    subject: Arc<Mutex<Option<(AccountId, ResetId)>>>,
}

impl Careless {
    /// Serves until the test ends.
    pub(crate) async fn serve(
        app: App,
        subject: Arc<Mutex<Option<(AccountId, ResetId)>>>,
    ) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let careless = Self { app, subject };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(careless.clone().answer(stream));
            }
        });
        address
    }

    async fn answer(self, mut stream: TcpStream) {
        let ask = ask(&mut stream).await;
        let (status, body) = match self.open(&ask).await {
            Some(share) => {
                let sealed = BASE64URL_NOPAD.encode(&share.ciphertext);
                ("200 OK", json!({ "sealed": sealed }).to_string())
            }
            None => ("410 Gone", DEAD.to_owned()),
        };
        let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    async fn open(&self, ask: &Value) -> Option<Share> {
        let (account, reset) = (*self.subject.lock().unwrap())?;
        let share = self.app.store.share_of(account, reset).await.unwrap()?;
        let given = |name: &str| BASE64URL_NOPAD.decode(ask[name].as_str()?.as_bytes()).ok();
        let knows = given("id")? == share.look_id && sha256(&given("proof")?) == share.proof_hash;
        if !knows || share.state != ShareStanding::Open {
            return None;
        }
        // Here it is: between the look and this, others have looked.
        let opened = "update shares set state = 'opened' where id = $1";
        self.app.store.seed(opened, &[share.id.0]).await;
        Some(share)
    }
}

/// The body of a request, whose head has been answered with "continue" where it asks for that.
pub(super) async fn ask(stream: &mut TcpStream) -> Value {
    let (mut bytes, mut asked_for) = (Vec::new(), false);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            if head.contains("expect: 100-continue") && !asked_for {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.unwrap();
                asked_for = true;
            }
            let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap();
            if body.len() == length.parse::<usize>().unwrap() {
                return serde_json::from_str(body).unwrap();
            }
        }
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "the request was cut short");
    }
}
