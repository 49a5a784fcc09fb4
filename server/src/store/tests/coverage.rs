//! No promise without a contract: a method of a port that no contract calls fails here.

use std::fs;
use std::path::Path;

/// The code of each file in a folder of the store, comments apart, but for these.
fn code(folder: &str, but: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store").join(folder);
    let mut code = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if but.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            code.push_str(line.trim_start().split("//").next().unwrap());
            code.push('\n');
        }
    }
    code
}

/// The methods that `ports` declare and `contracts` never call.
fn uncalled<'p>(ports: &'p str, contracts: &str) -> (usize, Vec<&'p str>) {
    let declared: Vec<&str> = ports
        .split("async fn ")
        .skip(1)
        .map(|rest| &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap()])
        .collect();
    let missing = declared.iter().filter(|name| !contracts.contains(&format!(".{name}(")));
    (declared.len(), missing.copied().collect())
}

#[test]
fn every_method_is_in_a_contract() {
    let ports = code("ports", &[]);
    let contracts = code("tests", &["fixture.rs", "msp.rs", "hunt.rs", "coverage.rs"]);
    let (declared, missing) = uncalled(&ports, &contracts);
    assert!(declared > 60, "the ports have {declared} methods");
    assert!(missing.is_empty(), "no contract calls {missing:?}");
    // It can fail.
    let more = format!("{ports}async fn new_method(&self);");
    assert_eq!(uncalled(&more, &contracts).1, ["new_method"]);
}
