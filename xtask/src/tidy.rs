//! The structure rules that no compiler checks, by text search. Each finding says what to do
//! instead. The rules are in `rules.rs`; here is what they look at.

mod rules;

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::machine::Machine;

/// A file of ours: its path from the repository's root with `/`, and its text.
struct File {
    path: String,
    text: String,
}

const SKIPPED: [&str; 10] = [
    ".git",
    "target",
    "data",
    "keys",
    "demo",
    "pkg/dist",
    "pkg/dist.new",
    "pkg/dist.old",
    "node_modules",
    "Cargo.lock",
];
const READ: [&str; 13] =
    ["rs", "toml", "md", "js", "ts", "css", "html", "json", "sql", "sh", "yml", "yaml", "txt"];

/// How many files were looked at; an error lists every finding.
pub(crate) fn check(machine: &Machine) -> Result<usize> {
    let mut files = Vec::new();
    collect(&machine.root, "", &mut files)?;
    let found = rules::findings(&files);
    if found.is_empty() {
        return Ok(files.len());
    }
    bail!("{}", found.join("\n"))
}

fn collect(root: &Path, under: &str, files: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(root.join(under))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if under.is_empty() { name } else { format!("{under}/{name}") };
        let kind = entry.file_type()?;
        if SKIPPED.contains(&path.as_str()) {
            continue;
        }
        if kind.is_dir() {
            collect(root, &path, files)?;
        } else if kind.is_file()
            && (path == ".ci/run" || READ.iter().any(|e| path.ends_with(&format!(".{e}"))))
        {
            files.push(File {
                text: String::from_utf8_lossy(&fs::read(entry.path())?).into_owned(),
                path,
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

impl File {
    fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|e| e == extension)
    }

    /// Whether it lies in the folder, or is the module file of that name: `a/b` has `a/b.rs` and `a/b/c.rs`.
    fn within(&self, module: &str) -> bool {
        self.path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    }

    /// Whether the code, comments apart, has this word.
    fn names(&self, word: &str) -> bool {
        self.line_naming(word).is_some()
    }

    fn line_naming(&self, word: &str) -> Option<usize> {
        self.text.lines().position(|line| has_word(code(line), word)).map(|at| at + 1)
    }
}

/// The line without its comment. A `//` after a colon is an address, not a comment.
fn code(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

fn has_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    // A word that ends in `::` may be followed by anything.
    let ends_open = word.ends_with(part_of_name);
    line.match_indices(word).any(|(at, _)| {
        let longer_before = line[..at].ends_with(part_of_name);
        let longer_after = ends_open && line[at + word.len()..].starts_with(part_of_name);
        !longer_before && !longer_after
    })
}
