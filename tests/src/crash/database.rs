//! The databases that every run is held to.

use std::fmt;
use std::path::Path;

use server::settings::Settings;

/// Where the server remembers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Database {
    /// One file in the scene's folder.
    Sqlite,
    /// A database of its own in the tests' cluster.
    Postgres,
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

impl Database {
    /// A new one, whose files are in `folder`.
    pub(crate) fn choose(self, settings: &mut Settings, folder: &Path) {
        settings.keys.file = folder.join("keys/master.key");
        settings.store.folder = folder.join("data");
        if let Self::Postgres = self {
            settings.store.url = cluster::shared().database().unwrap().into();
            server::key_file::make_new(&settings.keys.file).unwrap();
        }
    }
}
