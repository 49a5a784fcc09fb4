//! The lists and the import of contacts, as a browser would ask, and as somebody would who must not.

use super::{ACCOUNT, ORIGIN, World, cookie_line};
use crate::store::ListAsk;

const IMPORT: &str = "/contacts/import";

async fn upload(
    world: &World,
    cookie: &str,
    path: &str,
    form: &str,
    more: &[(&str, &str)],
) -> super::Answer {
    let part = |name: &str, text: &str| {
        format!("--xx\r\ncontent-disposition: form-data; {name}\r\n\r\n{text}\r\n")
    };
    let mut body = part("name=\"form\"", form);
    for (name, text) in more {
        let file = if *name == "file" { "; filename=\"a.csv\"" } else { "" };
        body += &part(&format!("name=\"{name}\"{file}"), text);
    }
    let headers = [
        &format!("origin: {ORIGIN}"),
        "content-type: multipart/form-data; boundary=xx",
        &cookie_line(cookie),
    ];
    world.ask(&format!("POST {path}"), &headers, &format!("{body}--xx--\r\n")).await
}

async fn names(world: &World) -> Vec<String> {
    let found = world.app.store.contacts(ACCOUNT, &ListAsk::all(99)).await.unwrap();
    found.rows.into_iter().map(|it| it.name).collect()
}

const FILE: &str = "Name;Mail;Tel;Firma\n\"<b>Ada\"\"\";ada@x.example;+49 30 1234;Alpine\n\
                    Bo;nobody;;Alpine\nCy;cy@x.example;;Alpine\n";

#[tokio::test]
async fn a_file_is_looked_at_before_anything_is_written() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let before = names(&world).await;
    let form = world.page(IMPORT, &cookie).await.form();
    let look = upload(&world, &cookie, IMPORT, &form, &[("file", FILE)]).await;
    assert_eq!(look.status, 200, "{}", look.body);
    for says in [
        "0 new, 0 changed, 0 as they are, 3 that can’t be taken",
        "There is no customer called “Alpine”.",
        "“nobody” is no e-mail address.",
        "nothing to write",
        "value=\"email\" selected",
    ] {
        assert!(look.body.contains(says), "{says}: {}", look.body);
    }
    assert!(!look.body.contains("<b>Ada"), "escaped");
    assert_eq!(names(&world).await, before, "nothing was written");

    let fields = [("text", FILE), ("new_customers", "yes")];
    let look = upload(&world, &cookie, IMPORT, &form, &fields).await;
    assert!(look.body.contains("2 new, 0 changed, 0 as they are, 1 that"), "{}", look.body);
    assert!(look.body.contains("Import 2 contacts"));
    // A column that is not taken is not looked at.
    let without = [fields[0], fields[1], ("column-1", "nothing")];
    let look = upload(&world, &cookie, IMPORT, &form, &without).await;
    assert!(look.body.contains("Say which column is the email"), "{}", look.body);
    let path = format!("{IMPORT}/now");
    let not = upload(&world, &cookie, &path, &form, &without).await;
    assert!(not.body.contains("Say which column is the email"));
    assert_eq!(names(&world).await, before);

    let done = upload(&world, &cookie, &path, &form, &fields).await;
    assert!(
        done.body.contains("2 new, 0 changed, 0 as they were, 1 new customer."),
        "{}",
        done.body
    );
    assert!(done.body.contains("Line 3"), "{}", done.body);
    let now = names(&world).await;
    assert_eq!(now.len(), before.len() + 2);
    assert!(now.contains(&"<b>Ada\"".to_owned()), "{now:?}");
    let again = upload(&world, &cookie, &path, &form, &fields).await;
    assert!(again.body.contains("0 new, 0 changed, 2 as they were."), "{}", again.body);
    assert_eq!(names(&world).await, now);
}

