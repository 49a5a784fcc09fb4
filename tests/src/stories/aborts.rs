//! A phone with a bad signal: the connection breaks at every stage of every request of the reveal
//! page. The server goes on, and the password is not lost: the link is as it was, or opened by the
//! very device whose connection broke, which may ask again.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::crash::database::Database;
use crate::race::ground::Ground;
use crate::race::rush::{Answer, Request};
use crate::race::variant::{Opener, look, reveals};
use crate::world::until;

/// How far it came.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Connected,
    HalfARequestLine,
    HalfTheHeaders,
    AllHeaders,
    HalfTheBody,
    AllButTheLastByte,
    WholeRequest,
    FirstByteOfTheReply,
    HalfTheReply,
}

const STAGES: [Stage; 9] = [
    Stage::Connected,
    Stage::HalfARequestLine,
    Stage::HalfTheHeaders,
    Stage::AllHeaders,
    Stage::HalfTheBody,
    Stage::AllButTheLastByte,
    Stage::WholeRequest,
    Stage::FirstByteOfTheReply,
    Stage::HalfTheReply,
];

/// How it ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// As a browser ends it whose tab was closed.
    Closed,
    /// As a phone's network ends it: no farewell, what was on its way is dropped.
    Reset,
    /// Nothing more to say, but still there to listen.
    HalfClosed,
}

const ENDS: [End; 3] = [End::Closed, End::Reset, End::HalfClosed];

impl Stage {
    /// So many bytes are sent.
    fn sent(self, request: &Request) -> usize {
        let (head, all) = (request.head.len(), request.bytes().len());
        match self {
            Stage::Connected => 0,
            Stage::HalfARequestLine => request.head.find('\r').unwrap() / 2,
            Stage::HalfTheHeaders => head / 2,
            Stage::AllHeaders => head,
            Stage::HalfTheBody => head + request.body.len() / 2,
            Stage::AllButTheLastByte => all - 1,
            Stage::WholeRequest | Stage::FirstByteOfTheReply | Stage::HalfTheReply => all,
        }
    }

    /// So many of the reply are waited for.
    fn read(self, reply: usize) -> usize {
        match self {
            Stage::FirstByteOfTheReply => 1,
            Stage::HalfTheReply => reply / 2,
            _ => 0,
        }
    }
}

/// Begins to exchange `request` for a reply of so many bytes, and breaks off.
async fn break_off(request: &Request, stage: Stage, reply: usize, end: End) {
    let sent = &request.bytes()[..stage.sent(request)];
    give_up(request, sent, stage.read(reply), end).await;
}

