//! As little of HTTP as a measurement needs: what the client's side costs is missing from the
//! server's share of the machine.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept.
pub(crate) struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    pub(crate) async fn to(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(8 * 1024) })
    }

    /// Sends a request and reads the whole answer, which must be a 200.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the server closed the connection");
            if let Some(length) = whole(&self.buffer)? {
                ensure!(self.buffer.len() == length, "more than one answer");
                break;
            }
        }
        ensure!(
            self.buffer.starts_with(b"HTTP/1.1 200 "),
            "answered otherwise: {}",
            String::from_utf8_lossy(&self.buffer)
        );
        Ok(())
    }
}

/// How long the answer is whose beginning this is; `None` while it is not whole.
fn whole(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..head])?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let all = head + 4 + length.context("an answer of unknown length")?;
    Ok((bytes.len() >= all).then_some(all))
}

/// A request to the share host, as a browser sends it.
pub(crate) fn request(address: SocketAddr, method: &str, path: &str, body: &str) -> Vec<u8> {
    let host = format!("s.localhost:{}", address.port());
    let content = match method {
        "GET" => String::new(),
        _ => format!(
            "origin: http://{host}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        ),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: Mozilla/5.0 (Linux; Android 10; K)\r\n\
         accept: */*\r\naccept-language: en-GB,en;q=0.9\r\n{content}\r\n{body}"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn an_answer_ends_where_it_says() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        for cut in 0..text.len() {
            assert_eq!(whole(&text[..cut]).unwrap(), None, "{cut}");
        }
        assert_eq!(whole(text).unwrap(), Some(text.len()));
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
