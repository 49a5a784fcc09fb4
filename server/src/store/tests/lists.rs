//! The lists of contacts and tickets: page by page, by customer and state, with a search of rare and of
//! common words; and what of a PSA stands in them.

use shared::{ContactId, CustomerId, TicketId};
use uuid::Uuid;

use super::fixture::{HOUR, MINUTE, START, World, after, new_id};
use super::psa::connected;
use crate::psa::PsaKind;
use crate::store::{
    Among, Edge, ImportRow, ListAsk, Listed, Order, SeenContact, SeenTicket, Verification,
};

on_both!(
    pages_follow_one_another_both_ways,
    a_page_stays_where_rows_come_and_go,
    a_list_keeps_to_a_customer_and_to_rows,
    common_words_are_found_as_rare_ones_are,
    a_psas_contact_is_found_by_the_whole_address,
    what_has_changed_is_found_by_its_new_words,
    rows_without_words_get_them_at_the_start,
    a_psas_tickets_are_listed_where_an_admin_says_so,
    recent_verifications_are_those_that_may_show,
);

/// Adds `count` people to our customer, by names that sort by their number.
async fn crowd(world: &World, count: usize, name: impl Fn(usize) -> String) -> Vec<ContactId> {
    let ids: Vec<ContactId> = (0..count).map(|_| ContactId(new_id())).collect();
    let row = |(nth, id): (usize, &ContactId)| world.ours.contact(*id, &name(nth), "");
    let rows: Vec<ImportRow> = ids.iter().enumerate().map(row).collect();
    world.store.import(world.ours.account, START, &rows).await.unwrap();
    ids
}

async fn contacts(world: &World, ask: &ListAsk<'_, ContactId>) -> Listed<crate::store::Contact> {
    world.store.contacts(world.ours.account, ask).await.unwrap()
}

async fn names(world: &World, ask: &ListAsk<'_, ContactId>) -> Vec<String> {
    contacts(world, ask).await.rows.into_iter().map(|it| it.name).collect()
}

async fn pages_follow_one_another_both_ways(world: World) {
    // Some have one name: the id tells them apart.
    crowd(&world, 11, |nth| format!("Person {:02}", nth / 2)).await;
    for (order, search, total) in
        [(Order::Usual, "", 12), (Order::Other, "", 12), (Order::Usual, "person", 11)]
    {
        let mut ask = ListAsk { order, ..ListAsk::search(search, 5) };
        let all = ListAsk { limit: 99, ..ask.clone() };
        let all: Vec<_> = contacts(&world, &all).await.rows.iter().map(|it| it.id).collect();
        assert_eq!(all.len(), total);
        let mut read = Vec::new();
        let last = loop {
            let page = contacts(&world, &ask).await;
            assert_eq!(page.before, !read.is_empty());
            read.extend(page.rows.iter().map(|it| it.id));
            if !page.after {
                break page;
            }
            ask.edge = Edge::After(page.rows.last().unwrap().id);
        };
        assert_eq!(read, all, "{order:?}");
        ask.edge = Edge::Before(last.rows[0].id);
        let before = contacts(&world, &ask).await;
        let ids: Vec<_> = before.rows.iter().map(|it| it.id).collect();
        assert_eq!((ids.as_slice(), before.before, before.after), (&all[5..10], true, true));
        ask.edge = Edge::Before(all[5]);
        let first = contacts(&world, &ask).await;
        assert_eq!((first.rows[0].id, first.rows.len(), first.before), (all[0], 5, false));
    }
    // A row that nobody has is the beginning, and so is one of somebody else.
    for edge in [Edge::After(ContactId(new_id())), Edge::Before(world.theirs.carl)] {
        let page = contacts(&world, &ListAsk { edge, ..ListAsk::all(5) }).await;
        assert_eq!((page.rows[0].name.as_str(), page.before), ("Carl Carter", false));
    }
}

