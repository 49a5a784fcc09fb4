//! The order that lets a guesser try more often than allowed: read the tries that are left, compare,
//! and write down that there is one less. It serves the same path on the same store, and is no part
//! of the product. The race must find what it does, or it proves nothing.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use server::app::App;
use shared::{AccountId, VerificationId};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::crash::database::Database;
use crate::race::careless::ask;
use crate::race::ground::Ground;

/// Which verification the round is about.
type Subject = Arc<Mutex<Option<(AccountId, VerificationId)>>>;

/// A careless server on this database.
pub(super) async fn ground(database: Database) -> Ground {
    Ground::served_by(database, serve).await
}

async fn serve(app: App, subject: Subject) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(app.clone(), Arc::clone(&subject), stream));
        }
    });
    address
}

async fn answer(app: App, subject: Subject, mut stream: TcpStream) {
    let _: Value = ask(&mut stream).await;
    let subject = *subject.lock().unwrap();
    let known = match subject {
        Some((account, id)) => app.store.verification(account, id).await.unwrap(),
        None => None,
    };
    let (status, body) = match known {
        Some(known) if known.tries_left > 0 => {
            // Here it is: between the look and this, others have looked. Every answer is wrong.
            let less = "update verifications set tries_left = case when tries_left > 0
                            then tries_left - 1 else 0 end where id = $1";
            app.store.seed(less, &[known.id.0]).await;
            ("422 No", json!({ "code": "code-wrong", "tries_left": known.tries_left - 1 }))
        }
        _ => ("410 Gone", json!({ "code": "code-tries-spent" })),
    };
    let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await.unwrap();
}
