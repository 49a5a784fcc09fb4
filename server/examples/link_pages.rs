//! Prints what the pages behind links weigh as they are sent, language by language, for `cargo xtask
//! size`: `reveal/page.en 8123 2345`, as written and in brotli.
#![allow(clippy::print_stdout, reason = "telling the task is this program's work")]

use server::web::{check, reveal};

fn main() {
    for (page, weights) in [("reveal", reveal::weights()), ("check", check::weights())] {
        for (name, raw, wire) in weights {
            println!("{page}/{name} {raw} {wire}");
        }
    }
}
