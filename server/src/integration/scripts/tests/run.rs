//! The script for bash, run against an `az` that answers as the reference pages say.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use super::{ALL, Ask, CLIENT, GLOBAL, PEM, Recipe, TENANT};

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
  'get applications?'*appId%20eq*) have registrations ;;
  'get applications?'*displayName*) have registrations ;;
  'post applications') printf 'app-object\na1b2c3d4-0001-4000-8000-000000000001\n' ;;
  'patch applications/app-object') ;;
  'get applications/app-object?'*) if [ -f "$WORLD/keys" ]; then cat "$WORLD/keys"; else echo '[]'; fi ;;
  'get servicePrincipals?'*a1b2c3d4*) have principal ;;
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
    for value in [TENANT, CLIENT, "s3cret~value", "expires on"] {
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
        ("registrations", "app-object\ta1b2c3d4-0001-4000-8000-000000000001\tAzureADMyOrg\n"),
        ("principal", "principal-object\n"),
        ("granted", granted.as_str()),
    ];
    let (output, asked) =
        run(&Ask { tenant: "contoso.example", client_id: CLIENT, ..GLOBAL }, &files);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(count(&asked, "--method post"), 1, "a new secret and nothing else:\n{asked}");
    assert_eq!(count(&said, "WARNING"), 1, "User.ReadWrite.All is held: {said}");
    assert!(said.contains("741f803b-c850-494e-b5df-cde7c675a1ca"));
    assert_eq!(listed(&asked), ALL.iter().filter(|it| it.needed).map(|it| it.role_id).collect());
}

/// App role ids in the registration's list, as it is written.
fn listed(asked: &str) -> BTreeSet<&str> {
    let line = asked.lines().find(|line| line.contains("requiredResourceAccess")).unwrap();
    line.split("{\"id\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn what_somebody_granted_beyond_the_needed_stays_and_nobody_is_told_to_remove_it() {
    let all: BTreeSet<&str> = ALL.iter().map(|it| it.role_id).collect();
    let granted = all.iter().copied().collect::<Vec<_>>().join("\n");
    let files = [
        ("registrations", "app-object\ta1b2c3d4-0001-4000-8000-000000000001\tAzureADMyOrg\n"),
        ("principal", "principal-object\n"),
        ("granted", granted.as_str()),
    ];
    for optional in [false, true] {
        let (output, asked) =
            run(&Ask { tenant: TENANT, client_id: CLIENT, optional, ..GLOBAL }, &files);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(count(&said, "WARNING"), 0, "{said}");
        assert_eq!(listed(&asked), all, "{asked}");
        assert_eq!(count(&asked, "appRoleAssignments --resource"), 1, "looked, not granted again");
    }
}

#[test]
fn what_only_a_refusal_asks_for_is_not_granted_by_a_wish() {
    let (output, asked) = run(&Ask { tenant: TENANT, optional: true, ..GLOBAL }, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for permission in ALL {
        let body = format!("\"appRoleId\":\"{}\"", permission.role_id);
        assert_eq!(count(&asked, &body), usize::from(!permission.on_refusal), "{asked}");
        assert_eq!(listed(&asked).contains(permission.role_id), !permission.on_refusal);
    }
}

#[test]
fn a_certificate_goes_beside_those_that_are_there() {
    let ask = Ask { certificate: Some(PEM), client_id: CLIENT, role: true, ..GLOBAL };
    let fresh =
        [("registrations", "app-object\ta1b2c3d4-0001-4000-8000-000000000001\tAzureADMyOrg\n")];
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

/// Anybody in the tenant may register something by our name, with a secret of their own: it gets
/// nothing from us until somebody names it by its id.
#[test]
fn a_registration_that_only_has_the_name_is_granted_nothing() {
    let planted = [("registrations", "a1b2c3d4-0001-4000-8000-000000000001\n")];
    let (output, asked) = run(&Ask { tenant: TENANT, role: true, ..GLOBAL }, &planted);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("already: a1b2c3d4") && said.contains("owners"), "{said}");
    assert_eq!(count(&asked, "--method post") + count(&asked, "--method patch"), 0, "{asked}");
}

#[test]
fn each_failure_says_what_to_do() {
    let registrations = "app-object\ta1b2c3d4-0001-4000-8000-000000000001\tAzureADMyOrg\n";
    let known = ("registrations", registrations);
    for (tenant, client_id, file, what, remedy) in [
        ("", "", ("signed-out", ""), "You are not signed in", "az login"),
        ("fabrikam.example", CLIENT, known, "another tenant", "az login --tenant fabrikam.example"),
        (
            "",
            CLIENT,
            ("nothing", ""),
            "no app registration with the application (client) id",
            "overview",
        ),
        (
            "",
            CLIENT,
            (
                "registrations",
                "app-object\ta1b2c3d4-0001-4000-8000-000000000001\tAzureADMultipleOrgs\n",
            ),
            "not for this tenant alone",
            "Supported account types",
        ),
        (
            "",
            "",
            ("forbidden", ""),
            "does not allow you to grant a permission",
            "Privileged Role Administrator",
        ),
        ("", "", ("policy", ""), "forbids client secrets", "Certificate"),
    ] {
        let (output, _) = run(&Ask { tenant, client_id, ..GLOBAL }, &[file]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let (_, rest) = said.split_once("Stopped: ").unwrap_or_else(|| panic!("{said}"));
        let (why, next) = rest.split_once("What to do: ").unwrap_or_else(|| panic!("{said}"));
        assert!(why.contains(what), "{what}: {said}");
        assert!(next.contains(remedy), "{remedy}: {said}");
        let printed = String::from_utf8_lossy(&output.stdout);
        for nothing in ["Client secret (value)", "s3cret~value"] {
            assert!(!printed.contains(nothing), "{printed}");
        }
    }
}
