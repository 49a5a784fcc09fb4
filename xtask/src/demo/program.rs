//! One of the demo's two programs: started with a log file, watched, and never left behind.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run;
use crate::stop;

pub(super) struct Program {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Program {
    pub(super) fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        // Colours are unreadable in a file.
        command.env("NO_COLOR", "1");
        // A group of its own: Ctrl-C reaches us, and we end the two in order, once each.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name, child, log: log.to_owned() })
    }

    /// An error with its last lines if it is gone.
    pub(super) fn must_live(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended ({status}):\n{}", self.name, self.last_words()),
        }
    }

    pub(super) fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        format!("{}\n    (all of it: {})", run::tail(&text, 15), self.log.display())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        stop::end(&mut self.child);
    }
}

#[cfg(test)]
mod tests {
    use super::Program;
    use anyhow::{Context, Result};
    use std::process::Command;

    #[test]
    fn a_dead_program_says_why() -> Result<()> {
        let log = std::env::temp_dir().join(format!("xtask-program-{}.log", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", "echo the disk is full; exit 3"]);
        let mut program = Program::start("the server", &mut command, &log)?;
        program.child.wait()?;
        let said = program.must_live().err().context("must be noticed")?.to_string();
        std::fs::remove_file(&log)?;
        assert!(said.contains("the server ended") && said.contains("the disk is full"), "{said}");
        Ok(())
    }

    #[test]
    fn dropping_ends_it() -> Result<()> {
        let log = std::env::temp_dir().join(format!("xtask-drop-{}.log", std::process::id()));
        let program = Program::start("a sleeper", Command::new("sleep").arg("600"), &log)?;
        let id = program.child.id().to_string();
        drop(program);
        std::fs::remove_file(&log)?;
        let gone =
            !Command::new("sh").args(["-c", "kill -0 \"$0\" 2>/dev/null", &id]).status()?.success();
        assert!(gone);
        Ok(())
    }
}
