//! The rules themselves: each a function from all files to what it found.

use super::File;

const LONGEST: usize = 400;

/// What a reset goes through (design: the engine). ARCHITECTURE.md must explain each.
const STAGES: [&str; 6] = ["staged", "applying", "applied", "refused", "stuck", "completed"];

/// Every finding, as `path:line: what is wrong; what to do`.
pub(super) fn findings(files: &[File]) -> Vec<String> {
    let rules = [
        sqlx_in_the_store,
        reqwest_in_one_file,
        lettre_in_one_file,
        axum_at_the_web,
        pure_code_waits_for_nobody,
        web_is_on_top,
        crates_keep_apart,
        bench_stays_outside,
        files_are_short,
        modules_introduce_themselves,
        stages_are_explained,
        no_private_paths,
    ];
    rules.into_iter().flat_map(|rule| rule(files)).collect()
}

/// `path:line: message` for every file that has the word where `allowed` says no.
fn misplaced(
    files: &[File],
    word: &str,
    allowed: impl Fn(&File) -> bool,
    instead: &str,
) -> Vec<String> {
    let rust = files.iter().filter(|f| f.is("rs") && !f.path.starts_with("xtask/") && !allowed(f));
    rust.filter_map(|f| Some(format!("{}:{}: {instead}", f.path, f.line_naming(word)?))).collect()
}

fn sqlx_in_the_store(files: &[File]) -> Vec<String> {
    let instead = "`sqlx` belongs to server/src/store/: give the store a method in words of the domain and call that";
    misplaced(files, "sqlx", |f| f.within("server/src/store"), instead)
}

fn reqwest_in_one_file(files: &[File]) -> Vec<String> {
    let instead =
        "`reqwest` belongs to server/src/outbound: every call goes through its one send function";
    let elsewhere = |f: &File| {
        ["server/src/outbound", "simulator", "tests", "bench"].iter().any(|m| f.within(m))
    };
    let mut found = misplaced(files, "reqwest", elsewhere, instead);
    for folder in ["server/", "simulator/"] {
        let users: Vec<&str> = files
            .iter()
            // Tests stand outside and call in.
            .filter(|f| !f.path.contains("/tests/") && !f.path.ends_with("/tests.rs"))
            .filter(|f| f.is("rs") && f.path.starts_with(folder) && f.names("reqwest"))
            .map(|f| f.path.as_str())
            .collect();
        if users.len() > 1 {
            found.push(format!(
                "{}: `reqwest` in {} files of {folder}; let one of them give the others what they need, types too",
                users.join(", "),
                users.len()
            ));
        }
    }
    found
}

fn lettre_in_one_file(files: &[File]) -> Vec<String> {
    let instead = "`lettre` belongs to server/src/outbound/mail.rs: hand it a `Mail`, so that every conversation passes the guard";
    misplaced(files, "lettre", |f| f.path == "server/src/outbound/mail.rs", instead)
}

fn axum_at_the_web(files: &[File]) -> Vec<String> {
    let instead = "`axum` belongs to server/src/web/ and where the server starts: return our own types and turn them into replies there";
    let allowed = |f: &File| {
        !f.path.starts_with("server/")
            && !f.path.starts_with("shared/")
            && !f.path.starts_with("plugin/")
            || f.within("server/src/web")
            || ["server/src/serve.rs", "server/src/main.rs"].contains(&f.path.as_str())
    };
    misplaced(files, "axum", allowed, instead)
}

fn pure_code_waits_for_nobody(files: &[File]) -> Vec<String> {
    let instead = "no `async` here: this code decides, its caller does the I/O and hands in what it needs to know";
    let pure = |f: &File| {
        [
            "server/src/reset/plan",
            "server/src/brand",
            "server/src/password",
            "server/src/policy",
            "server/src/integration/guide",
            "server/src/integration/scripts",
            "shared/src",
        ]
        .iter()
        .any(|m| f.within(m))
    };
    misplaced(files, "async", |f| !pure(f), instead)
}

fn web_is_on_top(files: &[File]) -> Vec<String> {
    let instead =
        "this module must not know `web`: move what both need below it, or let web pass it in";
    let below = |f: &File| {
        ["reset", "verification", "share", "directory"]
            .iter()
            .any(|m| f.within(&format!("server/src/{m}")))
    };
    misplaced(files, "web::", |f| !below(f), instead)
}

