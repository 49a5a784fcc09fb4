//! Where the secrets of our own people must not be: an invitation's link, a chosen password, an
//! authenticator's secret, recovery codes and session tokens, once the person is in.

use server::sign_in::totp::TotpSecret;
use server::sign_in::{self, Typed, session};
use server::store::{Rights, Role, SessionKind};
use server::team::{self, PersonAsk};

use super::secrets::{Secret, files, none_in};
use super::staff::{NEW_PASSWORD, link_in};
use crate::logs;
use crate::world::{EMAIL, World};

const IVY: &str = "ivy@brightline.example";

#[tokio::test]
async fn an_invitation_that_is_followed_leaves_no_secret_anywhere() {
    let world = World::new().await;
    let (app, admin) = (&world.app, world.session(EMAIL).await);
    let rights =
        Rights { role: Role::Technician, may_reset: false, may_use_ui: true, must_use_mfa: true };
    let ask = PersonAsk { name: "Ivy Iverson".into(), email: IVY.into(), rights };
    assert!(team::invite(app, &admin, &ask).await.is_ok());
    let mail = world.outside.wait_for_mail(IVY, 1).await.unwrap();
    let link = link_in(&mail);
    let token = link.split_once('#').unwrap().1;
    let typed = |text: &str| Typed::new(text.to_owned());
    let (half, _) =
        sign_in::finish_set_up(app, &typed(token), &typed(NEW_PASSWORD), None).await.unwrap();
    let kind = SessionKind::Half;
    let waiting = session::look_up(app, half.expose(), kind).await.unwrap().unwrap();
    let spelt = sign_in::offer(app, &waiting).spelt.replace(' ', "");
    let key = TotpSecret::from_base32(&spelt).unwrap();
    let code = typed(&key.code_at(world.now()));
    let (web, codes) = sign_in::with_new_authenticator(app, &waiting, &code).await.unwrap();

    let mut secrets = vec![
        Secret::new("the link's token", token.as_bytes()),
        Secret::new("the password", NEW_PASSWORD.as_bytes()),
        Secret::new("the authenticator's secret", key.expose()),
        Secret::new("the authenticator's secret, spelt", spelt.as_bytes()),
        Secret::new("the half session's token", half.expose().as_bytes()),
        Secret::new("the session's token", web.expose().as_bytes()),
    ];
    for code in &codes.spelt {
        secrets.push(Secret::new("a recovery code", code.as_bytes()));
        secrets.push(Secret::new("a recovery code", code.replace('-', "").as_bytes()));
    }
    world.settle().await;
    for (name, bytes) in files(&world) {
        none_in(&secrets, &name, &bytes);
    }
    none_in(&secrets, "the log", logs::all().as_bytes());
    // It can fail: what names her is there.
    let known = Secret::new("her address", IVY.as_bytes());
    assert!(files(&world).iter().any(|(_, bytes)| known.is_in(bytes)));
    world.end().await;
}
