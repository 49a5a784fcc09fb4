//! A sign-in with the old password meets the change that ends it, in every order that can matter.

use server::sign_in::session::{self, Token};
use server::sign_in::{Refused, Typed, with_password};
use server::store::SessionKind;
use shared::Code;

use crate::between::{Both, between};
use crate::world::{COLLEAGUE, World};

/// As the sample has it.
const PASSWORD: &str = crate::world::PASSWORD;

#[tokio::test]
async fn whoever_came_by_the_old_password_is_out() {
    let world = World::new().await;
    let app = &world.app;
    let typed = Typed::new(PASSWORD.to_owned());
    let (mut came, mut refused) = (0, 0);
    for waits in 0.. {
        let cole = world.signed_in(COLLEAGUE).await;
        let old = cole.technician.password_hash.clone().unwrap();
        let address = format!("192.0.2.{waits}");
        let change = async |from: &str, to: &str| {
            let (account, id) = (world.account, cole.technician.id);
            app.store.change_password(account, world.now(), id, &cole.id, (from, to)).await
        };
        let signing_in = with_password(app, COLLEAGUE, &typed, &address, None);
        let Both { first, second, over } =
            between(waits, signing_in, change(&old, "another")).await;
        second.unwrap();
        match first {
            Ok((token, _)) => {
                came += 1;
                assert!(!lives(&world, &token).await, "after {waits} waits");
            }
            Err(Refused::Because(Code::WrongSignIn)) => refused += 1,
            Err(_) => panic!("after {waits} waits"),
        }
        change("another", &old).await.unwrap();
        world.pass(60_000);
        if over {
            break;
        }
    }
    assert!(came > 0 && refused > 2, "{came} {refused}");
    world.end().await;
}

async fn lives(world: &World, token: &Token) -> bool {
    let found = session::look_up(&world.app, token.expose(), SessionKind::Half).await;
    found.unwrap().is_some()
}
