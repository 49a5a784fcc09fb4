//! What is ConnectWise's own: upgrades, a cloud that hides refusals, limits, who a note is by, guessing.

use server::outbound::Answer;
use server::psa::{Author, HostPerson, NewNote, PsaClient};
use shared::{Code, MemberClaim};
use simulator::{Company, Psa};

use crate::frame::{claim, connect};
use crate::world::World;

const TICKET: &str = "48213";

async fn client(world: &World) -> Box<dyn PsaClient> {
    let at = connect(world, Psa::ConnectWise).await;
    world.app.psa.client(world.account, at.id).await.unwrap().unwrap()
}

fn member(world: &World, login: &str) -> MemberClaim {
    serde_json::from_value(claim(world, login)).unwrap()
}

fn code<T>(answer: Answer<T>) -> Option<Code> {
    match answer {
        Answer::Refused(refusal) => Some(refusal.code),
        Answer::Done(_) | Answer::Later(_) | Answer::Unknown(_) => None,
    }
}

/// How often ConnectWise was asked for an address with this in it.
fn asked(world: &World, part: &str) -> usize {
    let requests = world.outside.requests();
    requests
        .iter()
        .filter(|it| it.company == Company::ConnectWise && it.path.contains(part))
        .count()
}

#[tokio::test]
async fn an_upgrade_is_followed_and_a_ticket_that_is_gone_is_gone() {
    let world = World::new().await;
    let client = client(&world).await;
    assert!(matches!(client.ticket(TICKET, None).await, Answer::Done(_)));
    let found = asked(&world, "/login/companyinfo/");
    for release in ["v2026_2/", "v2026_3/"] {
        world.outside.with_psa(Psa::ConnectWise, |it| it.codebase = release.into());
        assert!(matches!(client.ticket(TICKET, None).await, Answer::Done(_)), "{release}");
    }
    assert_eq!(asked(&world, "/login/companyinfo/"), found + 2, "once for each upgrade");
    // The API itself says it, and the release was asked for a moment ago.
    assert_eq!(code(client.ticket("1", None).await), Some(Code::TicketUnknown));
    assert_eq!(asked(&world, "/login/companyinfo/"), found + 2);
    world.pass(61_000);
    assert_eq!(code(client.ticket("1", None).await), Some(Code::TicketUnknown));
    assert_eq!(asked(&world, "/login/companyinfo/"), found + 3);
    // What nobody understands as a release is not followed.
    world.outside.with_psa(Psa::ConnectWise, |it| it.codebase = "../evil/".into());
    assert_eq!(client.ticket(TICKET, None).await, Answer::Unknown(None));
    world.end().await;
}

#[tokio::test]
async fn a_refused_key_is_named_also_where_the_cloud_says_not_found() {
    let world = World::new().await;
    let client = client(&world).await;
    for hidden in [false, true] {
        world.outside.with_psa(Psa::ConnectWise, |it| {
            it.connectwise.bad_auth_is_404 = hidden;
            it.credentials.secret = "another".into();
        });
        assert_eq!(code(client.check().await), Some(Code::PsaCredentials), "{hidden}");
        assert_eq!(code(client.ticket(TICKET, None).await), Some(Code::PsaCredentials), "{hidden}");
        assert_eq!(code(client.companies().await), Some(Code::PsaCredentials), "{hidden}");
        let mut forged = member(&world, "tess");
        forged.hash = format!("wrong-{hidden}");
        assert_eq!(
            code(client.member(&forged, "192.0.2.7").await),
            Some(Code::HostPersonUnproven),
            "{hidden}"
        );
    }
    // Our own clientId is nobody's fault but ours.
    world.outside.with_psa(Psa::ConnectWise, |it| it.credentials.application = "other".into());
    let tess = member(&world, "tess");
    assert_eq!(code(client.member(&tess, "192.0.2.7").await), Some(Code::PsaCredentials));
    world.end().await;
}

#[tokio::test]
async fn who_asks_too_often_is_quiet_for_as_long_as_it_is_told() {
    let world = World::new().await;
    let client = client(&world).await;
    assert!(matches!(client.ticket(TICKET, None).await, Answer::Done(_)));
    world.outside.with_psa(Psa::ConnectWise, |it| it.connectwise.rate_per_minute = Some(0));
    assert_eq!(client.ticket(TICKET, None).await.map(|_| ()), Answer::Later(Some(30_000)));
    let before = world.outside.requests().len();
    world.pass(10_000);
    assert_eq!(client.ticket(TICKET, None).await.map(|_| ()), Answer::Later(Some(20_000)));
    assert_eq!(world.outside.requests().len(), before, "nobody was asked");
    world.outside.with_psa(Psa::ConnectWise, |it| it.connectwise.rate_per_minute = None);
    world.pass(20_000);
    assert!(matches!(client.ticket(TICKET, None).await, Answer::Done(_)));
    world.end().await;
}

