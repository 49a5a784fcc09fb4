//! The wire: lines in, replies out, in the clear or under TLS.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

/// What the server answers: a number, and one or more lines.
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

impl Reply {
    pub(super) fn new(code: u16, text: impl Into<String>) -> Self {
        Reply { code, lines: vec![text.into()] }
    }

    /// RFC 5321 §4.2.1: a hyphen after the number in every line but the last.
    pub(super) fn wire(&self) -> String {
        let last = self.lines.len() - 1;
        let line = |(at, text): (usize, &String)| {
            format!("{}{}{text}\r\n", self.code, if at == last { ' ' } else { '-' })
        };
        self.lines.iter().enumerate().map(line).collect()
    }
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection.
pub(super) struct Wire {
    /// Gone for as long as a handshake takes.
    stream: Option<Box<dyn Stream>>,
    /// What was read and not yet looked at.
    ahead: Vec<u8>,
}

impl Wire {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        Wire { stream: Some(Box::new(stream)), ahead: Vec::new() }
    }

    /// From here on under TLS. What came too early is forgotten (RFC 3207 §4.2).
    pub(super) async fn encrypt(&mut self, tls: &TlsAcceptor) -> io::Result<()> {
        let Some(clear) = self.stream.take() else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        self.ahead.clear();
        self.stream = Some(Box::new(tls.accept(clear).await?));
        Ok(())
    }

    pub(super) async fn say(&mut self, wire: &str) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Err(io::ErrorKind::NotConnected.into()) };
        stream.write_all(wire.as_bytes()).await?;
        stream.flush().await
    }

    /// A line without its CRLF; `None` for one that is longer than `most`, which is read to its end.
    pub(super) async fn line(&mut self, most: usize) -> io::Result<Option<String>> {
        let mut too_long = false;
        loop {
            if let Some(end) = self.ahead.windows(2).position(|two| two == b"\r\n") {
                let line: Vec<u8> = self.ahead.drain(..end + 2).take(end).collect();
                too_long |= end + 2 > most;
                return Ok((!too_long).then(|| String::from_utf8_lossy(&line).into_owned()));
            }
            if self.ahead.len() > most {
                too_long = true;
                // The last byte may be the first half of the end.
                self.ahead.drain(..self.ahead.len() - 1);
            }
            let Some(stream) = &mut self.stream else {
                return Err(io::ErrorKind::NotConnected.into());
            };
            if stream.read_buf(&mut self.ahead).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
