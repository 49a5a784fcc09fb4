//! Every log line of every story, at the finest level and from every crate, kept in memory to be
//! searched for what must not be there.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Lines;
    fn make_writer(&'a self) -> Lines {
        self.clone()
    }
}

fn lines() -> &'static Lines {
    static LINES: OnceLock<Lines> = OnceLock::new();
    LINES.get_or_init(|| {
        let lines = Lines::default();
        // The server's own lines at the finest level; other crates' as the product shows them,
        // but with room to say more than they should.
        let targets = tracing_subscriber::filter::Targets::new()
            .with_default(tracing::Level::DEBUG)
            .with_target("server", tracing::Level::TRACE)
            .with_target("simulator", tracing::Level::ERROR)
            .with_target("thirtyfour", tracing::Level::ERROR);
        tracing_subscriber::registry()
            .with(targets)
            .with(tracing_subscriber::fmt::layer().json().with_writer(lines.clone()))
            .init();
        lines
    })
}

/// Begins to keep lines; more than once is once.
pub(crate) fn keep() {
    lines();
}

/// All lines so far.
pub(crate) fn all() -> String {
    String::from_utf8_lossy(&lines().0.lock().unwrap()).into_owned()
}
