//! The master key's file: 64 hex digits, mode 0600. Made once, for a new database; never
//! overwritten, never made beside sealed rows.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

use crate::random;
use crate::seal::Keys;

/// The key can't be had. One line for the operator.
#[derive(Debug, thiserror::Error)]
#[error("the master key {path}: {why}")]
pub struct BadKey {
    path: String,
    why: String,
}

/// Reads the key. For PostgreSQL, where no process can know whether it is the first.
///
/// # Errors
/// When it is missing, unreadable, damaged, or open to others.
pub fn read(path: &Path) -> Result<Keys, BadKey> {
    if !path.exists() {
        let why = "is missing; make one with \"msp-reset make-key\", or, where another process \
                   serves this database already, put a copy of its key here";
        return Err(BadKey { path: path.display().to_string(), why: why.into() });
    }
    read_or_make(path, true)
}

/// Makes a key, never over another one.
///
/// # Errors
/// When there is one already, or the folder can't be written.
pub fn make_new(path: &Path) -> Result<(), BadKey> {
    make(path).map(drop).map_err(|error| BadKey {
        path: path.display().to_string(),
        why: format!("can't be made: {error}"),
    })
}

/// Reads the key; makes it when neither key nor database exists.
///
/// # Errors
/// When it is missing beside a database, unreadable, damaged, or open to others.
pub fn read_or_make(path: &Path, database_exists: bool) -> Result<Keys, BadKey> {
    let bad = |why: String| BadKey { path: path.display().to_string(), why };
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !database_exists => {
            return make(path).map_err(|error| bad(format!("can't be made: {error}")));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(bad(
                "is missing, but there is a database sealed with it; put the key back".into(),
            ));
        }
        Err(error) => return Err(bad(format!("can't be read: {error}"))),
    };
    let mode = fs::metadata(path).map_err(|error| bad(error.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(bad(format!(
            "can be read by others (mode {:o}); run: chmod 600 {}",
            mode & 0o777,
            path.display()
        )));
    }
    let damaged = || bad("is damaged: it must be 64 hex digits; restore it from your copy".into());
    let bytes =
        Zeroizing::new(HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).map_err(|_| damaged())?);
    let key: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| damaged())?;
    Ok(Keys::new(key))
}

fn make(path: &Path) -> std::io::Result<Keys> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let key = random::bytes::<32>();
    let text = Zeroizing::new(format!("{}\n", HEXLOWER.encode(key.as_ref())));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    // On disk before anything is sealed with it.
    file.sync_all()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // The name, too.
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(Keys::new(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_then_read_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/master.key");
        let says = |exists| read_or_make(&path, exists).err().map(|error| error.to_string());
        assert!(says(true).unwrap().contains("put the key back"));
        let made = read_or_make(&path, false).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = read_or_make(&path, true).unwrap();
        assert_eq!(made.check_value(), again.check_value());

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(says(true).unwrap().contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(make_new(&path).unwrap_err().to_string().contains("exists"));
        assert!(read(&path.with_extension("not")).err().unwrap().to_string().contains("make-key"));
        for damage in ["", "abc", &"g".repeat(64), &"a".repeat(66)] {
            fs::write(&path, damage).unwrap();
            assert!(says(false).unwrap().contains("damaged"), "{damage}");
            assert_eq!(fs::read_to_string(&path).unwrap(), damage);
        }
    }
}