async fn a_page_stays_where_rows_come_and_go(world: World) {
    let ids = crowd(&world, 6, |nth| format!("Person {nth}")).await;
    let ask = ListAsk { edge: Edge::After(ids[2]), ..ListAsk::all(2) };
    assert_eq!(names(&world, &ask).await, ["Person 3", "Person 4"]);
    crowd(&world, 3, |nth| format!("Before {nth}")).await;
    assert_eq!(names(&world, &ask).await, ["Person 3", "Person 4"]);
    let rows: Vec<ImportRow> = (0..4)
        .map(|nth| {
            let number = format!("20{nth}");
            world.ours.about(TicketId(new_id()), &number, "Mail", after(nth * MINUTE))
        })
        .collect();
    world.store.import(world.ours.account, START, &rows).await.unwrap();
    let tickets = async |edge| {
        let ask = ListAsk { edge, ..ListAsk::search("mail", 2) };
        world.store.tickets(world.ours.account, &ask).await.unwrap()
    };
    let first = tickets(Edge::First).await;
    assert_eq!(first.rows.iter().map(|it| it.number.as_str()).collect::<Vec<_>>(), ["203", "202"]);
    let new = world.ours.about(TicketId(new_id()), "204", "Mail", after(HOUR));
    world.store.import(world.ours.account, START, &[new]).await.unwrap();
    let next = tickets(Edge::After(first.rows[1].id)).await;
    assert_eq!(next.rows.iter().map(|it| it.number.as_str()).collect::<Vec<_>>(), ["201", "200"]);
    let back = tickets(Edge::Before(next.rows[0].id)).await;
    assert_eq!((back.rows[1].number.as_str(), back.before), ("202", true));
}

async fn a_list_keeps_to_a_customer_and_to_rows(world: World) {
    let ours = &world.ours;
    let other = CustomerId(new_id());
    let ada = ContactId(new_id());
    let rows = [
        ImportRow::Customer { id: other, name: "Fabrikam".into() },
        ImportRow::Contact {
            id: ada,
            customer: other,
            name: "Ada Park".into(),
            email: "ada@fabrikam.example".into(),
            phones: Vec::new(),
        },
    ];
    world.store.import(ours.account, START, &rows).await.unwrap();
    let of = |customer| ListAsk { customer: Some(customer), ..ListAsk::all(9) };
    assert_eq!(names(&world, &of(other)).await, ["Ada Park"]);
    assert_eq!(names(&world, &of(ours.customer)).await, ["Carl Carter"]);
    assert_eq!(names(&world, &ListAsk { search: "ad", ..of(other) }).await, ["Ada Park"]);
    assert!(names(&world, &ListAsk { search: "carl", ..of(other) }).await.is_empty());
    assert!(names(&world, &of(world.theirs.customer)).await.is_empty(), "nobody of theirs");
    let among = |among| ListAsk { among, ..ListAsk::all(9) };
    let stranger = world.theirs.carl;
    assert_eq!(names(&world, &among(Among::Only(vec![ada, stranger]))).await, ["Ada Park"]);
    assert_eq!(names(&world, &among(Among::Not(vec![ada]))).await, ["Carl Carter"]);
    assert_eq!(names(&world, &among(Among::Not(Vec::new()))).await.len(), 2);
    assert!(names(&world, &among(Among::Only(Vec::new()))).await.is_empty());
    let only = ListAsk { search: "carl", ..among(Among::Only(vec![ada, ours.carl])) };
    assert_eq!(names(&world, &only).await, ["Carl Carter"]);
    assert!(
        names(&world, &ListAsk { customer: Some(ours.customer), ..among(Among::Only(vec![ada])) })
            .await
            .is_empty()
    );
    let all: ListAsk<'_, TicketId> = ListAsk::all(9);
    let tickets = async |ask: ListAsk<'static, TicketId>| {
        world.store.tickets(ours.account, &ask).await.unwrap().rows.len()
    };
    assert_eq!(tickets(ListAsk { customer: Some(other), ..all.clone() }).await, 0);
    assert_eq!(tickets(ListAsk { among: Among::Only(vec![ours.ticket]), ..all }).await, 1);
}