fn crates_keep_apart(files: &[File]) -> Vec<String> {
    let rows = [
        (
            "plugin",
            &["msp-reset-server", "msp-reset-simulator"][..],
            "what pod and server agree on lives in shared",
        ),
        (
            "shared",
            &["msp-reset-server", "msp-reset-simulator", "msp-reset-plugin"],
            "shared knows none of our crates",
        ),
        (
            "simulator",
            &["msp-reset-server", "msp-reset-shared", "msp-reset-plugin"],
            "the simulator speaks the companies' APIs and knows nothing of us",
        ),
    ];
    let mut found = Vec::new();
    for (crate_name, forbidden, instead) in rows {
        let manifest = format!("{crate_name}/Cargo.toml");
        for file in files.iter().filter(|f| f.path == manifest) {
            for other in forbidden {
                let depends = file
                    .text
                    .lines()
                    .position(|l| l.starts_with(other) || l.contains(&format!("\"{other}\"")));
                found.extend(
                    depends.map(|at| format!("{manifest}:{}: no {other} here: {instead}", at + 1)),
                );
            }
        }
    }
    found
}

/// Where the bench may know the server from inside.
const ENGINE: [&str; 2] = ["bench/src/share/make.rs", "bench/src/ui/fill.rs"];

fn bench_stays_outside(files: &[File]) -> Vec<String> {
    let instead = "the bench measures the program that ships, from outside: only bench/src/share/make.rs makes links through the engine, and bench/src/ui/fill.rs rows that no import brings";
    let allowed = |f: &File| !f.within("bench") || ENGINE.contains(&f.path.as_str());
    misplaced(files, "engine::", allowed, instead)
}

fn files_are_short(files: &[File]) -> Vec<String> {
    let long = files
        .iter()
        .filter(|f| f.is("rs"))
        .map(|f| (f, f.text.lines().count()))
        .filter(|(_, n)| *n > LONGEST);
    long.map(|(f, n)| {
        format!(
            "{}: {n} lines, more than {LONGEST}: give its second subject a file of its own",
            f.path
        )
    })
    .collect()
}

fn modules_introduce_themselves(files: &[File]) -> Vec<String> {
    let mute = files.iter().filter(|f| f.is("rs") && !f.text.trim_start().starts_with("//!"));
    mute.map(|f| format!("{}:1: begin with `//!`: what this module is, and what it is not", f.path))
        .collect()
}

fn stages_are_explained(files: &[File]) -> Vec<String> {
    let Some(map) = files.iter().find(|f| f.path == "ARCHITECTURE.md") else { return Vec::new() };
    let text = map.text.to_lowercase();
    let missing = STAGES.iter().filter(|stage| !super::has_word(&text, stage));
    missing.map(|stage| format!("ARCHITECTURE.md: says nothing of the stage `{stage}`: tell when a reset is in it and what leads out")).collect()
}

fn no_private_paths(files: &[File]) -> Vec<String> {
    // In two pieces, or this file would be its own first finding.
    let private = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let mut found = Vec::new();
    for file in files {
        for path in private {
            let line = file.text.lines().position(|l| starts_path(l, path));
            found.extend(line.map(|at| format!("{}:{}: `{path}…` is a place on one machine: use a path from the repository's root", file.path, at + 1)));
        }
    }
    found
}

