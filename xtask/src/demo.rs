//! `cargo xtask demo`: the whole product on this machine, with a simulated outside world, to be
//! tried in a browser. Everything it keeps is in `./demo`, and nothing outside is ever deleted.

mod program;
mod psas;
mod sample;
mod sso;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::machine::Machine;
use crate::pod;
use crate::report::{Report, Step, wait_until};
use crate::run;
use crate::stop;
use crate::tools;
use crate::wasm::Choice;

use program::Program;
use sample::{Secrets, welcome};

#[derive(Args)]
pub(crate) struct Ask {
    /// The server's port; the simulator's world page is at +10, the companies at +11 to +18.
    #[arg(long, default_value_t = 4400, value_parser = clap::value_parser!(u16).range(1024..=65_000))]
    port_base: u16,
    /// Forget the key of earlier demos too and build the pod anew.
    #[arg(long)]
    fresh: bool,
    /// Force one way to the wasm tool chain instead of the first that works.
    #[arg(long, value_enum)]
    wasm_toolchain: Option<Choice>,
}

/// The authority of the simulated mail server, new on each start.
const SMTP_CA: &str = "demo/smtp-ca.pem";

/// What the environment can't say: an origin is no name of a variable.
const SETTINGS: &str = "demo/msp-reset.toml";

/// Who listens where, in the order of design §13.
#[derive(Clone, Copy)]
struct Ports {
    base: u16,
}

impl Ports {
    const ALL: [(u16, &str); 10] = [
        (0, "the server"),
        (10, "the world page"),
        (11, "Entra"),
        (12, "Microsoft Graph"),
        (13, "Twilio"),
        (14, "the mail server"),
        (15, "ConnectWise PSA"),
        (16, "HaloPSA"),
        (17, "Autotask PSA"),
        (18, "Duo"),
    ];

    fn server(self) -> u16 {
        self.base
    }

    fn world(self) -> u16 {
        self.base + 10
    }

    fn entra(self) -> u16 {
        self.base + 11
    }

    fn graph(self) -> u16 {
        self.base + 12
    }

    fn twilio(self) -> u16 {
        self.base + 13
    }

    fn smtp(self) -> u16 {
        self.base + 14
    }

    /// ConnectWise, Halo, Autotask.
    fn psas(self) -> [u16; 3] {
        [15, 16, 17].map(|offset| self.base + offset)
    }

    fn duo(self) -> u16 {
        self.base + 18
    }

    fn must_be_free(self) -> Result<()> {
        for (offset, whose) in Self::ALL {
            let port = self.base + offset;
            if TcpListener::bind(local(port)).is_err() {
                bail!(
                    "port {port} is taken, and {whose} needs it: stop what uses it, or try --port-base {}",
                    self.base + 100
                );
            }
        }
        Ok(())
    }
}

pub(crate) fn perform(machine: &Machine, ask: &Ask) -> Result<()> {
    let ports = Ports { base: ask.port_base };
    // Before minutes of building, and again before starting.
    ports.must_be_free()?;
    // Held until we end.
    let (folder, _lock) = our_folder(machine, ask)?;
    let mut report = Report::new(machine);
    let tools = report.must("tools", |step| tools::for_pod(machine, ask.wasm_toolchain, step))?;
    report.must("pod", |step| pod::build(machine, &tools, step))?;
    report.must("server and simulator", |step| {
        let args = [
            "build",
            "--package",
            "msp-reset-server",
            "--package",
            "msp-reset-simulator",
            "--bins",
        ];
        run::must(step, machine.cargo().args(args))
    })?;
    let secrets = Secrets::new()?;
    ports.must_be_free()?;
    let mut simulator = report
        .must("simulated world", |step| start_simulator(machine, &folder, ports, &secrets, step))?;
    let email =
        report.must("sample data", |step| import(machine, &folder, ports, &secrets, step))?;
    let mut server = report.must("start", |step| start_server(machine, &folder, ports, step))?;
    println!("{}", welcome(ports, &secrets, &email));
    while !stop::asked() {
        simulator.must_live()?;
        server.must_live()?;
        sleep(Duration::from_millis(200));
    }
    println!("\nstopping…");
    Ok(())
}

