//! The program itself: first start, second start, stop, and everything that must keep it from
//! starting. Each is one clear line for the operator, a failure for the caller, and leaves what
//! was there as it was.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::browser::target;

/// A folder with what a first start makes, and the program that is started in it.
struct Place {
    folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, settings: Vec::new() }.with("MSP_RESET__SERVER__LISTEN", "127.0.0.1:0")
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn key(&self) -> PathBuf {
        self.path("keys/master.key")
    }

    fn command(&self) -> Command {
        self.command_of("serve")
    }

    fn command_of(&self, subcommand: &str) -> Command {
        let program = target().join("debug/msp-reset");
        assert!(
            program.is_file(),
            "{} is missing; run: cargo build --package msp-reset-server",
            program.display()
        );
        let mut command = Command::new(program);
        command.arg(subcommand).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MSP_RESET") {
                command.env_remove(name);
            }
        }
        command.envs(self.settings.iter().cloned());
        command
    }

    /// Starts, and waits until it serves.
    fn start(&self) -> Running {
        let mut child =
            self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = Vec::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.by_ref() {
            let line = line.unwrap();
            let serves = line.contains("is served on");
            said.push(line);
            if serves {
                return Running { child, said };
            }
        }
        let ended = child.wait_with_output().unwrap();
        panic!("it did not start: {said:?} {}", String::from_utf8_lossy(&ended.stderr));
    }

    /// Starts, and must be refused: one line, which is the answer; nothing changed on disk.
    fn refuses(&self) -> String {
        let before = contents(self.folder.path());
        let output = ended(self.command());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "one line, not: {said}");
        assert!(said.starts_with("msp-reset: "), "{said}");
        assert!(!said.contains("panicked") && output.stdout.is_empty(), "{said}");
        assert_eq!(contents(self.folder.path()), before, "something was written");
        said
    }
}

/// A server that is ended with its story.
struct Running {
    child: Child,
    said: Vec<String>,
}

