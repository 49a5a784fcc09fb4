//! Prints what the reveal page weighs as it is sent, language by language, for `cargo xtask size`:
//! `en 8123 2345`, as written and in brotli.

fn main() {
    for (language, raw, wire) in server::web::reveal::weights() {
        println!("{language} {raw} {wire}");
    }
}
