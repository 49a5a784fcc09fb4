//! Prints what the reveal page weighs as it is sent, language by language, for `cargo xtask size`:
//! `en 8123 2345`, as written and in brotli.
#![allow(clippy::print_stdout, reason = "telling the task is this program's work")]

fn main() {
    for (language, raw, wire) in server::web::reveal::weights() {
        println!("{language} {raw} {wire}");
    }
}
