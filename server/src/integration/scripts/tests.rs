//! The scripts are read by the languages' own grammars; `run` runs the one for bash.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use tree_sitter::{Node, Parser};

use super::*;

mod run;

const GLOBAL: Ask<'static> = Ask {
    login: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com",
    tenant: "",
    client_id: "",
    optional: false,
    role: false,
    certificate: None,
};
const CLIENT: &str = "a1b2c3d4-0001-4000-8000-000000000001";
const TENANT: &str = "6f0c1a52-55f5-4a3e-9d2b-0f6f4a9f3c11";
/// A sequence of five zeros: for a script it is as good as a certificate.
const PEM: &str = "-----BEGIN CERTIFICATE-----\nMAUAAA\nAAAA==\n-----END CERTIFICATE-----\n";

/// Every kind of script.
fn variants() -> Vec<Recipe> {
    let mut all = Vec::new();
    for (login, graph) in [
        (GLOBAL.login, GLOBAL.graph),
        ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us/"),
        ("http://127.0.0.1:4411", "http://127.0.0.1:4412"),
    ] {
        for tenant in ["", TENANT, "Contoso.onmicrosoft.com"] {
            for (optional, role, client_id) in [(false, false, ""), (true, true, CLIENT)] {
                for certificate in [None, Some(PEM)] {
                    let ask = Ask { login, graph, tenant, client_id, optional, role, certificate };
                    all.push(Recipe::new(&ask).unwrap());
                }
            }
        }
    }
    all
}

/// What bash says to it without running it; nothing when it is well formed.
fn bash_complaints(script: &str) -> String {
    let mut bash = Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash is missing; on Debian: apt-get install -y bash");
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    format!("{}{}", output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr))
        .trim_start_matches('0')
        .to_owned()
}

fn parsed(language: &tree_sitter::Language, script: &str) -> tree_sitter::Tree {
    let mut parser = Parser::new();
    parser.set_language(language).unwrap();
    parser.parse(script, None).unwrap()
}

fn powershell(script: &str) -> tree_sitter::Tree {
    parsed(&tree_sitter_powershell::LANGUAGE.into(), script)
}

fn bash(script: &str) -> tree_sitter::Tree {
    parsed(&tree_sitter_bash::LANGUAGE.into(), script)
}

/// Where a grammar did not understand, or made something up.
fn troubles(node: Node<'_>, script: &str, found: &mut Vec<String>) {
    if node.is_error() || node.is_missing() {
        let line = script.lines().nth(node.start_position().row).unwrap_or_default();
        found.push(format!("{}: {line}", node.start_position()));
    }
    let mut walk = node.walk();
    for child in node.children(&mut walk) {
        troubles(child, script, found);
    }
}

fn powershell_complaints(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    troubles(powershell(script).root_node(), script, &mut found);
    found
}

#[test]
fn bash_understands_every_script() {
    for recipe in variants() {
        let script = recipe.azure_cli().unwrap();
        assert_eq!(bash_complaints(&script), "", "{script}");
        assert!(script.contains("set -euo pipefail"));
    }
}

#[test]
fn powershell_understands_every_script() {
    for recipe in variants() {
        let script = recipe.powershell().unwrap();
        assert_eq!(powershell_complaints(&script), Vec::<String>::new(), "{script}");
    }
}

#[test]
fn a_broken_script_would_be_noticed() {
    let recipe = Recipe::new(&GLOBAL).unwrap();
    for broken in [
        recipe.azure_cli().unwrap().replace("\nfi\n", "\n"),
        recipe.azure_cli().unwrap().replace("esac", "end"),
        recipe.azure_cli().unwrap() + "\necho 'open",
    ] {
        assert_ne!(bash_complaints(&broken), "");
    }
    for broken in [
        recipe.powershell().unwrap().replace("finally {", "finally"),
        recipe.powershell().unwrap().replace("[scriptblock] $Act", "[scriptblock $Act"),
        recipe.powershell().unwrap() + "\n$Open = 'open",
    ] {
        assert_ne!(powershell_complaints(&broken), Vec::<String>::new());
    }
}

#[test]
fn both_ask_for_what_the_guide_lists_and_for_nothing_else() {
    for recipe in variants() {
        for script in [recipe.azure_cli().unwrap(), recipe.powershell().unwrap()] {
            for permission in ALL {
                let pairs = [
                    format!("{} {}", permission.role_id, permission.name),
                    format!("'{}' = '{}'", permission.name, permission.role_id),
                ];
                let asked = pairs.iter().any(|pair| script.contains(pair));
                let wished = recipe.optional && !permission.on_refusal;
                assert_eq!(asked, permission.needed || wished, "{}", permission.name);
                assert!(script.contains(permission.role_id), "known: {}", permission.name);
            }
            for never in crate::directory::permissions::TOO_MUCH {
                // What the person who runs it signs in with is not what is granted.
                let own = [
                    "'Application.ReadWrite.All'",
                    "'AppRoleAssignment.ReadWrite.All'",
                    "'RoleManagement.ReadWrite.Directory'",
                ];
                let granted =
                    own.iter().fold(script.clone(), |text, scope| text.replace(scope, ""));
                assert!(!granted.contains(never), "{never}");
            }
            assert_eq!(script.contains(PASSWORD_ADMINISTRATOR.template_id), recipe.role);
            assert_eq!(script.contains("addPassword"), recipe.certificate.is_none());
            assert_eq!(script.contains("keyCredentials"), recipe.certificate.is_some());
            assert!(script.contains(REGISTRATION_NAME) && script.contains("AzureADMyOrg"));
            assert!(recipe.certificate.is_some() || script.contains("730"));
            assert!(!script.to_lowercase().contains("redirecturi"));
            // To the screen only.
            for file in ["Out-File", "Set-Content", "tee ", "Export-"] {
                assert!(!script.contains(file), "{file}");
            }
        }
    }
}

