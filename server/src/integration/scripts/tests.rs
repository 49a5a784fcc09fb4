//! The scripts are read by the languages' own grammars, and the one for bash is run against an
//! `az` that answers as the reference pages say.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use proptest::prelude::*;
use tree_sitter::{Node, Parser};

use super::*;

const GLOBAL: Ask<'static> = Ask {
    login: "https://login.microsoftonline.com",
    graph: "https://graph.microsoft.com",
    tenant: "",
    optional: false,
    role: false,
    certificate: None,
};
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
            for (optional, role) in [(false, false), (true, true)] {
                for certificate in [None, Some(PEM)] {
                    let ask = Ask { login, graph, tenant, optional, role, certificate };
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
                let asked = script.contains(permission.role_id) && script.contains(permission.name);
                assert_eq!(asked, permission.needed || recipe.optional, "{}", permission.name);
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

/// Answers as Azure CLI does, from what lies in the folder `$WORLD`, and notes what was asked.
const AZ: &str = r#"#!/usr/bin/env bash
all="$*"
printf '%s\n' "$all" >>"$WORLD/asked"
method='' url=''
while [ $# -gt 0 ]; do
  case $1 in --method) method=$2 ;; --url) url=$2 ;; esac
  shift
done
have() { [ -f "$WORLD/$1" ] && cat "$WORLD/$1"; return 0; }
refuse() { printf 'ERROR: %s\n' "$1" >&2; exit 1; }
case $all in
  'cloud show'*) echo AzureCloud; exit ;;
  'account show'*) [ -f "$WORLD/signed-out" ] && refuse "Please run 'az login' to setup account."; exit 0 ;;
esac
path=${url#https://graph.microsoft.com/v1.0/}
case "$method $path" in
  'get organization?$select=id') echo 6f0c1a52-55f5-4a3e-9d2b-0f6f4a9f3c11 ;;
  'get organization?'*) printf 'contoso.example\ncontoso.onmicrosoft.com\n' ;;
  'get applications?'*) have registrations ;;
  'post applications') printf 'app-object\nclient-id\n' ;;
  'patch applications/app-object') ;;
  'get applications/app-object?'*) if [ -f "$WORLD/keys" ]; then cat "$WORLD/keys"; else echo '[]'; fi ;;
  'get servicePrincipals?'*client-id*) have principal ;;
  'get servicePrincipals?'*00000003*) echo graph-object ;;
  'post servicePrincipals')
    [ -f "$WORLD/late" ] && { rm "$WORLD/late"; refuse 'Bad Request({"error":{"code":"NoBackingApplicationObject"}})'; }
    echo principal-object ;;
  'get servicePrincipals/principal-object/appRoleAssignments') have granted ;;
  'post servicePrincipals/principal-object/appRoleAssignments')
    [ -f "$WORLD/forbidden" ] && refuse 'Forbidden({"error":{"code":"Authorization_RequestDenied"}})'
    : ;;
  'post applications/app-object/addPassword')
    [ -f "$WORLD/policy" ] && refuse 'Bad Request({"error":{"code":"CredentialTypeNotAllowedAsPerAppPolicy"}})'
    echo 's3cret~value' ;;
  'get roleManagement/'*) ;;
  'post roleManagement/directory/roleAssignments') ;;
  *) refuse "nobody knows $method $path" ;;
esac
"#;

/// Runs the script in a world of these files.
fn run(ask: &Ask<'_>, files: &[(&str, &str)]) -> (Output, String) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("az"), AZ).unwrap();
    std::fs::set_permissions(path("az"), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(path("asked"), "").unwrap();
    for (name, text) in files {
        std::fs::write(path(name), text).unwrap();
    }
    let script = Recipe::new(ask).unwrap().azure_cli().unwrap();
    std::fs::write(path("connect.sh"), script).unwrap();
    let way = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("bash")
        .arg(path("connect.sh"))
        .env("PATH", format!("{}:{way}", folder.path().display()))
        .env("WORLD", folder.path())
        .env("PAUSE", "0")
        .output()
        .unwrap();
    let asked = std::fs::read_to_string(path("asked")).unwrap();
    assert_eq!(left_behind(folder.path()), Vec::<String>::new());
    (output, asked)
}

/// Files that the secret was written to.
fn left_behind(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("s3cret~value") && !path.ends_with("az") {
            found.push(path.display().to_string());
        }
    }
    found
}

fn count(asked: &str, what: &str) -> usize {
    asked.lines().filter(|line| line.contains(what)).count()
}

