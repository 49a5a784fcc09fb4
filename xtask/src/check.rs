//! The steps that look at sources without running them; `test` begins with the same.

use anyhow::Result;

use crate::machine::Machine;
use crate::pod;
use crate::report::Report;
use crate::run;
use crate::tidy;

pub(crate) fn perform(machine: &Machine) -> Result<bool> {
    let mut report = Report::new(machine);
    steps(machine, &mut report)?;
    println!("{}", report.verdict());
    Ok(report.good())
}

pub(crate) fn steps(machine: &Machine, report: &mut Report) -> Result<()> {
    pod::ensure_folder(machine)?;
    report.try_to("formatting", |step| {
        run::must(step, machine.cargo().args(["fmt", "--all", "--check"]))
            .map_err(|e| e.context("run `cargo fmt`"))
    });
    report.try_to("clippy", |step| {
        let args = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        run::must(step, machine.cargo().args(args))
    });
    report.try_to("structure rules", |step| {
        let files = tidy::check(machine)?;
        step.note(format!("{files} files"));
        Ok(())
    });
    Ok(())
}
