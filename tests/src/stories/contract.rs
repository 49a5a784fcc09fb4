//! The OpenAPI document as a contract: a program that knows nothing but the document (schemathesis) calls every
//! operation with what the document allows and what it does not, as an admin's page, as a pod, as a program
//! with a key and as somebody whom nobody knows. No answer may be a 5xx, or a status, a type or a shape that the document does not name.
//!
//! `cargo xtask test` installs the program and names it in `STORIES_SCHEMATHESIS`; without it this says so and
//! looks at nothing.

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::{Value, json};
use server::api_keys::{KeyAsk, Scope};
use tokio::process::Command;

use crate::desk::client;
use crate::world::{EMAIL, World};

/// Makes a run the same each time.
const SEED: &str = "20261127";
/// Of each operation, beside the values at the edges of each field.
const EXAMPLES: &str = "12";
/// Whoever runs it must not hang: a minute for each caller.
const MOST_SECONDS: &str = "55";
/// What is looked at. Left out, with their reasons: `positive_data_acceptance` (a well-formed id is that of
/// nobody, and 404), `negative_data_rejection` (what a schema does not say, such as an empty field of an admin's
/// form, is told by field, and some texts are passed over on purpose), `missing_required_header` and
/// `ignored_auth` (stories/access walks every route as everybody), `use_after_free` and
/// `ensure_resource_availability` (they guess which operation makes what), and `object_level_authorization`
/// (stories/access/theirs.rs).
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// Ids that are there, as examples in the document: otherwise every id is nobody's.
async fn with_examples(world: &World, document: &mut Value) {
    let ticket = world.ticket("48213").await;
    let contact = world.app.store.contact(world.account, ticket.contact).await.unwrap().unwrap();
    let m365 = world.app.store.m365_all(world.account).await.unwrap();
    let m365 = m365[0].integration.id.to_string();
    let customer = contact.customer.to_string();
    let (contact, ticket) = (ticket.contact.to_string(), ticket.id.to_string());
    for (path, operations) in document["paths"].as_object_mut().unwrap() {
        for operation in operations.as_object_mut().unwrap().values_mut() {
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                let id = match parameter["name"].as_str().unwrap_or_default() {
                    "contact" => &contact,
                    "ticket" => &ticket,
                    "customer" => &customer,
                    "id" if path.starts_with("/api/customers/") => &customer,
                    "id" if path.starts_with("/api/integrations/") => &m365,
                    _ => continue,
                };
                parameter["example"] = json!(id);
            }
        }
    }
}

/// Calls every operation of these groups with these headers.
async fn run(
    program: &Path,
    world: &World,
    document: &Path,
    groups: &[&str],
    headers: &[String],
) -> Output {
    let port = world.address.port();
    let mut command = Command::new(program);
    command
        .args(["run", "--url", &format!("http://127.0.0.1:{port}"), "--seed", SEED])
        .args(["--max-examples", EXAMPLES, "--max-time", MOST_SECONDS, "--checks", CHECKS])
        .args(["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-color"])
        .args(["--generation-database", "none", "--warnings", "off", "--no-shrink"])
        // A long poll answers after 25 seconds.
        .args(["--request-timeout", "40"]);
    for header in headers {
        command.args(["--header", header]);
    }
    for group in groups {
        command.args(["--include-tag", group]);
    }
    command.arg(document).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", world.folder.path()).current_dir(world.folder.path());
    command.stdin(Stdio::null()).kill_on_drop(true).output().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_is_one_that_the_document_names() {
    let Some(program) = std::env::var_os("STORIES_SCHEMATHESIS") else {
        eprintln!("no STORIES_SCHEMATHESIS: the API is not held against its document from outside");
        return;
    };
    let world = World::new().await;
    let desk = world.desk().await;
    let origin = world.app.settings.server.origin.clone();
    let answer = client(world.address).get(format!("{origin}/api/openapi.json")).send().await;
    let mut document: Value = answer.unwrap().json().await.unwrap();
    with_examples(&world, &mut document).await;
    let file = world.folder.path().join("openapi.json");
    std::fs::write(&file, document.to_string()).unwrap();

    let ask = KeyAsk { name: "Contract".into(), scopes: Scope::ALL.to_vec(), days: 90 };
    let key = world.app.api_keys.make(&world.session(EMAIL).await, &ask).await;
    let (key, _) = key.unwrap_or_else(|_| panic!("no key"));
    // The hosts are names that no resolver need know.
    let at = |origin: &str| format!("Host: {}", origin.trim_start_matches("http://"));
    let (host, from) = (at(&origin), format!("Origin: {origin}"));
    let key = [host.clone(), format!("Authorization: Bearer {}", key.expose())];
    let pod = [host.clone(), format!("Authorization: Bearer {}", desk.bearer), from.clone()];
    let admin = [host.clone(), format!("Cookie: {}", desk.cookie), from.clone()];
    let links = world.app.settings.share.origin.clone();
    let stranger = [at(&links), format!("Origin: {links}")];
    let nobody = [host, from];
    let admins: &[&str] = &["Customers’ Microsoft 365 and Duo", "PSAs", "Brand and policy"];
    let program = Path::new(&program);
    let mut failed = Vec::new();
    for (who, groups, headers) in [
        ("a key", &["Programs"][..], &key[..]),
        ("a pod", &["Pods", "Frames of a PSA"], &pod),
        ("an admin", admins, &admin),
        ("a stranger on the host of links", &["Links"], &stranger),
        // Last: its wrong passwords fill the limits of this address.
        ("nobody", &["Signing in"], &nobody),
    ] {
        let running = run(program, &world, &file, groups, headers);
        // A minute of a key's limit goes by in two seconds: otherwise nearly all that it hears is 429.
        let passing = async {
            loop {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                if who == "a key" {
                    world.pass(3_000);
                }
            }
        };
        let output = tokio::select! {
            output = running => output,
            () = passing => unreachable!("it never ends"),
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() || !said.contains("passed") {
            let error = String::from_utf8_lossy(&output.stderr);
            failed.push(format!("as {who}: {}\n{said}\n{error}", output.status));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    world.settle_in_time().await;
    world.outside.clear_faults();
    world.end().await;
}
