//! The demo's secrets, the import file made with them, and what the person is told in the end.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Ports;

/// New for each start: an address that others can reach must not have a well-known password.
pub(super) struct Secrets {
    pub(super) password: String,
    pub(super) totp: String,
    pub(super) smtp: String,
}

impl Secrets {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            password: password(&random::<20>()?),
            totp: base32(&random::<20>()?),
            smtp: password(&random::<20>()?),
        })
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")
        .and_then(|mut f| f.read_exact(&mut bytes))
        .context("no randomness")?;
    Ok(bytes)
}

/// Four pronounceable words, about 75 bits: to be typed from one window into another.
fn password(bytes: &[u8; 20]) -> String {
    // Powers of two, so that every letter is as likely as the next; none is mistaken for another.
    const CONSONANTS: &[u8; 16] = b"bdfghjkmnprstvwz";
    const VOWELS: &[u8; 4] = b"aeiu";
    let letter = |(at, byte): (usize, &u8)| {
        let set: &[u8] = if at % 5 % 2 == 0 { CONSONANTS } else { VOWELS };
        char::from(set[usize::from(*byte) % set.len()])
    };
    let letters: Vec<char> = bytes.iter().enumerate().map(letter).collect();
    letters.chunks(5).map(|word| word.iter().collect()).collect::<Vec<String>>().join("-")
}

/// RFC 4648 without padding; 20 bytes need none.
fn base32(bytes: &[u8; 20]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    bytes
        .chunks(5)
        .flat_map(|five| {
            let bits = five.iter().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
            (0..8).rev().map(move |at| char::from(ALPHABET[(bits >> (at * 5)) as usize & 31]))
        })
        .collect()
}

/// The template with this start's ports and secrets.
pub(super) fn fill(template: &str, ports: Ports, secrets: &Secrets) -> Result<String> {
    let rows = [
        ("{{port:server}}", ports.server().to_string()),
        ("{{port:twilio}}", ports.twilio().to_string()),
        ("{{port:smtp}}", ports.smtp().to_string()),
        ("{{smtp_password}}", secrets.smtp.clone()),
        ("{{password}}", secrets.password.clone()),
        ("{{totp_secret}}", secrets.totp.clone()),
    ];
    let filled =
        rows.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value));
    ensure!(
        !filled.contains("{{"),
        "server/sample/import.json has a placeholder that the demo does not know"
    );
    Ok(filled)
}

/// Who signs in with this password, as the filled template says.
pub(super) fn email(filled: &str, password: &str) -> Result<String> {
    let all: Value =
        serde_json::from_str(filled).context("server/sample/import.json is not JSON")?;
    owner(&all, password)
        .context("server/sample/import.json: nobody with an `email` has {{password}} as theirs")
}

fn owner(value: &Value, password: &str) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| owner(item, password)),
        Value::Object(fields) if fields.values().any(|v| v == password) => {
            fields.get("email")?.as_str().map(str::to_owned)
        }
        Value::Object(fields) => fields.values().find_map(|field| owner(field, password)),
        _ => None,
    }
}

/// A file that only its owner can read and that is gone when this is.
pub(super) struct Written(PathBuf);

impl Written {
    pub(super) fn new(path: &Path, text: &str) -> Result<Self> {
        // A left-over of an interrupted start would keep its own mode.
        if path.exists() {
            fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file =
            options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
        let written = Self(path.to_owned());
        file.write_all(text.as_bytes())?;
        Ok(written)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if fs::remove_file(&self.0).is_err() {
            eprintln!("could not remove {}; it holds this demo's sign-in", self.0.display());
        }
    }
}

/// Where to go, how to get in, and what to do there.
pub(super) fn welcome(ports: Ports, secrets: &Secrets, email: &str) -> String {
    let [connectwise, halo, autotask] = ports.psas();
    let tickets = |name: &str, host: &str, port: u16| {
        format!("{:<19} http://{host}.localhost:{port}/   ticket screens", format!("In {name}"))
    };
    let lines = [
        format!("The product         http://app.localhost:{}/", ports.server()),
        format!(
            "The world outside   http://localhost:{}/   phones, mail, Duo, authenticator, directory",
            ports.world()
        ),
        tickets("ConnectWise", "cw", connectwise),
        tickets("Halo", "halo", halo),
        tickets("Autotask", "autotask", autotask),
        String::new(),
        format!("E-mail              {email}"),
        format!("Password            {}", secrets.password),
        "Authenticator code  on the world page".into(),
        String::new(),
        "1  Sign in at the product; take the code from the world page's authenticator.".into(),
        "2  Open a ticket. Its pod shows the contact, not yet verified.".into(),
        "3  Send a code, read it on the contact's phone in the world, enter it: green.".into(),
        "4  Password Reset, and confirm. Watch it being done.".into(),
        "5  On the phone open the link and Reveal. The world's directory holds the same.".into(),
        "6  Or do it in a PSA's ticket: its frame shows a code, the product takes it at /pair."
            .into(),
        "7  Single sign-on: connect it on your own page, sign out, use it with your address."
            .into(),
        String::new(),
        "Ctrl-C stops everything. Logs: demo/server.log, demo/simulator.log".into(),
    ];
    let width = lines.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    let bar = "─".repeat(width + 2);
    let inside: String = lines.iter().map(|l| format!("│ {l:<width$} │\n")).collect();
    format!("\n┌{bar}┐\n{inside}└{bar}┘")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: Ports = Ports { base: 4400 };

    #[test]
    fn secrets_have_their_shape() -> Result<()> {
        let secrets = Secrets::new()?;
        assert_eq!(secrets.totp.len(), 32);
        assert_eq!(secrets.password.split('-').map(str::len).collect::<Vec<_>>(), [5; 4]);
        assert_ne!(secrets.password, Secrets::new()?.password);
        Ok(())
    }

    #[test]
    fn base32_is_the_standard_one() {
        // RFC 6238's test secret.
        assert_eq!(base32(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn every_placeholder_is_filled() -> Result<()> {
        let secrets = Secrets { password: "p".into(), totp: "t".into(), smtp: "s".into() };
        let text = "{{port:server}} {{port:twilio}} {{port:smtp}} {{password}} {{totp_secret}} {{smtp_password}}";
        assert_eq!(fill(text, PORTS, &secrets)?, "4400 4413 4414 p t s");
        assert!(fill("{{port:fax}}", PORTS, &secrets).is_err());
        Ok(())
    }

    #[test]
    fn the_sign_in_is_found() -> Result<()> {
        let text = r#"{"people":[{"email":"a@b.example"},{"email":"c@d.example","password":"p"}]}"#;
        assert_eq!(email(text, "p")?, "c@d.example");
        assert!(email(text, "q").is_err());
        Ok(())
    }

    #[test]
    fn the_box_is_square() {
        let secrets = Secrets { password: "p".into(), totp: "t".into(), smtp: "s".into() };
        let text = welcome(PORTS, &secrets, "a@b.example");
        let mut widths = text.trim().lines().map(|l| l.chars().count());
        let first = widths.next();
        assert!(widths.all(|w| Some(w) == first), "{text}");
    }

    #[test]
    fn the_import_file_is_private_and_short_lived() -> Result<()> {
        let path = std::env::temp_dir().join(format!("xtask-import-{}.json", std::process::id()));
        let file = Written::new(&path, "secret")?;
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file.path())?.permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        drop(file);
        assert!(!path.exists());
        Ok(())
    }
}
