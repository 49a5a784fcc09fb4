//! The three PSAs of the demo: connected in the import, with our pod in their tickets.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Ports, local};

/// Each by its kind, what people call it, and the host of its pages.
const ALL: [(&str, &str, &str); 3] = [
    ("connectwise", "ConnectWise PSA", "cw"),
    ("halo", "HaloPSA", "halo"),
    ("autotask", "Autotask PSA", "autotask"),
];

/// What only a settings file can say: where the APIs behind the PSAs' pages are.
pub(super) fn settings(ports: Ports) -> String {
    let sites = ALL.iter().zip(ports.psas()).map(|((_, _, host), port)| {
        format!("\"http://{host}.localhost:{port}\" = \"http://{}\"\n", local(port))
    });
    let [_, _, autotask] = ports.psas();
    let sites: String = sites.collect();
    format!("[psa]\nautotask = \"http://{}\"\n\n[psa.sites]\n{sites}", local(autotask))
}

/// The import file with the PSAs of `template` in it.
pub(super) fn add_to(import: &str, template: &str, ports: Ports) -> Result<String> {
    let filled = ALL.iter().zip(ports.psas()).fold(template.to_owned(), |text, (psa, port)| {
        text.replace(&format!("{{{{port:{}}}}}", psa.0), &port.to_string())
    });
    let psas: Value =
        serde_json::from_str(&filled).context("server/sample/psa.json is not JSON")?;
    let mut all: Value =
        serde_json::from_str(import).context("server/sample/import.json is not JSON")?;
    let fields = all.as_object_mut().context("server/sample/import.json is not an object")?;
    fields.insert("psa".into(), psas);
    Ok(all.to_string())
}

/// Does what each PSA's admin does with the addresses that the import printed.
pub(super) fn install(ports: Ports, printed: &[String]) -> Result<()> {
    for (kind, name, _) in ALL {
        let prefix = format!("pod of {name}: ");
        let url = printed.iter().find_map(|line| line.strip_prefix(&prefix));
        let url = url.with_context(|| format!("the import names no pod of {name}"))?;
        let answer = post(ports.world(), "/api/psa-pod", &json!({"psa": kind, "url": url}))?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{name} does not take its pod: {answer}");
    }
    Ok(())
}

/// One request by hand: it needs no HTTP client to be compiled first.
fn post(port: u16, path: &str, body: &Value) -> Result<String> {
    let body = body.to_string();
    let mut stream = TcpStream::connect(local(port)).context("the world page does not answer")?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: Ports = Ports { base: 4400 };

    #[test]
    fn the_sample_is_filled_and_joins_the_import() -> Result<()> {
        let template = include_str!("../../../server/sample/psa.json");
        let all: Value = serde_json::from_str(&add_to("{\"customers\": []}", template, PORTS)?)?;
        let kinds: Vec<_> = all["psa"].as_array().into_iter().flatten().collect();
        assert_eq!(kinds.len(), ALL.len());
        for (psa, (kind, _, host)) in kinds.iter().zip(ALL) {
            assert_eq!(psa["kind"], kind);
            let site = psa["settings"]["site"].as_str().unwrap_or_default();
            assert!(site.starts_with(&format!("http://{host}.localhost:44")), "{site}");
            assert!(settings(PORTS).contains(site), "{site}");
        }
        assert!(!all.to_string().contains("{{"));
        Ok(())
    }

    #[test]
    fn an_import_without_a_pod_is_named() {
        let printed = ["imported as account 7".to_owned()];
        let why = install(PORTS, &printed).map_err(|error| error.to_string());
        assert!(why.is_err_and(|why| why.contains("ConnectWise")));
    }
}
