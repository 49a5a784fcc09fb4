//! The real program, as the stories start it.

use std::process::{Command, Stdio};

use crate::browser::target;

/// One of its subcommands, with nothing set but its defaults.
pub(crate) fn msp_reset(subcommand: &str) -> Command {
    let program = target().join("debug/msp-reset");
    assert!(
        program.is_file(),
        "{} is missing; run: cargo build --package msp-reset-server",
        program.display()
    );
    let mut command = Command::new(program);
    command.arg(subcommand).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MSP_RESET") {
            command.env_remove(name);
        }
    }
    command
}