/// Whether the path begins here, rather than being the middle of an address.
fn starts_path(line: &str, path: &str) -> bool {
    line.match_indices(path)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One file that must be found, and one beside it that must not.
    fn check(rule: fn(&[File]) -> Vec<String>, bad: (&str, &str), good: (&str, &str)) {
        let file = |(path, text): (&str, &str)| File { path: path.into(), text: text.into() };
        let found = rule(&[file(good), file(bad)]);
        assert_eq!(found.len(), 1, "{bad:?}: {found:?}");
        assert!(found[0].starts_with(bad.0), "{found:?}");
    }

    #[test]
    fn every_rule_can_fail() {
        check(
            sqlx_in_the_store,
            ("server/src/audit.rs", "use sqlx::query;"),
            ("server/src/store/audit.rs", "use sqlx::query;"),
        );
        check(
            sqlx_in_the_store,
            ("server/src/main.rs", "sqlx::any()"),
            ("server/src/store.rs", "sqlx::any()"),
        );
        check(
            reqwest_in_one_file,
            ("server/src/web/a.rs", "x(reqwest::get)"),
            ("simulator/src/call.rs", "reqwest::get"),
        );
        check(
            reqwest_in_one_file,
            ("plugin/src/http.rs", "use reqwest;"),
            ("server/src/outbound.rs", "use reqwest;"),
        );
        check(
            lettre_in_one_file,
            ("server/src/mail/mod.rs", "use lettre::Message;"),
            ("server/src/outbound/mail.rs", "use lettre::Message;"),
        );
        check(
            lettre_in_one_file,
            ("server/src/outbound/mod.rs", "lettre::Message"),
            ("server/src/mail/words.rs", "letters_of(lettres)"),
        );
        check(
            axum_at_the_web,
            ("server/src/share.rs", "use axum::Json;"),
            ("server/src/web/share.rs", "use axum::Json;"),
        );
        check(
            axum_at_the_web,
            ("shared/src/lib.rs", "axum::Json"),
            ("simulator/src/lib.rs", "axum::Json"),
        );
        check(
            pure_code_waits_for_nobody,
            ("server/src/reset/plan.rs", "async fn f()"),
            ("server/src/reset/drive.rs", "async fn f()"),
        );
        check(
            pure_code_waits_for_nobody,
            ("shared/src/a.rs", "async {}"),
            ("shared/src/b.rs", "// never async"),
        );
        check(
            pure_code_waits_for_nobody,
            ("server/src/policy.rs", "async {}"),
            ("server/src/password.rs", "fn asynchronous()"),
        );
        check(
            web_is_on_top,
            ("server/src/share/open.rs", "use crate::web::Reply;"),
            ("server/src/serve.rs", "web::routes()"),
        );
        check(
            web_is_on_top,
            ("server/src/reset.rs", "use super::web::A;"),
            ("server/src/directory.rs", "my_web::A"),
        );
        check(
            crates_keep_apart,
            ("plugin/Cargo.toml", "[dependencies]\nmsp-reset-server.workspace = true"),
            ("tests/Cargo.toml", "msp-reset-server.workspace = true"),
        );
        check(
            crates_keep_apart,
            ("shared/Cargo.toml", "x = { package = \"msp-reset-plugin\" }"),
            ("plugin/Cargo.toml", "name = \"msp-reset-plugin\""),
        );
        check(
            crates_keep_apart,
            ("simulator/Cargo.toml", "msp-reset-shared = { path = \"../shared\" }"),
            ("server/Cargo.toml", "msp-reset-shared.workspace = true"),
        );
        check(
            bench_stays_outside,
            ("bench/src/desk.rs", "use engine::app::App;"),
            ("bench/src/share/make.rs", "use engine::app::App;"),
        );
        check(files_are_short, ("a.rs", &"\n".repeat(401)), ("b.rs", &"\n".repeat(400)));
        check(
            modules_introduce_themselves,
            ("a.rs", "use std::fs;\n//! late"),
            ("b.rs", "\n//! what it is\n"),
        );
        let all = STAGES.join(", ");
        check(
            stages_are_explained,
            ("ARCHITECTURE.md", &all.replace("stuck", "stuckle")),
            ("README.md", ""),
        );
        assert!(
            stages_are_explained(&[File {
                path: "ARCHITECTURE.md".into(),
                text: all.to_uppercase()
            }])
            .is_empty()
        );
        let here = concat!("see /wo", "rk/main");
        let there = concat!("https://example.com/wo", "rk/main");
        check(no_private_paths, ("README.md", here), ("pkg/README.md", there));
    }

    #[test]
    fn two_callers_in_one_crate_are_one_too_many() {
        let file = |path: &str| File { path: path.into(), text: "reqwest::Client".into() };
        let found = |paths: [&str; 2]| reqwest_in_one_file(&paths.map(file)).len();
        assert_eq!(found(["simulator/src/a.rs", "simulator/src/b.rs"]), 1);
        assert_eq!(found(["server/src/outbound/a.rs", "server/src/outbound/b.rs"]), 1);
        assert_eq!(found(["server/src/outbound/a.rs", "simulator/src/a.rs"]), 0);
        assert_eq!(found(["simulator/src/a.rs", "simulator/src/tests/mod.rs"]), 0);
    }

    #[test]
    fn findings_come_from_every_rule_and_name_the_line() {
        let bad = File {
            path: "server/src/reset/plan.rs".into(),
            text: "//! plan\nuse sqlx::x;\n".into(),
        };
        let found = findings(&[bad]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("server/src/reset/plan.rs:2: "));
    }
}