async fn give_up(request: &Request, sent: &[u8], read: usize, end: End) {
    let mut stream = TcpStream::connect(request.to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(sent).await.unwrap();
    stream.read_exact(&mut vec![0; read]).await.unwrap();
    match end {
        End::Closed => {}
        End::Reset => stream.set_zero_linger().unwrap(),
        End::HalfClosed => {
            stream.shutdown().await.unwrap();
            // Whatever comes, or nothing.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    }
}

/// The exchange as it goes on a good day.
async fn send(request: &Request) -> Answer {
    let request = request.clone();
    tokio::task::spawn_blocking(move || request.send()).await.unwrap()
}

fn page(ground: &Ground) -> Request {
    Request::to_share(ground.servers[0], "GET", "/s", String::new())
}

fn length(answer: &Answer) -> usize {
    answer.head.concat().len() + answer.body.len()
}

#[tokio::test]
async fn broken_connections_lose_nothing_on_sqlite() {
    broken_connections_lose_nothing(Database::Sqlite).await;
}

#[tokio::test]
async fn broken_connections_lose_nothing_on_postgres() {
    broken_connections_lose_nothing(Database::Postgres).await;
}

async fn broken_connections_lose_nothing(database: Database) {
    let mut ground = Ground::start(database, 1).await;
    let kept = TcpStream::connect(ground.servers[0]).await.unwrap();
    until("one is counted", async || connections(ground.servers[0]) == 1).await;
    drop(kept);
    looking(&ground).await;
    opening(&ground).await;
    two_hundred_times(&ground).await;
    // Nobody is kept waiting for who has left.
    until("all are closed", async || connections(ground.servers[0]) == 0).await;
    let ended = ground.processes.remove(0).stop().await;
    let log = ground.logs();
    assert!(ended.success(), "{log}");
    assert!(log.contains(r#""message":"answered""#), "nothing is logged");
    for trouble in [r#""level":"ERROR""#, "panicked", "stopped with"] {
        assert!(!log.contains(trouble), "{log}");
    }
}

/// Connections that a server has not closed yet (proc_net(5); 0A listens, 06 is the kernel's own
/// memory of one that has gone).
fn connections(at: SocketAddr) -> usize {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let port = format!(":{:04X}", at.port());
    let held = table.lines().skip(1).filter(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let ours = fields.next().is_some_and(|local| local.ends_with(&port));
        ours && !["0A", "06"].contains(&fields.nth(1).unwrap_or_default())
    });
    held.count()
}

/// Page and look have no effect, cut short or not.
async fn looking(ground: &Ground) {
    let (_msp, link) = ground.link(None).await;
    let at = ground.servers[0];
    for request in [page(ground), look(&link, at)] {
        let whole = send(&request).await;
        assert_eq!(whole.status, 200, "{}", whole.body);
        for stage in STAGES {
            for end in ENDS {
                break_off(&request, stage, length(&whole), end).await;
                assert_eq!(send(&request).await.status, 200, "{stage:?}, {end:?}");
            }
        }
    }
    let opened = send(&Opener::new().tap(&link, at)).await;
    assert!(reveals(&link, &opened.json()), "{}", opened.body);
}

async fn opening(ground: &Ground) {
    let at = ground.servers[0];
    let (_msp, link) = ground.link(None).await;
    let reply = length(&send(&Opener::new().tap(&link, at)).await);
    for stage in STAGES {
        for end in ENDS {
            let (_msp, link) = ground.link(None).await;
            let (unlucky, other) = (Opener::new(), Opener::new());
            break_off(&unlucky.tap(&link, at), stage, reply, end).await;
            assert_eq!(send(&page(ground)).await.status, 200, "{stage:?}, {end:?}");
            let others = send(&other.tap(&link, at)).await;
            let again = send(&unlucky.tap(&link, at)).await;
            let has_it = |answer: &Answer| reveals(&link, &answer.json());
            let (others_has, own_has) = (has_it(&others), has_it(&again));
            assert!(others_has != own_has, "{stage:?}, {end:?}: {} {}", others.body, again.body);
            let loser = if own_has { &others } else { &again };
            assert!(*loser == ground.dead, "{stage:?}, {end:?}: {}", loser.body);
            // Whether the last byte alone arrived in time is for the network to say.
            match stage {
                Stage::WholeRequest => {}
                Stage::FirstByteOfTheReply | Stage::HalfTheReply => assert!(own_has, "{stage:?}"),
                _ => assert!(others_has, "{stage:?}, {end:?}: half a request opened it"),
            }
        }
    }
}

/// One device that never gets further than some byte, two hundred times in a row.
async fn two_hundred_times(ground: &Ground) {
    let (msp, link) = ground.link(None).await;
    let unlucky = Opener::new();
    let tap = unlucky.tap(&link, ground.servers[0]);
    let bytes = tap.bytes();
    for nth in 1..=200 {
        let end = if nth % 2 == 0 { End::Closed } else { End::Reset };
        give_up(&tap, &bytes[..bytes.len() * nth / 200], 0, end).await;
    }
    let opened = send(&tap).await;
    assert!(reveals(&link, &opened.json()), "{}", opened.body);
    assert!(send(&Opener::new().tap(&link, ground.servers[0])).await == ground.dead);
    let share = ground.app.store.share_of(msp.account, link.reset).await.unwrap().unwrap();
    assert_eq!(share.late_attempts, 1, "it never was a stranger to itself");
}
