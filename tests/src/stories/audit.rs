//! The audit by calls: who may read it, whose it is, what leaves as a file, and what its check finds.

use reqwest::Method;
use server::audit::KnownHead;
use server::audit::heads::Heads;
use uuid::Uuid;

use super::mail::{audited, reset};
use crate::desk::Desk;
use crate::person::Person;
use crate::world::{COLLEAGUE, World};

const ADA_PHONE: &str = "+12065550123";

/// Ada's password is reset, and the link opened.
async fn opened(world: &World, desk: &Desk, id: Uuid) {
    let done = reset(world, desk, id).await;
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    Person::with(world, &text.body).read(Some(&unlock)).await;
    world.settle().await;
}

/// Another head of the account, as the page of the check says it.
async fn checked(desk: &Desk, known: &str) -> String {
    let token = desk.form_token("/audit/check").await;
    let (status, page) = desk.form("/audit/check", &[("form", &token), ("known", known)]).await;
    assert_eq!(status, 200, "{page}");
    page
}

async fn exported(desk: &Desk, more: &[(&str, &str)]) -> (u16, String) {
    let token = desk.form_token("/audit").await;
    let mut fields = vec![("form", token.as_str())];
    fields.extend_from_slice(more);
    desk.form("/audit/export", &fields).await
}

#[tokio::test]
async fn only_admins_of_the_account_read_it() {
    let world = World::new().await;
    let desk = world.desk().await;
    let id = Uuid::from_u128(0x77);
    opened(&world, &desk, id).await;
    let story = format!("/audit/resets/{id}");
    let pages = ["/audit", "/audit/1", "/audit/check", "/dashboard", story.as_str()];
    for path in pages {
        desk.page(path).await;
    }
    let colleague = Desk::sign_in_as(&world, COLLEAGUE).await;
    let stranger = world.stranger().await;
    for path in pages {
        let refused = colleague.own(Method::GET, path, None).await;
        assert_eq!((refused.status, refused.code()), (403, "forbidden"), "{path}");
        let nobody = desk.nobody().own(Method::GET, path, None).await;
        assert_eq!((nobody.status, nobody.code()), (401, "not-signed-in"), "{path}");
    }
    for path in ["/audit/check", "/audit/export"] {
        assert_eq!(colleague.post_form(path, &[("form", "x"), ("format", "csv")]).await, 403);
        assert_eq!(desk.post_form(path, &[("form", "x"), ("format", "csv")]).await, 403, "{path}");
    }
    // What is another account's is not there.
    let theirs = stranger.own(Method::GET, &story, None).await;
    assert_eq!((theirs.status, theirs.code()), (404, "not-found"));
    assert!(!stranger.page(&format!("/audit?reset={id}")).await.contains("href=\"/audit/2"));
    for nothing in ["/audit/0", "/audit/999999", "/audit/-1", "/audit/x"] {
        assert_eq!(desk.own(Method::GET, nothing, None).await.status, 404, "{nothing}");
    }
    world.end().await;
}