/// `./demo`, for us alone and emptied of what a start makes anew: the simulator remembers nothing,
/// so the database of an earlier demo would speak of people it has never met.
fn our_folder(machine: &Machine, ask: &Ask) -> Result<(PathBuf, File)> {
    let folder = machine.root.join("demo");
    // A link could lead our deleting elsewhere.
    ensure!(!folder.is_symlink(), "./demo is a link; the demo wants a folder of its own there");
    fs::create_dir_all(&folder).context("cannot make ./demo")?;
    let lock = File::create(folder.join("lock")).context("cannot write in ./demo")?;
    if lock.try_lock().is_err() {
        // Other ports would not help: its database is the one we would delete.
        bail!("a demo of this clone is running already; stop it first");
    }
    clear(&folder.join("data"))?;
    if ask.fresh {
        pod::forget(machine);
        clear(&folder.join("keys"))?;
    }
    Ok((folder, lock))
}

fn clear(folder: &Path) -> Result<()> {
    ensure!(!folder.is_symlink(), "{} is a link and is not followed; remove it", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    Ok(())
}

fn start_simulator(
    machine: &Machine,
    folder: &Path,
    ports: Ports,
    secrets: &Secrets,
    step: &mut Step,
) -> Result<Program> {
    let mut command = machine.command(machine.program("msp-reset-simulator"));
    command.args(["--port-base", &ports.base.to_string(), "--totp-secret", &secrets.totp]);
    command.args(["--smtp-password", &secrets.smtp, "--smtp-ca", SMTP_CA]);
    command.args(["--sign-in-redirect", &sso::redirect(ports)]);
    // An earlier demo's would be taken for this one's.
    let authority = machine.root.join(SMTP_CA);
    if authority.exists() {
        fs::remove_file(&authority).context("cannot remove an earlier demo's smtp-ca.pem")?;
    }
    let written =
        || fs::read_to_string(&authority).is_ok_and(|pem| pem.ends_with("END CERTIFICATE-----\n"));
    let mut simulator =
        Program::start("the simulator", &mut command, &folder.join("simulator.log"))?;
    let mut everywhere = vec![
        ports.world(),
        ports.entra(),
        ports.graph(),
        ports.twilio(),
        ports.smtp(),
        ports.duo(),
    ];
    everywhere.extend(ports.psas());
    let up = wait_until(Duration::from_secs(30), || {
        step.tick("waiting for it to listen");
        simulator.must_live()?;
        Ok(written() && everywhere.iter().all(|port| TcpStream::connect(local(*port)).is_ok()))
    })?;
    ensure!(up, "the simulator does not listen:\n{}", simulator.last_words());
    Ok(simulator)
}

/// Makes the database of this demo; the e-mail to sign in with. The file with the secrets exists
/// only while it is read.
fn import(
    machine: &Machine,
    folder: &Path,
    ports: Ports,
    secrets: &Secrets,
    step: &mut Step,
) -> Result<String> {
    let template = machine.root.join("server/sample/import.json");
    let template = fs::read_to_string(&template)
        .with_context(|| format!("cannot read {}", template.display()))?;
    let filled = sample::fill(&template, ports, secrets)?;
    let email = sample::email(&filled, &secrets.password)?;
    let template = machine.root.join("server/sample/psa.json");
    let template = fs::read_to_string(&template)
        .with_context(|| format!("cannot read {}", template.display()))?;
    let filled = psas::add_to(&filled, &template, ports)?;
    let template = machine.root.join("server/sample/sso.json");
    let template = fs::read_to_string(&template)
        .with_context(|| format!("cannot read {}", template.display()))?;
    let filled = sso::add_to(&filled, &template, ports)?;
    fs::write(machine.root.join(SETTINGS), psas::settings(ports))
        .with_context(|| format!("cannot write {SETTINGS}"))?;
    let file = sample::Written::new(&folder.join("import.json"), &filled)?;
    let ended = run::must(step, settings(machine, ports).arg("import").arg(file.path()))?;
    psas::install(ports, &ended.lines)?;
    Ok(email)
}

fn start_server(
    machine: &Machine,
    folder: &Path,
    ports: Ports,
    step: &mut Step,
) -> Result<Program> {
    let mut server = Program::start(
        "the server",
        settings(machine, ports).arg("serve"),
        &folder.join("server.log"),
    )?;
    let up = wait_until(Duration::from_secs(30), || {
        step.tick("waiting for /healthz");
        server.must_live()?;
        Ok(healthy(ports.server()))
    })?;
    ensure!(up, "the server does not get healthy:\n{}", server.last_words());
    Ok(server)
}

/// The server's program with the settings that `import` and `serve` share.
fn settings(machine: &Machine, ports: Ports) -> Command {
    let [connectwise, halo, autotask] = ports.psas();
    let allow = [
        format!("http://127.0.0.1:{connectwise}"),
        format!("http://127.0.0.1:{halo}"),
        format!("http://127.0.0.1:{autotask}"),
        format!("http://127.0.0.1:{}", ports.entra()),
        format!("http://127.0.0.1:{}", ports.graph()),
        format!("http://127.0.0.1:{}", ports.twilio()),
        format!("http://127.0.0.1:{}", ports.duo()),
        format!("smtp://127.0.0.1:{}", ports.smtp()),
    ];
    let mut command = machine.command(machine.program("msp-reset"));
    command
        .args(["--settings", SETTINGS])
        .env("MSP_RESET__SERVER__LISTEN", local(ports.server()).to_string())
        .env("MSP_RESET__SERVER__ORIGIN", format!("http://app.localhost:{}", ports.server()))
        .env("MSP_RESET__SHARE__ORIGIN", format!("http://s.localhost:{}", ports.server()))
        .env("MSP_RESET__STORE__FOLDER", "demo/data")
        .env("MSP_RESET__KEYS__FILE", "demo/keys/master.key")
        .env("MSP_RESET__OUTBOUND__ALLOW", allow.join(","))
        .env("MSP_RESET__OUTBOUND__CA_FILE", SMTP_CA)
        .env("MSP_RESET__DUO__BASE", format!("http://{}", local(ports.duo())))
        .env("MSP_RESET__SMS__REGIONS__SIMULATED__LABEL", "Simulated")
        .env("MSP_RESET__SMS__REGIONS__SIMULATED__API", format!("http://{}", local(ports.twilio())))
        .env("MSP_RESET__CLOUDS__SIMULATED__LABEL", "Simulated")
        .env("MSP_RESET__CLOUDS__SIMULATED__LOGIN", format!("http://{}", local(ports.entra())))
        .env("MSP_RESET__CLOUDS__SIMULATED__GRAPH", format!("http://{}", local(ports.graph())));
    command
}

/// `GET /healthz`, by hand: one request needs no HTTP client to be compiled first.
fn healthy(port: u16) -> bool {
    let answer = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(local(port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(
            stream,
            "GET /healthz HTTP/1.1\r\nHost: app.localhost:{port}\r\nConnection: close\r\n\r\n"
        )?;
        let mut text = String::new();
        stream.take(4096).read_to_string(&mut text)?;
        Ok(text)
    };
    answer().is_ok_and(|text| text.starts_with("HTTP/1.1 2"))
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named() -> Result<()> {
        let taken = TcpListener::bind(local(0))?;
        let base = taken.local_addr()?.port() - 12;
        let said = Ports { base }.must_be_free().err().context("must be refused")?.to_string();
        // Another of them may happen to be taken as well, and is named first then.
        assert!(said.contains("is taken") && said.contains("--port-base"), "{said}");
        assert!(!said.contains('\n'));
        Ok(())
    }

    #[test]
    fn nobody_there_is_not_healthy() -> Result<()> {
        let port = TcpListener::bind(local(0))?.local_addr()?.port();
        assert!(!healthy(port));
        Ok(())
    }
}