#[test]
fn only_harmless_values_get_in() {
    let with = |change: fn(&mut Ask<'static>)| {
        let mut ask = GLOBAL;
        change(&mut ask);
        Recipe::new(&ask).map(|_| ())
    };
    assert_eq!(with(|_| {}), Ok(()));
    assert_eq!(with(|ask| ask.tenant = TENANT), Ok(()));
    assert_eq!(with(|ask| ask.tenant = " contoso.example "), Ok(()));
    for tenant in [
        "contoso",
        "a b.example",
        "'; rm -rf ~; '.example",
        "$(id).example",
        "-x.example",
        "a..b",
        "common'",
        "a.example\nb",
        "`id`.ex",
        "ä.example",
        "{6f0c1a52-55f5-4a3e-9d2b}",
    ] {
        let ask = Ask { tenant, ..GLOBAL };
        assert_eq!(Recipe::new(&ask).map(|_| ()), Err(Unfit::Tenant), "{tenant}");
    }
    for client_id in ["x", "'; id; '", "$(id)", "a1b2c3d4-0001-4000-8000-00000000000g"] {
        let ask = Ask { client_id, ..GLOBAL };
        assert_eq!(Recipe::new(&ask).map(|_| ()), Err(Unfit::Application), "{client_id}");
    }
    for host in [
        "",
        "graph.microsoft.com",
        "ftp://graph.example",
        "https://a.example/path",
        "https://a'b",
        "https://me@a.example",
        "https://a.example?x",
        "https://[::1]:1",
        "javascript:alert(1)",
    ] {
        assert_eq!(
            Recipe::new(&Ask { graph: host, ..GLOBAL }).map(|_| ()),
            Err(Unfit::Host),
            "{host}"
        );
        assert_eq!(
            Recipe::new(&Ask { login: host, ..GLOBAL }).map(|_| ()),
            Err(Unfit::Host),
            "{host}"
        );
    }
    for pem in
        ["", "MAUAAAAAAA==", "-----BEGIN CERTIFICATE-----\n'$(id)'\n-----END CERTIFICATE-----"]
    {
        let ask = Ask { certificate: Some(pem), ..GLOBAL };
        assert_eq!(Recipe::new(&ask).map(|_| ()), Err(Unfit::Certificate), "{pem}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever is typed, a script has the shape that it has for harmless values: what was typed
    /// stays within its quotes, or is refused.
    #[test]
    fn nothing_breaks_out(
        tenant in "[ -~]{0,40}|[A-Za-z0-9-]{1,10}\\.[a-z]{2,5}|[a-z0-9'\"`$(){};&|<>\\\\\n-]{1,12}\\.[a-z'\"$`;-]{2,6}|\\PC{0,20}",
        graph in "https://[a-z0-9.-]{1,20}(:[0-9]{2,4})?|https://[a-z0-9'\"`$(){};.:-]{1,20}|\\PC{0,20}",
        pem in prop::option::of("-----BEGIN CERTIFICATE-----\n((MA[A-Za-z0-9+/]{2})([A-Za-z0-9+/]{4}){0,9}|[A-Za-z0-9+/='$`\"\n]{0,60})\n-----END CERTIFICATE-----"),
    ) {
        let ask = Ask { tenant: &tenant, graph: &graph, certificate: pem.as_deref(), ..GLOBAL };
        if let Ok(recipe) = Recipe::new(&ask) {
            let plain = Ask {
                tenant: if recipe.tenant.is_empty() { "" } else { TENANT },
                graph: "https://graph.example",
                certificate: pem.as_ref().map(|_| PEM),
                ..GLOBAL
            };
            let plain = Recipe::new(&plain).unwrap();
            let shape = |tree: tree_sitter::Tree| tree.root_node().to_sexp();
            prop_assert_eq!(
                shape(bash(&recipe.azure_cli().unwrap())),
                shape(bash(&plain.azure_cli().unwrap()))
            );
            prop_assert_eq!(
                shape(powershell(&recipe.powershell().unwrap())),
                shape(powershell(&plain.powershell().unwrap()))
            );
        }
    }
}