#[tokio::test]
async fn the_story_of_a_reset_is_whole() {
    let world = World::new().await;
    let desk = world.desk().await;
    let id = Uuid::from_u128(0x78);
    opened(&world, &desk, id).await;
    let story = desk.page(&format!("/audit/resets/{id}")).await;
    let mut from = 0;
    for step in [
        "Tess Tanner asked Ada Park to prove who they are.",
        "Code by text to",
        "Ada Park proved who they are.",
        "Tess Tanner asked for a reset of Ada Park’s password.",
        "Microsoft is asked to set the new password.",
        "Microsoft has set the new password of Ada Park.",
        "request-id",
    ] {
        let found = story[from..].find(step);
        from +=
            found.unwrap_or_else(|| panic!("{step} is not behind what comes before it:\n{story}"));
    }
    // In whatever order they came.
    for step in [
        "The link was texted to Ada Park.",
        "The text was delivered.",
        "The ticket has its note.",
        "The link was opened: Ada Park has the password.",
        "The reset is complete",
        "The link was opened: the person has it.",
        "a notification mail was sent",
    ] {
        assert!(story.to_lowercase().contains(&step.to_lowercase()), "{step}:\n{story}");
    }
    assert!(!story.contains("2065550123"), "the number is masked");
    // One that failed says what to do.
    world.pass(60 * 60_000);
    let desk = world.desk().await;
    let ticket = world.ticket("48213").await;
    let again = Uuid::from_u128(0x79);
    desk.verify(&world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    world.outside.fault(
        simulator::Company::Graph,
        Some("PATCH"),
        simulator::Fault::Status { status: 403, retry_after: None },
    );
    desk.reset(again, ticket.contact, Some(ticket.id), &sealed).await;
    world.settle_in_time().await;
    let story = desk.page(&format!("/audit/resets/{again}")).await;
    let refused = world.app.store.reset(world.account, shared::ResetId(again)).await.unwrap();
    let code = refused.unwrap().code.expect("it failed");
    for part in [code.words().what, code.words().next] {
        let part = part.replace('\'', "&#39;");
        assert!(story.contains(&part), "{part}:\n{story}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_leaves_as_a_file_is_harmless_and_is_told() {
    let mut world = World::new().await;
    let desk = world.desk().await;
    opened(&world, &desk, Uuid::from_u128(0x7a)).await;
    let contact = world.ticket("48213").await.contact;
    let hostile = "update contacts set name = '=HYPERLINK(\"http://evil.example\")' where id = $1";
    world.app.store.seed(hostile, &[contact.0]).await;
    let before = world.app.store.audit(world.account).await.unwrap().len();
    let (status, csv) = exported(&desk, &[("format", "csv")]).await;
    assert_eq!(status, 200, "{csv}");
    assert!(csv.starts_with("Account,Brightline IT\r\nMade at,2026-11-22T14:0"), "{csv}");
    assert!(csv.contains("Entries,all\r\nentry,time,kind,act,"), "{csv}");
    assert!(csv.contains("'=HYPERLINK("), "it is told, and no formula:\n{csv}");
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(
        rows.iter().filter(|row| row.len() == 20).count(),
        before + 1,
        "all, and their names"
    );
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }

    // A filter narrows it and stands in its head, and each export is an entry.
    let fields = [("format", "jsonl"), ("kind", "link"), ("from", "2026-11-22")];
    let (status, lines) = exported(&desk, &fields).await;
    assert_eq!(status, 200, "{lines}");
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["export"]["filter"]["what"], "Links");
    assert_eq!(lines[0]["export"]["made_by"], "Tess Tanner");
    assert!(lines.len() > 3 && lines[1..].iter().all(|line| line["kind"] == "link"), "{lines:?}");
    let told = audited(&world, "audit-exported").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].contains("jsonl, kind link, from 2026-11-22"), "{told:?}");
    for wrong in [("kind", "nonsense"), ("format", "xls"), ("person", "a")] {
        let (status, _) = exported(&desk, &[("format", "csv"), wrong]).await;
        assert_eq!(status, 400, "{wrong:?}");
    }

    // Nothing in it that must not be: the number, the code, the link, the password.
    let texts = world.outside.texts(ADA_PHONE);
    let all = format!("{csv}{lines:?}");
    let digits = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit())
            .filter(|run| run.len() == 6)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let codes = digits(&texts[0].body);
    assert_eq!(codes.len(), 1, "{}", texts[0].body);
    let link = texts[1].body.split('#').nth(1).unwrap()[..22].to_owned();
    let password = world.password("ada.park@northwind.example");
    for secret in [&codes[0], &link, &password, "2065550123"] {
        assert!(!all.contains(secret), "{secret} left with the file");
    }

    // Twelve hours later the second factor is no longer fresh.
    let token = desk.form_token("/audit").await;
    world
        .app
        .store
        .seed(
            "update sessions set second_factor_at = 1, seen_at = seen_at where account = $1",
            &[world.account.0],
        )
        .await;
    let late = desk.own(Method::GET, "/audit", None).await;
    assert_eq!(late.status, 200);
    let (status, body) = desk.form("/audit/export", &[("form", &token), ("format", "csv")]).await;
    assert_eq!(status, 403, "{body}");
    assert!(body.contains("second-factor-needed"), "{body}");
    assert_eq!(audited(&world, "audit-exported").await.len(), 2);
    world.app.store.verify_audit(world.account).await.unwrap().unwrap();
    world.stop().await;
}