/// More rows than a word may have to be looked up by its index.
async fn common_words_are_found_as_rare_ones_are(world: World) {
    crowd(&world, 4_100, |nth| format!("Person {nth:04} of {}", nth % 2)).await;
    let search = |text: &'static str| ListAsk::search(text, 3);
    assert_eq!(
        names(&world, &search("person")).await,
        ["Person 0000 of 0", "Person 0001 of 1", "Person 0002 of 0"]
    );
    assert_eq!(names(&world, &search("person contoso of")).await.len(), 3);
    assert_eq!(names(&world, &search("person 4099")).await, ["Person 4099 of 1"]);
    assert_eq!(names(&world, &search("contoso 409")).await.len(), 3);
    assert!(names(&world, &search("person nobody")).await.is_empty());
    let middle = contacts(&world, &search("person 2000")).await.rows[0].id;
    let after = ListAsk { edge: Edge::After(middle), ..search("pers") };
    assert_eq!(names(&world, &after).await[0], "Person 2001 of 1");
}

fn seen<'a>(world: &World, id: &'a str, name: &'a str, hash: Option<&'a [u8]>) -> SeenContact<'a> {
    SeenContact { id, customer: world.ours.customer, name, address_hash: hash }
}

async fn a_psas_contact_is_found_by_the_whole_address(world: World) {
    let psa = connected(&world, PsaKind::Halo).await.integration.id;
    let zoe = seen(&world, "7", "Zoë Übel", Some(b"hash"));
    world.store.mirror(world.ours.account, psa, START, zoe, None).await.unwrap();
    let at = |hash: &[u8]| ListAsk {
        address_hash: Some(hash.to_vec()),
        ..ListAsk::search("zoe@contoso.example", 9)
    };
    assert_eq!(names(&world, &at(b"hash")).await, ["Zoë Übel"]);
    assert!(names(&world, &at(b"other")).await.is_empty());
    let theirs = world.store.contacts(world.theirs.account, &at(b"hash")).await.unwrap();
    assert!(theirs.rows.is_empty());
    let also = ListAsk { customer: Some(world.ours.customer), ..at(b"hash") };
    assert_eq!(names(&world, &also).await, ["Zoë Übel"]);
}

async fn what_has_changed_is_found_by_its_new_words(world: World) {
    let psa = connected(&world, PsaKind::Halo).await.integration.id;
    let (store, account) = (&world.store, world.ours.account);
    let ticket =
        SeenTicket { id: "9", number: "T9", summary: "Mail", created_at: START, closed: false };
    let before = seen(&world, "7", "Zoë Übel", None);
    let there = store.mirror(account, psa, START, before, Some(ticket)).await.unwrap();
    store.seed("update tickets set listed = true where id = $1", &[there.ticket.unwrap().0]).await;
    let found = async |text: &str| {
        let contacts = names(&world, &ListAsk::search(text, 9)).await.len();
        let tickets = store.tickets(account, &ListAsk::search(text, 9)).await.unwrap();
        (contacts, tickets.rows.len())
    };
    assert_eq!(found("übel").await, (1, 1));
    let after = seen(&world, "7", "Zoë Braun", None);
    store.mirror(account, psa, START, after, None).await.unwrap();
    assert_eq!(found("übel").await, (0, 0), "their tickets follow");
    assert_eq!(found("braun").await, (1, 1));
    assert_eq!(found("zoë").await, (1, 1));
    let ticket = SeenTicket { summary: "Printer", ..ticket };
    let same = seen(&world, "7", "Zoë Braun", None);
    store.mirror(account, psa, START, same, Some(ticket)).await.unwrap();
    assert_eq!(found("printer").await, (0, 1));
    assert_eq!(found("mail").await, (0, 0));
}

