//! Notes reach the PSA's ticket whatever happens on the way, and once.

use simulator::{Company, Fault, Psa};

use crate::frame::{Frame, claim, connect};
use crate::world::{EMAIL, World};

const TICKET: i64 = 48213;

fn company(psa: Psa) -> Company {
    match psa {
        Psa::ConnectWise => Company::ConnectWise,
        Psa::Halo => Company::Halo,
        Psa::Autotask => Company::Autotask,
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_note() {
    let world = World::new().await;
    let desk = world.desk().await;
    for psa in Psa::ALL {
        let at = connect(&world, psa).await;
        let member = (psa == Psa::ConnectWise).then(|| claim(&world, "tess"));
        let mut frame = Frame::new(&desk, at, member);
        assert_eq!(frame.pair(&world, EMAIL).await.status, 200);
        let (contact, ticket) = frame.stand_in(TICKET).await;
        world.outside.fault(company(psa), Some("POST"), Fault::ApplyThenDrop);
        frame.desk.verify_in(&world, contact, Some(ticket), "+12065550123").await;
        world.settle_in_time().await;
        let notes = world.outside.psa_notes(psa, TICKET);
        assert_eq!(notes.len(), 1, "{psa:?} {notes:?}");
        assert!(notes[0].internal);
        world.pass(60_000);
    }
    world.end().await;
}
