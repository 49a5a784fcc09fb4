//! Requests over sockets of our own, released together: each is written but for its last byte, and
//! the server has said that it waits for the rest, before the first of the last bytes goes out.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Something is wrong when a server says nothing for so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request, as it goes over the wire.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) to: SocketAddr,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Request {
    /// To a path of the share host.
    pub(crate) fn to_share(to: SocketAddr, method: &str, path: &str, body: String) -> Self {
        let host = format!("s.localhost:{}", to.port());
        let more = format!("origin: http://{host}\r\ncontent-type: application/json\r\n");
        Self::new(to, (method, path), &host, &more, body)
    }

    /// To a path of the pod's API.
    pub(crate) fn to_api(
        to: SocketAddr,
        method: &str,
        path: &str,
        bearer: &str,
        body: String,
    ) -> Self {
        let host = format!("app.localhost:{}", to.port());
        let more = format!("authorization: Bearer {bearer}\r\ncontent-type: application/json\r\n");
        Self::new(to, (method, path), &host, &more, body)
    }

    /// As a page of ours asks.
    pub(crate) fn to_page(
        to: SocketAddr,
        method: &str,
        path: &str,
        cookie: &str,
        body: String,
    ) -> Self {
        let host = format!("app.localhost:{}", to.port());
        let more = format!(
            "origin: http://{host}\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n"
        );
        Self::new(to, (method, path), &host, &more, body)
    }

    fn new(
        to: SocketAddr,
        (method, path): (&str, &str),
        host: &str,
        more: &str,
        body: String,
    ) -> Self {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{more}content-length: {}\r\n\
             connection: close\r\n\r\n",
            body.len()
        );
        Self { to, head, body }
    }

    /// All of it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), self.body.as_bytes()].concat()
    }

    /// Sends it by itself.
    pub(crate) fn send(&self) -> Answer {
        let mut stream = connect(self.to);
        stream.write_all(&self.bytes()).unwrap();
        Answer::read(stream)
    }
}

/// A connection that sends each write at once.
pub(crate) fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// What a server said: everything that does not differ from request to request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Status line and headers, but for the date and the request's id.
    pub(crate) head: Vec<String>,
    pub(crate) body: String,
}

impl Answer {
    /// Reads to the end of the stream.
    pub(crate) fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Self::parse(&String::from_utf8(bytes).unwrap())
    }

    pub(crate) fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?}"));
        let own = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            !["date", "x-request-id"].contains(&name.as_str())
        };
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or_else(|| panic!("{text:?}")),
            head: head.split("\r\n").filter(own).map(str::to_owned).collect(),
            body: body.to_owned(),
        }
    }

    /// The body as JSON, null where it is none.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Requests that go out at the same moment, in this order.
pub(crate) struct Rush {
    pub(crate) requests: Vec<Request>,
    /// Goes out before them, and these are answered, one after the other, in between.
    pub(crate) early: Option<(Request, Vec<Request>)>,
}

impl Rush {
    /// The answers, and the early one's. Blocks.
    pub(crate) fn release(&self) -> (Vec<Answer>, Option<Answer>) {
        let early = self.early.as_ref().map(|(request, meanwhile)| (hold(request), meanwhile));
        let mut held: Vec<Held> = self.requests.iter().map(hold).collect();
        let early = early.map(|(mut early, meanwhile)| {
            early.let_go();
            for request in meanwhile {
                request.send();
            }
            early
        });
        held.iter_mut().for_each(Held::let_go);
        let answers = held.into_iter().map(|held| Answer::read(held.stream)).collect();
        (answers, early.map(|early| Answer::read(early.stream)))
    }
}

/// A request that was written but for its last byte.
pub(crate) struct Held {
    stream: TcpStream,
    last: u8,
}

impl Held {
    fn let_go(&mut self) {
        self.stream.write_all(&[self.last]).unwrap();
    }

    /// Lets it go, and reads what is said to it. Blocks.
    pub(crate) fn end(mut self) -> Answer {
        self.let_go();
        Answer::read(self.stream)
    }
}

/// Everything but the last byte. A body is asked for by the server (RFC 9110, 10.1.1): whoever
/// has asked has read the head, and its handler waits. Blocks.
pub(crate) fn hold(request: &Request) -> Held {
    let mut stream = connect(request.to);
    if request.body.is_empty() {
        let (last, rest) = request.head.as_bytes().split_last().unwrap();
        stream.write_all(rest).unwrap();
        return Held { stream, last: *last };
    }
    let head = request.head.replacen("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n", 1);
    stream.write_all(head.as_bytes()).unwrap();
    let mut said = Vec::new();
    while !said.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        said.push(byte[0]);
    }
    assert!(said.starts_with(b"HTTP/1.1 100 "), "{}", String::from_utf8_lossy(&said));
    let (last, rest) = request.body.as_bytes().split_last().unwrap();
    stream.write_all(rest).unwrap();
    Held { stream, last: *last }
}
