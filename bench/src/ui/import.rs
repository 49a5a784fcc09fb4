//! A file of contacts: looked at, taken, and taken once more, while somebody else looks at a list.

use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::time::Instant;

use super::fill;
use crate::desk::{Desk, between};
use crate::stats::Sample;

const PATH: &str = "/contacts/import";

/// What that took.
pub(crate) struct Imported {
    pub(crate) lines: u32,
    /// Until the page says what would happen.
    pub(crate) looked: Duration,
    /// Until all of it is written.
    pub(crate) written: Duration,
    /// The same file once more, with nothing to write.
    pub(crate) again: Duration,
    /// A page of the list, while it was being written.
    pub(crate) meanwhile: Sample,
}

/// Takes a file of so many new contacts, with a number each, of all customers in turn.
pub(crate) async fn measure(desk: &Desk, customers: u32, lines: u32) -> Result<Imported> {
    let file = file(customers, lines);
    let form = desk.page(PATH).await?;
    let token = between(&form, "name=\"form\" value=\"", "\"").context("no form")?;
    let timed = async |path: &str, says: String| {
        let began = Instant::now();
        let page = desk.upload(path, token, &file).await?;
        ensure!(page.contains(&says), "the page of {path} does not say “{says}”");
        anyhow::Ok(began.elapsed())
    };
    let now = format!("{PATH}/now");
    let looked = timed(PATH, format!("{lines} new, 0 changed")).await?;
    let mut meanwhile = Vec::new();
    let written = {
        let mut import = pin!(timed(&now, format!("{lines} new, 0 changed")));
        loop {
            let began = Instant::now();
            tokio::select! {
                written = &mut import => break written?,
                page = desk.page("/contacts") => drop(page?),
            }
            meanwhile.push(began.elapsed());
        }
    };
    let again = timed(&now, format!("0 new, 0 changed, {lines} as they were")).await?;
    let meanwhile = Sample::new(meanwhile).context("it was over before anybody looked")?;
    Ok(Imported { lines, looked, written, again, meanwhile })
}

fn file(customers: u32, lines: u32) -> String {
    let line = |nth: u32| {
        let customer = fill::customer(nth % customers);
        format!("Nora New {nth},new.{nth}@file.example,+4940{nth:07},{customer}\n")
    };
    (0..lines).fold("Name,Email,Phone,Customer\n".to_owned(), |all, nth| all + &line(nth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_new_contact_of_a_customer_that_is_there() {
        let file = file(2, 3);
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[3], "Nora New 2,new.2@file.example,+49400000002,Customer 000 Dental");
    }
}
