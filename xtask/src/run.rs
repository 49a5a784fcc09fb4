//! Running another program while a person watches: its newest line is the sign of life, its
//! whole output goes to a file, and only what explains a failure reaches the screen.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::report::Step;
use crate::stop;

/// Enough for a compiler's message, short enough to read.
const TAIL: usize = 60;

/// A program that ended, with all it wrote.
pub(crate) struct Ended {
    pub(crate) good: bool,
    pub(crate) lines: Vec<String>,
}

/// Runs to the end and reports either way. An error means that it could not run.
pub(crate) fn watch(step: &mut Step, command: &mut Command) -> Result<Ended> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let (said, hears) = channel();
    // Both pipes in one list, in the order in which lines arrive.
    if let Some(out) = child.stdout.take() {
        read(out, said.clone());
    }
    if let Some(err) = child.stderr.take() {
        read(err, said);
    }
    let lines = listen(step, &mut child, &hears)?;
    let status = child.wait().with_context(|| format!("lost sight of {name}"))?;
    if stop::asked() {
        bail!("{} was interrupted", step.name);
    }
    Ok(Ended { good: status.success(), lines })
}

/// Runs to the end; anything but success is an error that carries the last lines.
pub(crate) fn must(step: &mut Step, command: &mut Command) -> Result<Ended> {
    let ended = watch(step, command)?;
    if ended.good {
        return Ok(ended);
    }
    bail!("{}", explain(step, &ended.lines))
}

/// What went wrong: the lines that tell, and where all of them are.
pub(crate) fn explain(step: &Step, lines: &[String]) -> String {
    let from = first_trouble(lines);
    let mut text = lines[from..].join("\n");
    let file = step.logs.join(format!("{}.log", step.name.replace(' ', "-")));
    let kept = fs::create_dir_all(&step.logs).and_then(|()| fs::write(&file, lines.join("\n")));
    if kept.is_ok() && from > 0 {
        text += &format!("\n(all of it: {})", file.display());
    }
    text
}

/// Where reading on explains a failure: the first error or failed test, or the last lines.
fn first_trouble(lines: &[String]) -> usize {
    let said = lines.iter().position(|l| l == "failures:" || l.starts_with("error"));
    let near_the_end = lines.len().saturating_sub(TAIL);
    // Not without a bound: a broken browser makes every story tell the same long tale.
    said.unwrap_or(near_the_end).max(lines.len().saturating_sub(300))
}

/// What a short question to another program answers, trimmed; `None` if it fails or is missing.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// The last lines of a log, for telling why its writer died.
pub(crate) fn tail(text: &str, count: usize) -> String {
    let mut last = VecDeque::new();
    for line in text.lines() {
        last.push_back(line);
        if last.len() > count {
            last.pop_front();
        }
    }
    last.into_iter().map(|l| format!("    {l}")).collect::<Vec<_>>().join("\n")
}

fn listen(step: &mut Step, child: &mut Child, hears: &Receiver<String>) -> Result<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    loop {
        match hears.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(lines),
        }
        step.tick(lines.last().map_or("", String::as_str));
        if stop::asked() {
            stop::end(child);
            bail!("{} was interrupted", step.name);
        }
    }
}

fn read(pipe: impl Read + Send + 'static, say: Sender<String>) {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if say.send(text).is_err() {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::first_trouble;

    #[test]
    fn the_first_failure_is_shown() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(first_trouble(&lines("test a ... FAILED\n\nfailures:\n\nboom")), 2);
        assert_eq!(first_trouble(&lines("   Compiling x\nerror[E0308]: mismatched")), 1);
        assert_eq!(first_trouble(&vec![String::new(); 400]), 340);
    }
}