#[tokio::test]
async fn the_check_finds_what_a_thief_has_done() {
    let mut world = World::new().await;
    let desk = world.desk().await;
    let account = world.account.0;
    opened(&world, &desk, Uuid::from_u128(0x7b)).await;
    let page = checked(&desk, "").await;
    assert!(page.contains("The chain is intact"), "{page}");
    let (_, head) = page.split_once("id=\"head\">").unwrap();
    let head = head.split('<').next().unwrap().to_owned();
    assert!(KnownHead::parse(&head).is_some(), "{head}");
    assert!(checked(&desk, &head).await.contains("The chain is intact"));
    assert!(checked(&desk, "12:nonsense").await.contains("That is no head"));

    // The head goes to the log, once for each time that it moves.
    let mut heads = Heads::default();
    assert_eq!(heads.tell_once(&world.app).await.unwrap(), 1);
    assert_eq!(heads.tell_once(&world.app).await.unwrap(), 0);
    let token = desk.form_token("/audit").await;
    desk.form("/audit/export", &[("form", &token), ("format", "csv")]).await;
    assert_eq!(heads.tell_once(&world.app).await.unwrap(), 1);
    assert!(crate::logs::all().contains("audit.head"));

    let store = &world.app.store;
    for (change, back, says) in [
        (
            "update audit set body = replace(body, 'reset-asked', 'signed-out')
                 where account = $1 and body like '%reset-asked%'",
            "update audit set body = replace(body, 'signed-out', 'reset-asked')
                 where account = $1 and body like '%signed-out%'",
            "is not what was written",
        ),
        (
            "update audit set technician = null where account = $1 and body like '%reset-asked%'",
            "update audit set technician = (select technician from resets r where r.account = $1)
                 where account = $1 and body like '%reset-asked%'",
            "columns that it is filtered by were changed",
        ),
    ] {
        store.seed(change, &[account]).await;
        let page = checked(&desk, "").await;
        assert!(page.contains("The chain is broken at entry") && page.contains(says), "{page}");
        assert!(page.contains("keep a copy of it"), "what to do");
        store.seed(back, &[account]).await;
        assert!(checked(&desk, "").await.contains("The chain is intact"), "{says}");
    }
    // The newest entries go, and the account's head with them: only a head that was kept tells.
    let cut = "delete from audit where account = $1 and seq > 6";
    store.seed(cut, &[account]).await;
    assert!(checked(&desk, "").await.contains("does not end where its account says"));
    let head_too = "update accounts set audit_count = 6,
        audit_head = (select mac from audit where account = $1 and seq = 6) where id = $1";
    store.seed(head_too, &[account]).await;
    assert!(
        checked(&desk, "").await.contains("The chain is intact"),
        "the database alone hides it"
    );
    let page = checked(&desk, &head).await;
    assert!(page.contains("its newest entries were removed"), "{page}");
    world.stop().await;
}

#[tokio::test]
async fn a_check_goes_on_beside_the_page() {
    let mut world = World::new().await;
    let desk = world.desk().await;
    let (store, now, run) = (world.app.store.clone(), world.now(), Uuid::from_u128(5));
    assert!(!desk.page("/audit/check").await.contains("id=\"found\""), "there was none yet");
    // Another process is at a large one.
    store.begin_audit_check(world.account, now, run, 1_000_000, now).await.unwrap();
    store.note_audit_check(world.account, now, run, 420_000, None).await.unwrap();
    let page = desk.page("/audit/check").await;
    assert!(page.contains("420000 of 1000000 entries so far"), "{page}");
    assert!(
        page.contains("data-reloads") && page.contains("Look again"),
        "with a script and without"
    );
    // A second one is not begun beside it.
    let token = desk.form_token("/audit/check").await;
    let (status, _) = desk.form("/audit/check", &[("form", &token)]).await;
    assert_eq!(status, 303);
    assert_eq!(store.audit_check(world.account).await.unwrap().unwrap().run, run);
    // That process was ended: it says nothing of the chain, and makes room.
    world.pass(60_000);
    let page = desk.page("/audit/check").await;
    assert!(page.contains("The check stopped at entry 420000 of 1000000"), "{page}");
    assert!(checked(&desk, "").await.contains("The chain is intact"));
    // What came of it stays, for whoever looks later.
    let page = desk.page("/audit/check").await;
    assert!(page.contains("The chain is intact") && page.contains("Checked <time"), "{page}");
    // Whoever has the database alone can't write that all is well: neither by hand nor from another account.
    let mine = store.audit_check(world.account).await.unwrap().unwrap();
    let forge = "update audit_checks set run = account where account = $1";
    store.seed(forge, &[world.account.0]).await;
    assert_ne!(store.audit_check(world.account).await.unwrap().unwrap().run, mine.run);
    assert!(!desk.page("/audit/check").await.contains("The chain is intact"));
    world.stop().await;
}