impl Running {
    /// As systemd and docker stop it.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let patience = Duration::from_secs(10);
        let status = wait(&mut self.child, patience).expect("it did not stop");
        assert!(status.success(), "{status}");
    }

    /// `127.0.0.1:…`, as it said.
    fn address(&self) -> String {
        let line = self.said.iter().find(|line| line.contains("is served on")).unwrap();
        line.rsplit(' ').next().unwrap().to_owned()
    }

    fn set_up_links(&self) -> usize {
        self.said.iter().filter(|line| line.contains("http") && line.contains("/set-up#")).count()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Stopped already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait(child: &mut Child, patience: Duration) -> Option<std::process::ExitStatus> {
    let until = std::time::Instant::now() + patience;
    while std::time::Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

/// Runs to its end; a program that serves instead of refusing is ended.
fn ended(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if wait(&mut child, Duration::from_secs(20)).is_none() {
        child.kill().unwrap();
    }
    child.wait_with_output().unwrap()
}

/// Every file under a folder with a digest of its bytes, which a failure can print.
fn contents(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        let empty = fs::metadata(&path).unwrap().len() == 0;
        if name.ends_with("-shm") || (name.ends_with("-wal") && empty) {
            // SQLite's, from having looked.
            continue;
        }
        if path.is_dir() {
            all.insert(path.clone(), String::new());
            all.extend(contents(&path));
        } else {
            let digest = server::seal::sha256(&fs::read(&path).unwrap());
            all.insert(path.clone(), data_encoding::HEXLOWER.encode(&digest));
        }
    }
    all
}

fn write_key(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A place where a server has been before.
fn used() -> Place {
    let place = Place::new();
    place.start().stop();
    place
}

#[test]
fn the_first_start_makes_a_key_and_a_link_and_the_second_goes_on() {
    let place = Place::new();
    let first = place.start();
    assert_eq!(first.set_up_links(), 1, "{:?}", first.said);
    let key = fs::read(place.key()).unwrap();
    assert_eq!(fs::metadata(place.key()).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(place.path("data/msp-reset.sqlite").is_file());
    first.stop();

    let second = place.start();
    assert_eq!(second.set_up_links(), 1, "nobody has used the first: {:?}", second.said);
    assert_eq!(fs::read(place.key()).unwrap(), key);
    second.stop();
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = Place::new().with("MSP_RESET__SERVER__LISTEN", &address).refuses();
    assert!(said.contains(&address) && said.contains("server.listen"), "{said}");
}

/// Permissions do not bind root, who runs these stories in a container: what nobody can write.
#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let place = Place::new().with("MSP_RESET__STORE__FOLDER", "/proc/msp-reset");
    write_key(&place.key(), &format!("{}\n", "ab".repeat(32)));
    let said = place.refuses();
    assert!(said.contains("/proc/msp-reset"), "{said}");

    let place = Place::new();
    write_key(&place.key(), &format!("{}\n", "ab".repeat(32)));
    fs::write(place.path("data"), "not a folder").unwrap();
    let said = place.refuses();
    assert!(said.contains("data"), "{said}");
}

#[test]
fn a_damaged_key_is_named_and_kept() {
    let place = used();
    for damage in ["", "abc\n", &"g".repeat(64), &"a".repeat(62)] {
        write_key(&place.key(), damage);
        let said = place.refuses();
        assert!(said.contains("master.key") && said.contains("damaged"), "{said}");
    }
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let place = used();
    fs::set_permissions(place.key(), fs::Permissions::from_mode(0o644)).unwrap();
    let said = place.refuses();
    assert!(said.contains("chmod 600"), "{said}");
}

#[test]
fn another_key_than_the_databases_is_refused() {
    let place = used();
    write_key(&place.key(), &format!("{}\n", "ab".repeat(32)));
    let said = place.refuses();
    assert!(said.contains("key"), "{said}");
}

#[test]
fn a_lost_key_is_not_replaced() {
    let place = used();
    fs::remove_file(place.key()).unwrap();
    let said = place.refuses();
    assert!(said.contains("missing") && said.contains("put the key back"), "{said}");
    assert!(!place.key().exists());
}

#[test]
fn a_damaged_database_is_named_and_kept() {
    let place = used();
    fs::write(place.path("data/msp-reset.sqlite"), "this is no database at all\n".repeat(300))
        .unwrap();
    let said = place.refuses();
    assert!(said.contains("database"), "{said}");
}

#[test]
fn unknown_settings_and_contradictions_are_named() {
    for (name, value, says) in [
        ("MSP_RESET__SERVER__LISTN", "127.0.0.1:0", "listn"),
        ("MSP_RESET__RESET__TRIES", "0", "reset.tries"),
        ("MSP_RESET__SHARE__ORIGIN", "http://app.localhost:4400", "host name of their own"),
        ("MSP_RESET__SERVER__ORIGIN", "http://reset.example", "https"),
        ("MSP_RESET__RESET__LEASE_MS", "1000", "reset.lease_ms"),
        ("MSP_RESET__LOG__LEVEL", "loud", "log.level"),
        ("MSP_RESET__OUTBOUND__ALLOW", "not an address", "outbound.allow"),
    ] {
        let said = Place::new().with(name, value).refuses();
        assert!(said.contains(says), "{name}={value}: {said}");
    }
    let place = Place::new();
    fs::write(place.path("msp-reset.toml"), "[server]\nlisten = 127.0.0.1\n").unwrap();
    let said = place.refuses();
    assert!(said.contains("msp-reset.toml"), "{said}");
    let place = Place::new();
    fs::write(place.path("msp-reset.toml"), "[servr]\norigin = \"http://a.localhost\"\n").unwrap();
    let said = place.refuses();
    assert!(said.contains("servr"), "{said}");
}

#[test]
fn a_client_that_never_finishes_does_not_keep_it_from_stopping() {
    let place = Place::new();
    let running = place.start();
    let mut client = std::net::TcpStream::connect(running.address()).unwrap();
    client.write_all(b"GET /sign-in HTTP/1.1\r\nHost: app.localhost\r\n").unwrap();
    // Ten seconds at most, with the connection still open.
    running.stop();
    drop(client);
}

/// No process can know whether it is the first on a PostgreSQL, so none makes a key by itself.
#[test]
fn postgresql_wants_its_key_made_first() {
    let url = cluster::shared().database().unwrap();
    let place = Place::new().with("MSP_RESET__STORE__URL", &url);
    let said = place.refuses();
    assert!(said.contains("make-key"), "{said}");

    let make_key = || ended(place.command_of("make-key"));
    assert!(make_key().status.success());
    let key = fs::read(place.key()).unwrap();
    assert_eq!(make_key().status.code(), Some(1), "never over another one");
    assert_eq!(fs::read(place.key()).unwrap(), key);
    place.start().stop();
    assert!(!place.path("data").exists(), "no SQLite beside it");

    write_key(&place.key(), &format!("{}\n", "ab".repeat(32)));
    let said = place.refuses();
    assert!(said.contains("not the one"), "{said}");
}

/// Three servers are started on a new PostgreSQL by one command: one schema, one admin.
#[test]
fn several_processes_may_come_to_a_new_postgresql_at_once() {
    let url = cluster::shared().database().unwrap();
    let key = format!("{}\n", "cd".repeat(32));
    let running: Vec<Running> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let place = Place::new().with("MSP_RESET__STORE__URL", &url);
                    write_key(&place.key(), &key);
                    place.start()
                })
            })
            .collect();
        starting.into_iter().map(|start| start.join().unwrap()).collect()
    });
    for running in &running {
        let links = running.said.iter().filter(|line| line.contains("Set up the first admin"));
        assert_eq!(links.count(), 1, "{:?}", running.said);
    }
    running.into_iter().for_each(Running::stop);
}

#[test]
fn a_postgresql_out_of_reach_is_named_without_its_password() {
    let url = "postgres://msp:hunter2@127.0.0.1:9/msp";
    let place = Place::new().with("MSP_RESET__STORE__URL", url);
    write_key(&place.key(), &format!("{}\n", "ab".repeat(32)));
    let said = place.refuses();
    assert!(said.contains("127.0.0.1") && !said.contains("hunter2"), "{said}");
    let place = Place::new().with("MSP_RESET__STORE__URL", "hunter2");
    write_key(&place.key(), &format!("{}\n", "ab".repeat(32)));
    let said = place.refuses();
    assert!(said.contains("store.url") && !said.contains("hunter2"), "{said}");
}