async fn rows_without_words_get_them_at_the_start(world: World) {
    for forget in [
        "update contacts set found_by = null, sort_name = '' where account = $1",
        "update tickets set found_by = null where account = $1",
        "delete from contact_words where account = $1",
        "delete from ticket_words where account = $1",
    ] {
        world.store.seed(forget, &[world.ours.account.0]).await;
    }
    assert!(names(&world, &ListAsk::search("carter", 9)).await.is_empty());
    let [_, again] = world.two_processes().await;
    drop(again);
    let again = world.place.open(super::fixture::keys()).await.unwrap();
    let found = again.contacts(world.ours.account, &ListAsk::search("carter", 9)).await.unwrap();
    assert_eq!(found.rows.len(), 1);
    let found = again.tickets(world.ours.account, &ListAsk::search("sign", 9)).await.unwrap();
    assert_eq!(found.rows.len(), 1);
    again.close().await;
}

async fn a_psas_tickets_are_listed_where_an_admin_says_so(world: World) {
    let (store, account, ann) = (&world.store, world.ours.account, world.ours.ann);
    let psa = connected(&world, PsaKind::Halo).await.integration.id;
    let ticket = |id: &'static str| SeenTicket {
        id,
        number: id,
        summary: "In the PSA",
        created_at: START,
        closed: false,
    };
    let mirror = async |who: &str, id| {
        let contact = seen(&world, who, "Zoë Übel", None);
        store.mirror(account, psa, START, contact, Some(ticket(id))).await.unwrap()
    };
    let mirrored = mirror("7", "P1").await;
    let listed = async || {
        let tickets = store.tickets(account, &ListAsk::search("psa", 9)).await.unwrap();
        let of = store.tickets_of(account, mirrored.contact, 9).await.unwrap();
        let people = names(&world, &ListAsk::search("zoë", 9)).await;
        (tickets.rows.len(), of.len(), people.len())
    };
    assert_eq!(listed().await, (0, 0, 1), "a contact that a pod has shown is listed all the same");
    store.list_psa(account, ann, START, psa, true).await.unwrap();
    assert_eq!(listed().await, (1, 1, 1));
    // What comes later too.
    mirror("7", "P2").await;
    assert_eq!(listed().await, (2, 2, 1));
    assert!(store.psa(account, psa).await.unwrap().unwrap().list_here);
    let again = store.list_psa(account, ann, START, psa, true).await;
    super::fixture::moved_on(again);
    super::fixture::moved_on(store.list_psa(world.theirs.account, ann, START, psa, false).await);
    // Off: what no pod has shown is not listed any more.
    mirror("8", "P3").await;
    store.see_card(account, mirrored.contact, b"card", START).await.unwrap();
    store.list_psa(account, ann, START, psa, false).await.unwrap();
    assert_eq!(listed().await, (0, 0, 1));
    assert_eq!(world.acts().await.iter().filter(|act| *act == "psa-listed").count(), 1);
    assert_eq!(world.acts().await.iter().filter(|act| *act == "psa-unlisted").count(), 1);
}

async fn recent_verifications_are_those_that_may_show(world: World) {
    let (store, ours) = (&world.store, &world.ours);
    let ids: Vec<Uuid> = {
        let mut ids = Vec::new();
        for minute in 0..3 {
            let v = Verification { ticket: None, ..ours.verification(after(minute * MINUTE)) };
            store.begin_verification(&v, &[]).await.unwrap().unwrap();
            ids.insert(0, v.id.0);
        }
        ids
    };
    let recent = async |of: Option<&[ContactId]>, since| {
        let found = store.recent_verifications(ours.account, of, since).await.unwrap();
        found.into_iter().map(|it| it.id.0).collect::<Vec<_>>()
    };
    assert_eq!(recent(None, START).await, ids, "newest first");
    // Each can be answered for five minutes.
    assert_eq!(recent(None, after(6 * MINUTE)).await, ids[..2]);
    assert!(recent(None, after(8 * MINUTE)).await.is_empty());
    assert_eq!(recent(Some(&[ours.carl, world.theirs.carl]), START).await, ids);
    assert!(recent(Some(&[world.theirs.carl]), START).await.is_empty());
    assert!(recent(Some(&[]), START).await.is_empty());
    let theirs = store.recent_verifications(world.theirs.account, None, START).await.unwrap();
    assert!(theirs.is_empty());
    let said = store.policies(ours.account).await.unwrap();
    assert!(said.account.is_empty() && said.customers.is_empty());
}
