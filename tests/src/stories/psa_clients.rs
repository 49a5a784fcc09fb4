//! HaloPSA and Autotask asked by our clients: every question, wrong keys, missing rights, and what their
//! limits and oddities come to.

use server::outbound::Answer;
use server::psa::{Author, NewNote, PsaClient};
use shared::Code;
use simulator::{Company, Fault, Psa, PsaCompany, PsaPick};

use crate::frame::connect;
use crate::world::World;

const TICKET: i64 = 48213;

async fn client(world: &World, psa: Psa) -> Box<dyn PsaClient> {
    let at = connect(world, psa).await;
    let client = world.app.psa.client(world.account, at.id).await.unwrap();
    client.unwrap_or_else(|refusal| panic!("{psa:?} {refusal:?}"))
}

fn done<T>(answer: Answer<T>) -> T {
    match answer {
        Answer::Done(done) => done,
        Answer::Refused(refusal) => panic!("{refusal:?}"),
        Answer::Later(_) => panic!("later"),
        Answer::Unknown(_) => panic!("unknown"),
    }
}

fn code<T>(answer: Answer<T>) -> Option<Code> {
    match answer {
        Answer::Refused(refusal) => Some(refusal.code),
        _ => None,
    }
}

/// A token that is not taken any more.
fn ended() -> Fault {
    Fault::Status { status: 401, retry_after: None }
}

fn tess() -> Author {
    Author {
        name: "Tess Tanner".into(),
        email: "tess@brightline.example".into(),
        person: Some("101".into()),
        login: None,
    }
}

fn note<'a>(author: &'a Author, mark: &'a str, text: &'a str) -> NewNote<'a> {
    NewNote { title: "Password reset", text, mark, author: Some(author) }
}

