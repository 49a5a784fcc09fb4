//! The databases that every run is held to.

use std::fmt;
use std::path::Path;

use server::settings::Settings;

/// Where the server remembers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Database {
    /// One file in the scene's folder.
    Sqlite,
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
        })
    }
}

impl Database {
    pub(crate) fn all() -> [Self; 1] {
        [Self::Sqlite]
    }

    pub(crate) fn choose(self, settings: &mut Settings, folder: &Path) {
        match self {
            Self::Sqlite => settings.store.folder = folder.join("data"),
        }
    }
}
