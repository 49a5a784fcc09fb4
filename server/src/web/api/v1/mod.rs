//! What an account's own programs call, by a key. What stands here stays as it is: another shape is another
//! version. Ids, masked destinations, codes and times; never a phone in full, a code or a link.

pub mod audit;
pub mod contacts;
pub mod health;
pub mod history;

use shared::Code;

/// How many rows of a list at once, where a program does not say.
const USUAL: u32 = 100;

/// How many rows are asked for: at least one, and `most` at most.
fn rows(asked: Option<u32>, most: u32) -> Result<u32, Code> {
    match asked.unwrap_or(USUAL) {
        rows if (1..=most).contains(&rows) => Ok(rows),
        _ => Err(Code::BadRequest),
    }
}
