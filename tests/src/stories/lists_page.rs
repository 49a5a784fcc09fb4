//! The lists of contacts and tickets: found, opened beside the list with the pod at work, by mouse and by
//! keyboard, and contacts that come from a file.

use super::keyboard::{ENTER, ESCAPE, focus_moves_to};
use super::walk::{SUMMARY, signed_in, verify};
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::page::Page;
use crate::world::World;

const DOWN: &str = "\u{e015}";

/// The rows that are shown, by their links.
async fn rows(page: &Page) -> Vec<String> {
    let script = "return [...document.querySelectorAll('.list tbody tr')]
        .map((row) => row.querySelector('td.summary a').textContent)";
    let rows = page.script(script).await;
    rows.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

/// What the shields in this row say.
async fn shields(page: &Page, name: &str) -> String {
    let script = format!(
        "const row = [...document.querySelectorAll('.list tbody tr')].find((row) =>
             row.querySelector('td.summary a').textContent === {name:?});
         return row ? row.querySelector('.marks').textContent.replace(/\\s+/g, ' ').trim() : ''"
    );
    page.script(&script).await.as_str().unwrap().to_owned()
}

async fn has_panel(page: &Page) -> bool {
    page.script("return !!document.querySelector('#beside msp-password-reset')").await == true
}

#[tokio::test]
async fn a_caller_is_found_and_verified_beside_the_list() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Contacts").await;
    page.find("heading", "Contacts").await;
    assert!(rows(&page).await.len() > 30);
    in_every_light(&page, "70-contacts").await;

    // Part of the customer's name, then words of the person's.
    page.fill("combobox", "Customer", "northw").await;
    page.fill("searchbox", "Search contacts", "park AD").await;
    page.click("button", "Show").await;
    page.wait("only Ada is listed", async || rows(&page).await == ["Ada Park"]).await;
    assert!(page.address().await.contains("q=park"), "{}", page.address().await);
    assert_eq!(shields(&page, "Ada Park").await, "Phone: not verified Email: not verified");

    // Beside the list, without a new page; the pod is at work there.
    page.script("window.samePage = true").await;
    page.click("link", "Ada Park").await;
    page.find("button", "Send code").await;
    assert_eq!(page.script("return window.samePage").await, true);
    assert!(page.address().await.contains("open="));
    in_every_light(&page, "71-contact-beside").await;
    verify(&world, &page).await;
    page.wait("the row follows", async || {
        shields(&page, "Ada Park").await.starts_with("Phone: verified, 15 min left")
    })
    .await;
    page.driver().refresh().await.unwrap();
    page.sees("Verified until").await;
    assert!(shields(&page, "Ada Park").await.starts_with("Phone: verified"), "on the server too");
    in_every_light(&page, "72-contact-verified").await;

    // Back closes it, forward opens it again, and so does the link by itself.
    let deep = page.address().await;
    page.click("link", "Close").await;
    page.wait("nothing is beside the list", async || !has_panel(&page).await).await;
    focus_moves_to(&page, "link", "Ada Park").await;
    page.driver().back().await.unwrap();
    page.wait("Ada is beside it again", async || has_panel(&page).await).await;
    page.go(&deep).await;
    page.sees("Verified until").await;

    // Who is verified now, and who is not.
    page.go(&format!("{}/contacts?state=verified", world.app.settings.server.origin)).await;
    page.wait("only Ada is listed", async || rows(&page).await == ["Ada Park"]).await;
    page.go(&format!("{}/contacts?state=not-verified", world.app.settings.server.origin)).await;
    assert!(!rows(&page).await.contains(&"Ada Park".to_owned()));
    page.fill("searchbox", "Search contacts", "nobody").await;
    page.click("button", "Show").await;
    page.sees("Nobody found for “nobody”.").await;
    in_every_light(&page, "73-contacts-nobody").await;
    page.click("link", "Clear").await;
    page.fill("combobox", "Customer", "t").await;
    page.click("button", "Show").await;
    page.sees("Which customer is “t”?").await;
    in_every_light(&page, "74-contacts-which-customer").await;
    page.click("link", "Tailspin Toys").await;
    page.wait("Tailspin's are listed", async || rows(&page).await == ["Quinn Hale"]).await;
    page.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn tickets_are_gone_through_by_keyboard() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.sees("opens").await;
    // The search has the focus by a key, and whoever types there types.
    page.press("/").await;
    focus_moves_to(&page, "searchbox", "Search tickets").await;
    page.press(format!("jk outlook{ENTER}")).await;
    page.sees("Nothing found for “jk outlook”").await;
    page.fill("searchbox", "Search tickets", "#48213 outl").await;
    page.press(ENTER).await;
    page.wait("one is listed", async || rows(&page).await == [SUMMARY]).await;
    page.click("link", "Clear").await;
    page.wait("all are listed", async || rows(&page).await.len() > 5).await;
    let all = rows(&page).await;
    page.press("j").await;
    focus_moves_to(&page, "link", &all[0]).await;
    page.press(DOWN).await;
    focus_moves_to(&page, "link", &all[1]).await;
    page.press("k").await;
    focus_moves_to(&page, "link", &all[0]).await;
    page.press(ENTER).await;
    page.wait("it is beside the list", async || has_panel(&page).await).await;
    focus_moves_to(&page, "heading", &all[0]).await;
    page.press(ESCAPE).await;
    page.wait("nothing is beside the list", async || !has_panel(&page).await).await;
    focus_moves_to(&page, "link", &all[0]).await;

    page.click("link", SUMMARY).await;
    verify(&world, &page).await;
    page.sees("Verification").await;
    in_every_light(&page, "75-ticket-beside").await;
    page.driver().refresh().await.unwrap();
    page.wait("its shield is green", async || {
        shields(&page, SUMMARY).await.starts_with("Phone: verified")
    })
    .await;
    // Keys that are typed into the pod are the pod's.
    page.click("button", "Password Reset").await;
    page.find("dialog", "Reset this password?").await;
    page.press(ESCAPE).await;
    page.gone("dialog", "Reset this password?").await;
    assert!(has_panel(&page).await, "Escape closed the question, not the panel");
    // On a narrow screen a row leads to a page of its own.
    page.looks(375, 800, false).await;
    page.click("link", "Close").await;
    page.shoot("76-tickets-375-light").await;
    page.click("link", SUMMARY).await;
    page.sees("Verified until").await;
    assert!(!page.address().await.contains('?'), "{}", page.address().await);
    page.end().await;
    world.settle().await;
    world.end().await;
}