/// What went wrong in the middle is said, with what to do; doing it brings the rest.
#[tokio::test]
async fn a_large_file_that_stops_in_the_middle_is_imported_again() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let form = world.page(IMPORT, &cookie).await.form();
    let mut file = "Name,Email,Customer\n".to_owned();
    for n in 0..1_100 {
        file += &format!("Person {n},p{n}@x.example,Alpine\n");
    }
    let full = "create trigger full before insert on contacts when new.email = 'p600@x.example'
                begin select raise(abort, 'the disk is full'); end";
    world.app.store.seed(full, &[]).await;
    let (path, fields) = (format!("{IMPORT}/now"), [("text", &*file), ("new_customers", "yes")]);
    let done = upload(&world, &cookie, &path, &form, &fields).await;
    assert!(done.status == 200 && done.body.contains("500 new, 0 changed"), "{}", done.body);
    for says in ["Some contacts imported", "600 lines were not written", "Import the same file"] {
        assert!(done.body.contains(says), "{says}: {}", done.body);
    }
    world.app.store.seed("drop trigger full", &[]).await;
    let done = upload(&world, &cookie, &path, &form, &fields).await;
    assert!(done.body.contains("600 new, 0 changed, 500 as they were."), "{}", done.body);
    assert!(!done.body.contains("not written"));
    // One that stops at once has written nothing.
    let full =
        "create trigger full before insert on contacts begin select raise(abort, 'full'); end";
    world.app.store.seed(full, &[]).await;
    let fields = [("text", "Name,Email,Customer\nQ,q0@x.example,Alpine")];
    assert_eq!(upload(&world, &cookie, &path, &form, &fields).await.status, 500);
}

#[tokio::test]
async fn what_is_no_list_and_who_is_no_admin_are_refused() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let form = world.page(IMPORT, &cookie).await.form();
    for (file, says) in [
        ("", "Choose a file first."),
        ("PK\u{3}\u{4}\u{0}", "This is no text."),
        ("Name,Email", "nothing below the first line"),
    ] {
        let answer = upload(&world, &cookie, IMPORT, &form, &[("file", file)]).await;
        assert!(answer.status == 422 && answer.body.contains(says), "{says}: {}", answer.body);
    }
    let large = "x".repeat(crate::contacts::MOST_BYTES + 1);
    let answer = upload(&world, &cookie, IMPORT, &form, &[("file", &large)]).await;
    assert!(answer.status == 422 && answer.body.contains("larger than 5 MB"), "{}", answer.status);
    // Another session's form, and nobody at all.
    let other = upload(&world, &cookie, IMPORT, "other", &[("file", FILE)]).await;
    assert_eq!(other.status, 403);
    let nobody = upload(&world, "", &format!("{IMPORT}/now"), &form, &[("text", FILE)]).await;
    assert_ne!(nobody.status, 200);
    assert!(!names(&world).await.iter().any(|it| it.contains("Ada")));
}

#[tokio::test]
async fn a_list_takes_any_address_and_says_what_to_do_next() {
    let world = World::new().await;
    let cookie = world.sign_in().await;
    let nobody = uuid::Uuid::from_u128(77);
    for path in [
        "/contacts?after=x&before=%00&state=%27&order=%22&customer=",
        "/tickets?state=verified",
        "/tickets?state=not-verified&q=%25",
        "/contacts?q=a%40b.example&state=waiting",
        &format!("/contacts?after={nobody}"),
    ] {
        let page = world.page(path, &cookie).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
    }
    let gone = world.page(&format!("/contacts?open={nobody}"), &cookie).await;
    assert!(gone.status == 404 && gone.body.contains("This contact is not here"), "{}", gone.body);
    assert!(gone.body.contains("href=\"/contacts\" data-close"), "{}", gone.body);
    assert_eq!(world.page("/tickets?open=%22%3E", &cookie).await.status, 404);
    let typed = world.page("/contacts?customer=%3Cscript%3E", &cookie).await;
    assert!(typed.body.contains("No customer is called “&#60;script&#62;”."), "{}", typed.body);
}
