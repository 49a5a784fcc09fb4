//! `cargo xtask test`: all that must be green before a change lands. A failure does not stop the
//! steps after it, so that one run shows everything; the last line is for other programs to read.

use std::env;
use std::fs;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::check;
use crate::machine::Machine;
use crate::pod;
use crate::report::{Report, Step};
use crate::run::{self, Ended};
use crate::schemathesis;
use crate::size;
use crate::stop;
use crate::tools::{self, Browser, PodTools};
use crate::wasm::Choice;

#[derive(Args)]
pub(crate) struct Ask {
    /// Build everything anew, tools too, with nothing from any cache of ours.
    #[arg(long)]
    cold: bool,
    /// Force one way to the wasm tool chain instead of the first that works.
    #[arg(long, value_enum)]
    wasm_toolchain: Option<Choice>,
}

pub(crate) fn perform(machine: Machine, ask: &Ask) -> Result<bool> {
    let machine = if ask.cold { machine.cold()? } else { machine };
    let mut report = Report::new(&machine);
    steps(&machine, ask, &mut report)?;
    machine.clear_cold();
    anyhow::ensure!(!stop::asked(), "asked to");
    println!("\n{}\n\n{}", report.table(), report.verdict());
    Ok(report.good())
}

fn steps(machine: &Machine, ask: &Ask, report: &mut Report) -> Result<()> {
    let tools = report.try_to("tools", |step| {
        let browser = tools::browser(step)?;
        tools::postgres(step)?;
        Ok((tools::for_pod(machine, ask.wasm_toolchain, step)?, browser))
    });
    check::steps(machine, report)?;
    let Some((tools, browser)) = tools else {
        for name in ["pod", "tests and stories", "pod in the browser"] {
            report.cannot(name, "a tool is missing");
        }
        docs(machine, report);
        report.cannot("size", "there is no pod");
        return Ok(());
    };
    let pod = report.try_to("pod", |step| pod::build(machine, &tools, step)).is_some();
    report.try_to("tests and stories", |step| native(machine, &browser, step));
    report.try_to("pod in the browser", |step| in_browser(machine, &tools, &browser, step));
    docs(machine, report);
    if !pod {
        report.cannot("size", "there is no new pod");
        return Ok(());
    }
    report.try_to("size", |step| {
        let sizes = size::measure(machine)?;
        step.note(sizes.summary());
        step.say(&sizes.table().replace('\n', "\n  "));
        if sizes.within() { Ok(()) } else { bail!("over budget") }
    });
    Ok(())
}

/// Unit tests, store tests and the stories, which drive a real browser.
fn native(machine: &Machine, browser: &Browser, step: &mut Step) -> Result<()> {
    // Some stories start the real program, which `cargo test` does not build by itself.
    run::must(step, machine.cargo().args(["build", "--package", "msp-reset-server", "--bins"]))?;
    let mut cargo = machine.cargo();
    cargo
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("STORIES_CHROMEDRIVER", &browser.driver)
        .env("STORIES_CHROMIUM", &browser.chromium);
    let mut without = "";
    match schemathesis::ready(machine, step) {
        Ok(program) => drop(cargo.env("STORIES_SCHEMATHESIS", program)),
        Err(why) => {
            without = ", without schemathesis";
            step.say(&format!(
                "no schemathesis: the API is not held against its document from outside ({why:#})"
            ));
        }
    }
    let specs = machine.root.join("../shared/specs");
    match (env::var_os("API_SPECS"), specs.canonicalize()) {
        (None, Ok(found)) => drop(cargo.env("API_SPECS", found)),
        (None, Err(_)) => {
            step.say("no API_SPECS: requests are not compared with the vendors' descriptions")
        }
        (Some(_), _) => {}
    }
    count(step, &mut cargo, without)
}

/// The plugin's own tests, as wasm.
fn in_browser(
    machine: &Machine,
    tools: &PodTools,
    browser: &Browser,
    step: &mut Step,
) -> Result<()> {
    // The runner looks for this file in the crate's folder and nowhere else.
    fs::write(machine.root.join("plugin/webdriver.json"), browser.webdriver_json())
        .context("cannot write plugin/webdriver.json")?;
    let mut cargo = tools.toolchain.cargo(machine, &tools.folders)?;
    cargo
        // No doc tests: they would want a wasm library for rustdoc's own compiler.
        .args([
            "test",
            "--package",
            "msp-reset-plugin",
            "--target",
            "wasm32-unknown-unknown",
            "--tests",
        ])
        .arg("--no-fail-fast")
        .env("CHROMEDRIVER", &browser.driver)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    count(step, &mut cargo, "")
}

fn docs(machine: &Machine, report: &mut Report) {
    report.try_to("docs", |step| {
        let mut cargo = machine.cargo();
        run::must(
            step,
            cargo.args(["doc", "--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "-D warnings"),
        )
    });
}

/// Runs tests and takes their number from what libtest prints; `without` says what was left out.
fn count(step: &mut Step, cargo: &mut std::process::Command, without: &str) -> Result<()> {
    let Ended { good, lines } = run::watch(step, cargo)?;
    let (passed, failed) = sums(&lines);
    // Neither passed nor failed: it did not compile, which counts as one failure.
    step.counted(passed, failed.max(u32::from(!good)));
    step.broken(broken(&lines));
    step.note(format!("{passed} passed, {failed} failed{without}"));
    if good && failed == 0 {
        return Ok(());
    }
    bail!("{}", run::explain(step, &lines))
}

/// The names in `test stories::x::y ... FAILED`, as libtest says it, or `... FAIL`, as wasm-bindgen does.
fn broken(lines: &[String]) -> Vec<String> {
    let name = |line: &String| {
        let (name, ended) = line.strip_prefix("test ")?.split_once(" ... ")?;
        matches!(ended.trim(), "FAILED" | "FAIL").then(|| name.to_owned())
    };
    lines.iter().filter_map(name).collect()
}

/// All of `test result: ok. 3 passed; 1 failed; …`.
fn sums(lines: &[String]) -> (u32, u32) {
    let results = lines.iter().filter_map(|l| l.split_once("test result: ")).map(|(_, rest)| {
        let number = |what: &str| -> u32 {
            let words: Vec<&str> = rest.split([' ', ';']).collect();
            let at = words.iter().position(|w| *w == what);
            at.and_then(|at| words.get(at.checked_sub(1)?)?.parse().ok()).unwrap_or(0)
        };
        (number("passed"), number("failed"))
    });
    results.fold((0, 0), |(p, f), (passed, failed)| (p + passed, f + failed))
}

#[cfg(test)]
mod tests {
    use super::{broken, sums};

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_failed_is_named() {
        let said = lines(
            "test a::b ... ok\ntest a::c ... FAILED\n    a::c\ntest d ... FAIL\ntest result: FAILED. 1 passed",
        );
        assert_eq!(broken(&said), ["a::c", "d"]);
    }

    #[test]
    fn results_add_up() {
        let said = lines(
            "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
             test result: FAILED. 11 passed; 3 failed; 0 ignored\nno tests to run!",
        );
        assert_eq!(sums(&said), (13, 3));
        assert_eq!(sums(&[]), (0, 0));
    }
}