#[test]
fn a_fresh_tenant_gets_everything_once_and_the_values_are_printed() {
    let (output, asked) = run(&Ask { tenant: TENANT, ..GLOBAL }, &[("late", "")]);
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{asked}");
    for value in [TENANT, "client-id", "s3cret~value", "expires on"] {
        assert!(printed.contains(value), "{value} is missing in\n{printed}");
    }
    assert!(!said.contains("s3cret"));
    assert_eq!(
        count(&asked, "--method post --url https://graph.microsoft.com/v1.0/applications "),
        1
    );
    assert_eq!(count(&asked, "\"signInAudience\":\"AzureADMyOrg\""), 1);
    assert_eq!(count(&asked, "v1.0/servicePrincipals --resource"), 2, "once too early");
    for permission in ALL {
        let body =
            format!("\"resourceId\":\"graph-object\",\"appRoleId\":\"{}\"", permission.role_id);
        assert_eq!(count(&asked, &body), usize::from(permission.needed), "{}", permission.name);
    }
    assert_eq!(count(&asked, "roleManagement"), 0);
    assert_eq!(count(&asked, "s3cret"), 0, "never on a command line");
}

#[test]
fn run_again_it_finds_what_is_there() {
    let granted: Vec<&str> = ALL.iter().filter(|it| it.needed).map(|it| it.role_id).collect();
    let granted = granted.join("\n") + "\n741f803b-c850-494e-b5df-cde7c675a1ca\n";
    let files = [
        ("registrations", "app-object\tclient-id\tAzureADMyOrg\n"),
        ("principal", "principal-object\n"),
        ("granted", granted.as_str()),
    ];
    let (output, asked) = run(&Ask { tenant: "contoso.example", ..GLOBAL }, &files);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(count(&asked, "--method post"), 1, "a new secret and nothing else:\n{asked}");
    assert_eq!(count(&said, "WARNING"), 1, "User.ReadWrite.All is held: {said}");
    assert!(said.contains("741f803b-c850-494e-b5df-cde7c675a1ca"));
}

#[test]
fn a_certificate_goes_beside_those_that_are_there() {
    let ask = Ask { certificate: Some(PEM), role: true, ..GLOBAL };
    let fresh = [("registrations", "app-object\tclient-id\tAzureADMyOrg\n")];
    let (output, asked) = run(&ask, &fresh);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(count(&asked, r#"{"keyCredentials":[{"type":"AsymmetricX509Cert","#), 1, "{asked}");
    assert_eq!(count(&asked, "addPassword"), 0);
    assert_eq!(count(&asked, r#""roleDefinitionId":"966707d0-"#), 1);
    let old = "[\n  {\n    \"key\": \"b2xk\"\n  }\n]\n";
    let (_, asked) = run(&ask, &[fresh[0], ("keys", old)]);
    assert!(asked.contains("\"key\": \"b2xk\"\n  }\n,{\"type\":"), "the old one stays: {asked}");
    let same = "[\n  {\n    \"key\": \"MAUAAAAAAA==\"\n  }\n]\n";
    let (output, asked) = run(&ask, &[fresh[0], ("keys", same)]);
    assert!(output.status.success());
    assert_eq!(count(&asked, "{\"keyCredentials\""), 0, "there already");
}

#[test]
fn each_failure_says_what_to_do() {
    let registrations = "app-object\tclient-id\tAzureADMyOrg\n";
    let twice = format!("{registrations}other\tother-id\tAzureADMyOrg\n");
    let known = ("registrations", registrations);
    for (tenant, file, what, remedy) in [
        ("", ("signed-out", ""), "You are not signed in", "az login"),
        ("fabrikam.example", known, "another tenant", "az login --tenant fabrikam.example"),
        ("", ("registrations", twice.as_str()), "several app registrations", "Remove those"),
        (
            "",
            ("registrations", "app-object\tclient-id\tAzureADMultipleOrgs\n"),
            "not for this tenant alone",
            "Supported account types",
        ),
        (
            "",
            ("forbidden", ""),
            "does not allow you to grant a permission",
            "Privileged Role Administrator",
        ),
        ("", ("policy", ""), "forbids client secrets", "Certificate"),
    ] {
        let (output, _) = run(&Ask { tenant, ..GLOBAL }, &[file]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains(&format!("Stopped: {what}")) || said.contains(what),
            "{what}: {said}"
        );
        let (_, next) = said.split_once("What to do: ").unwrap_or_else(|| panic!("{said}"));
        assert!(next.contains(remedy), "{remedy}: {said}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("client secret (value)"));
    }
}