/// Everything but the pod works without a script.
#[tokio::test]
async fn a_list_works_without_scripts() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    let origin = world.app.settings.server.origin.clone();
    page.without_scripts().await;
    page.go(&format!("{origin}/contacts?q=ada&customer=Northwind+Dental")).await;
    page.click("link", "Ada Park").await;
    page.find("heading", "Ada Park").await;
    page.find("link", "Full page").await;
    page.click("link", "Close").await;
    page.gone("heading", "Ada Park").await;
    page.find("link", "Ada Park").await;
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn contacts_come_from_a_file() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Contacts").await;
    page.click("link", "Import contacts").await;
    page.find("heading", "Import contacts").await;
    in_every_light(&page, "77-import").await;
    let file = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    // As Excel writes it on a German Windows.
    let lines = "Name;E-Mail;Telefon;Firma;Notiz\r\n\
        J\u{fc}rgen Gro\u{df};juergen.gross@northwind.example;+49 30 1234567;Northwind Dental;x\r\n\
        Ada Park;ada.park@northwind.example;+1 206 555 0999;northwind dental;\r\n\
        Nemo Nobody;nemo;;Northwind Dental;\r\n\
        Nia New;nia@alpine.example;;Alpine Ski;\r\n";
    let bytes: Vec<u8> = lines.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    std::fs::write(file.path(), bytes).unwrap();
    let field = page.driver().find(thirtyfour::By::Id("file")).await.unwrap();
    field.send_keys(file.path().display().to_string()).await.unwrap();
    page.click("button", "Look at it").await;
    page.sees("1 new, 1 changed, 0 as they are, 2 that can’t be taken.").await;
    page.sees("Jürgen Groß").await;
    page.sees("“nemo” is no e-mail address.").await;
    page.sees("There is no customer called “Alpine Ski”.").await;
    in_every_light(&page, "78-import-preview").await;
    page.click("checkbox", "Make new customers").await;
    page.click("button", "Look again").await;
    page.sees("2 new, 1 changed, 0 as they are, 1 that can’t be taken.").await;
    page.click("button", "Import 3 contacts").await;
    page.sees("2 new, 1 changed, 0 as they were, 1 new customer.").await;
    page.sees("1 of them has other numbers than before").await;
    in_every_light(&page, "79-imported").await;
    page.click("link", "Show the contacts").await;
    page.find("link", "Jürgen Groß").await;
    page.fill("searchbox", "Search contacts", "GROSS northwind").await;
    page.click("button", "Show").await;
    page.wait("Jürgen is found by his address", async || rows(&page).await == ["Jürgen Groß"])
        .await;
    page.end().await;
    world.settle().await;
    world.end().await;
}

/// A number that a file has changed is another one: what was proved at the old one counts no more.
#[tokio::test]
async fn a_number_from_a_file_voids_what_was_verified() {
    let world = World::new().await;
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    desk.verify_in(&world, ticket.contact, Some(ticket.id), "+12065550123").await;
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    assert_eq!(shown.body["findings"], serde_json::json!([]), "{:?}", shown.body);
    let contact = world.app.store.contact(world.account, ticket.contact).await.unwrap().unwrap();
    let line = server::store::CardLine {
        id: contact.id,
        customer: contact.customer,
        name: contact.name,
        email: contact.email,
        phones: vec!["+1 206 555 0999".into()],
    };
    let file = server::store::ContactFile { lines: vec![line], ..Default::default() };
    let by = world.app.store.technician_by_email(crate::world::EMAIL).await.unwrap().unwrap();
    let done = world.app.store.import_contacts(world.account, by.id, world.now(), &file).await;
    assert_eq!(done.unwrap().renumbered, 1);
    let shown = desk.preflight(ticket.contact, Some(ticket.id)).await;
    let text = shown.body["findings"].to_string();
    assert!(text.contains("verification-void"), "{text}");
    world.settle().await;
    world.end().await;
}