#[tokio::test]
async fn every_question_has_its_answer() {
    let world = World::new().await;
    for psa in [Psa::Halo, Psa::Autotask] {
        let client = client(&world, psa).await;
        let ticket = done(client.ticket("48213", None).await);
        assert_eq!((ticket.id.as_str(), ticket.contact.as_deref()), ("48213", Some("1001")));
        let company = ticket.company.unwrap();
        assert_eq!((company.id.as_str(), company.name.as_str()), ("250", "Northwind Dental"));
        assert!(!ticket.closed && ticket.opened_at.is_some(), "{psa:?}");
        assert!(done(client.ticket("48266", None).await).closed, "{psa:?}");
        assert_eq!(done(client.ticket("48262", None).await).contact, None, "{psa:?}");
        for id in ["1", "0", "48213/../48214", "48213?x=1", ""] {
            assert_eq!(
                code(client.ticket(id, None).await),
                Some(Code::TicketUnknown),
                "{psa:?} {id}"
            );
        }

        let card = done(client.card("1001").await);
        assert_eq!(
            (card.name.as_str(), card.email.as_str()),
            ("Ada Park", "ada.park@northwind.example")
        );
        assert_eq!(
            (card.company.as_str(), card.company_name.as_str()),
            ("250", "Northwind Dental")
        );
        assert_eq!(card.phones, ["+1 206 555 0123", "+1 206 555 0177"], "{psa:?}");
        assert_eq!(code(client.card("77").await), Some(Code::NotFound), "{psa:?}");
        assert_eq!(done(client.card("1039").await).phones, ["ext 5"], "{psa:?}");

        let names = |cards: Vec<server::psa::Card>| -> Vec<String> {
            cards.into_iter().map(|it| it.name).collect()
        };
        assert_eq!(names(done(client.find_contacts("o'neil", None).await)), ["Conan O'Neil"]);
        assert_eq!(names(done(client.find_contacts("ada park", Some("250")).await)), ["Ada Park"]);
        assert!(done(client.find_contacts("ada park", Some("251")).await).is_empty());
        assert!(done(client.find_contacts("ivan.inactive", None).await).is_empty());
        assert!(done(client.find_contacts("\"}]&search=", None).await).is_empty());

        let companies = done(client.companies().await);
        let companies: Vec<(&str, &str)> =
            companies.iter().map(|it| (it.name.as_str(), it.domain.as_str())).collect();
        let all = [
            ("Adventure Works", "adventure.example"),
            ("Northwind Dental", "northwind.example"),
            ("Unmapped Ltd", "unmapped.example"),
        ];
        assert_eq!(companies, all, "{psa:?}");

        let newest = done(client.newest_tickets().await);
        assert_eq!(newest[0].id, "48265", "{psa:?}");
        assert!(
            newest.iter().all(|it| !it.closed && !it.company.as_ref().unwrap().name.is_empty())
        );

        let person = done(client.person("101").await);
        assert_eq!((person.name.as_str(), person.disabled), ("Tess Tanner", false));
        assert!(done(client.person("103").await).disabled, "{psa:?}");
        assert_eq!(code(client.person("999").await), Some(Code::NotFound), "{psa:?}");
        assert_eq!(
            code(client.install_pod("https://x.example", "x").await),
            Some(Code::PsaRefused)
        );

        let about = done(client.check().await);
        assert_eq!(about.remarks, Vec::<String>::new(), "{psa:?}");
    }
    assert!(world.outside.unknown_requests().is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_note_is_internal_and_its_authors() {
    let world = World::new().await;
    let (author, text) = (tess(), "Reset for <Ada> & nobody else\n[reset 1]");
    for psa in [Psa::Halo, Psa::Autotask] {
        let client = client(&world, psa).await;
        assert!(!done(client.has_note("48213", "[reset 1]").await), "{psa:?}");
        done(client.write_note("48213", note(&author, "[reset 1]", text)).await);
        assert!(done(client.has_note("48213", "[reset 1]").await), "{psa:?}");
        assert!(!done(client.has_note("48213", "[reset 2]").await), "{psa:?}");
        assert!(!done(client.has_note("48214", "[reset 1]").await), "{psa:?}");
        let notes = world.outside.psa_notes(psa, TICKET);
        assert_eq!((notes.len(), notes[0].text.as_str()), (1, text), "{psa:?}");
        assert!(notes[0].internal && notes[0].author == "tess", "{psa:?} {notes:?}");
        let gone = client.write_note("1", note(&author, "[reset 1]", text)).await;
        assert_eq!(code(gone), Some(Code::TicketUnknown), "{psa:?}");

        // Whoever may not be written as does not keep the note from the ticket.
        world.outside.with_psa(psa, |desk| {
            for person in desk.people.iter_mut().filter(|it| it.login == "tess") {
                (person.disabled, person.impersonable) = (psa == Psa::Halo, false);
            }
        });
        done(client.write_note("48214", note(&author, "[reset 3]", "x [reset 3]")).await);
        let notes = world.outside.psa_notes(psa, 48214);
        assert_eq!((notes.len(), notes[0].author.as_str()), (1, "api"), "{psa:?} {notes:?}");

        // Nothing that is internal for certain: nothing is written.
        world.outside.with_psa(psa, |desk| {
            desk.halo.outcomes.retain(|it| it.name != "Private Note");
            desk.autotask.publish = vec![
                PsaPick::new(1, "All Autotask Users"),
                PsaPick::new(4, "Internal & Co-Managed"),
            ];
        });
        world.pass(2 * 60 * 60 * 1000);
        let refused = client.write_note("48215", note(&author, "[reset 4]", "[reset 4]")).await;
        assert_eq!(code(refused), Some(Code::PsaNoInternalNote), "{psa:?}");
        assert!(world.outside.psa_notes(psa, 48215).is_empty(), "{psa:?}");
        let remarks = done(client.check().await).remarks;
        assert!(
            remarks.iter().any(|it| it.contains("no note can be written")),
            "{psa:?} {remarks:?}"
        );
    }
    world.end().await;
}

#[tokio::test]
async fn keys_rights_and_limits_are_told_apart() {
    let world = World::new().await;
    let halo = client(&world, Psa::Halo).await;
    // A token that ended over there is renewed, once.
    done(halo.ticket("48213", None).await);
    world.outside.fault(Company::Halo, Some("GET /api/Tickets"), ended());
    done(halo.ticket("48213", None).await);
    for _ in 0..2 {
        world.outside.fault(Company::Halo, Some("GET /api/Tickets"), ended());
    }
    assert_eq!(code(halo.ticket("48213", None).await), Some(Code::PsaCredentials));
    world.outside.with_psa(Psa::Halo, |desk| desk.halo.scopes = vec!["read:tickets".into()]);
    world.pass(2 * 60 * 60 * 1000);
    assert_eq!(code(halo.card("1001").await), Some(Code::PsaPermission));
    let remarks = done(halo.check().await).remarks;
    for right in ["read users", "read clients", "edit:tickets"] {
        assert!(remarks.iter().any(|it| it.contains(right)), "{right}: {remarks:?}");
    }
    world.outside.with_psa(Psa::Halo, |desk| desk.credentials.secret = "another".into());
    world.pass(2 * 60 * 60 * 1000);
    assert_eq!(code(halo.check().await), Some(Code::PsaCredentials));

    let autotask = client(&world, Psa::Autotask).await;
    world.outside.with_psa(Psa::Autotask, |desk| desk.autotask.errors_in_200 = 1);
    assert_eq!(code(autotask.ticket("48213", None).await), Some(Code::PsaRefused));
    world.outside.with_psa(Psa::Autotask, |desk| desk.autotask.absent_is_404 = true);
    assert_eq!(code(autotask.ticket("7", None).await), Some(Code::TicketUnknown));
    world.outside.with_psa(Psa::Autotask, |desk| desk.autotask.hourly = 20);
    let remarks = done(autotask.check().await).remarks;
    assert!(remarks.is_empty(), "{remarks:?}");
    for _ in 0..3 {
        done(autotask.ticket("48213", None).await);
    }
    let remarks = done(autotask.check().await).remarks;
    assert!(remarks.iter().any(|it| it.contains("of the requests")), "{remarks:?}");
    world.outside.with_psa(Psa::Autotask, |desk| desk.credentials.secret = "another".into());
    assert_eq!(code(autotask.check().await), Some(Code::PsaCredentials));
    world.end().await;
}

/// Autotask takes three calls of one endpoint at a time; ours are two, so none of them is rejected.
#[tokio::test]
async fn many_at_once_stand_in_line_at_autotask() {
    let world = World::new().await;
    let client = client(&world, Psa::Autotask).await;
    world.outside.with_psa(Psa::Autotask, |desk| desk.autotask.latency_ms = 30);
    let ask = || client.card("1001");
    let (a, b, c, d, e, f) = tokio::join!(ask(), ask(), ask(), ask(), ask(), ask());
    for answer in [a, b, c, d, e, f] {
        assert_eq!(done(answer).id, "1001");
    }
    world.end().await;
}

#[tokio::test]
async fn all_companies_are_read_page_by_page() {
    let world = World::new().await;
    for psa in [Psa::Halo, Psa::Autotask] {
        let client = client(&world, psa).await;
        world.outside.with_psa(psa, |desk| {
            let like = desk.companies[0].clone();
            desk.companies.extend((10_000..11_200).map(|id| PsaCompany {
                id,
                name: format!("Company {id}"),
                ..like.clone()
            }));
        });
        let companies = done(client.companies().await);
        assert_eq!(companies.len(), 1_203, "{psa:?}");
        assert!(companies.is_sorted_by_key(|it| it.name.to_lowercase()), "{psa:?}");
    }
    world.end().await;
}