#[tokio::test]
async fn what_a_member_may_not_see_is_not_there_however_it_is_said() {
    let world = World::new().await;
    let client = client(&world).await;
    for hidden in [false, true] {
        world.outside.with_psa(Psa::ConnectWise, |it| it.connectwise.hidden_is_404 = hidden);
        let cole = member(&world, "cole");
        assert_eq!(code(client.ticket("48264", Some(&cole)).await), Some(Code::TicketUnknown));
        let tess = member(&world, "tess");
        assert!(matches!(client.ticket("48264", Some(&tess)).await, Answer::Done(_)));
    }
    // A hash that ends while it is believed: the ticket says so.
    let tess = member(&world, "tess");
    world.outside.with_psa(Psa::ConnectWise, |it| {
        let person = it.people.iter_mut().find(|it| it.login == "tess").unwrap();
        person.member_hash = "ended".into();
    });
    assert_eq!(code(client.ticket(TICKET, Some(&tess)).await), Some(Code::HostPersonUnproven));
    assert_eq!(code(client.member(&tess, "192.0.2.7").await), Some(Code::HostPersonUnproven));
    world.end().await;
}

#[tokio::test]
async fn a_note_is_by_the_technician_and_written_without_one_who_is_gone() {
    let world = World::new().await;
    let client = client(&world).await;
    for (login, by) in [(Some("tess"), "tess"), (Some("dora"), "api"), (None, "api")] {
        let mark = format!("[mark {login:?}]");
        let author = Author {
            name: "Tess Tanner".into(),
            email: "tess@brightline.example".into(),
            person: None,
            login: login.map(Into::into),
        };
        let text = format!("By Tess Tanner\nVerified\n\n{mark}");
        let note = NewNote { title: "t", text: &text, mark: &mark, author: Some(&author) };
        assert_eq!(client.write_note(TICKET, note).await, Answer::Done(()));
        assert_eq!(client.has_note(TICKET, &mark).await, Answer::Done(true));
        let notes = world.outside.psa_notes(Psa::ConnectWise, 48213);
        let kept = notes.iter().find(|it| it.text.contains(&mark)).unwrap();
        assert!(kept.internal && kept.author == by, "{kept:?}");
        assert!(kept.text.starts_with("By Tess Tanner. Verified."), "{kept:?}");
    }
    let note = NewNote { title: "t", text: "x", mark: "x", author: None };
    assert_eq!(code(client.write_note("1", note).await), Some(Code::TicketUnknown));
    assert_eq!(code(client.write_note("48213/../1", note).await), Some(Code::TicketUnknown));
    world.end().await;
}

#[tokio::test]
async fn guessing_is_slowed_down_and_locks_nobody_out() {
    let world = World::new().await;
    let client = client(&world).await;
    let tess = member(&world, "tess");
    let proven = |answer: Answer<HostPerson>| matches!(answer, Answer::Done(it) if it.id == "101");
    assert!(proven(client.member(&tess, "192.0.2.7").await));
    assert!(proven(client.member(&tess, "192.0.2.7").await));
    assert_eq!(asked(&world, "myMembers"), 1, "believed for a while");
    let guess = |n: usize| {
        let mut guess = member(&world, "tess");
        guess.hash = format!("b2f0c1de-0000-0000-0000-{n:012}");
        guess
    };
    for n in 0..10 {
        assert_eq!(
            code(client.member(&guess(n), "192.0.2.7").await),
            Some(Code::HostPersonUnproven),
            "{n}"
        );
    }
    assert!(matches!(client.member(&guess(10), "192.0.2.7").await, Answer::Later(Some(_))));
    assert_eq!(code(client.member(&guess(0), "192.0.2.7").await), Some(Code::HostPersonUnproven));
    assert_eq!(asked(&world, "myMembers"), 11, "neither the known nor the one too many");
    // Whose claim was right goes on, also when it has to be asked again.
    assert!(proven(client.member(&tess, "192.0.2.7").await));
    world.pass(6 * 60_000);
    assert!(proven(client.member(&tess, "192.0.2.7").await));
    assert_eq!(asked(&world, "myMembers"), 12);
    world.end().await;
}
