//! Whoever is about to send a text or a mail meets the admin who changes what carries it, in every order
//! that can matter: settings and secrets go together, or what was to be sent would be lost for a
//! reason that there was not.

use server::senders::{MailAsk, SmsAsk};
use server::sign_in::Typed;

use crate::between::{Both, between};
use crate::world::{EMAIL, World};

#[tokio::test]
async fn another_account_at_twilio() {
    let world = World::new().await;
    let (app, account) = (&world.app, world.account);
    let tess = world.session(EMAIL).await;
    for waits in 0.. {
        let now = app.senders.sms(account).await.unwrap().unwrap();
        let ask = SmsAsk {
            version: Some(now.version),
            region: "simulated".into(),
            account_sid: format!("AC{:0>32}", waits + 1),
            auth_token: Typed::new("a".repeat(32)),
            key_sid: String::new(),
            key_secret: Typed::new(String::new()),
            sender: "+12065550100".into(),
        };
        let sending = app.resets.sms.provider(account);
        let Both { first, second, over } =
            between(waits, sending, app.senders.save_sms(&tess, &ask)).await;
        assert!(second.is_ok(), "after {waits} waits");
        assert!(first.unwrap().is_ok(), "after {waits} waits");
        if over {
            assert!(waits > 0);
            break;
        }
    }
    world.end().await;
}

#[tokio::test]
async fn another_user_at_the_mail_server() {
    let world = World::new().await;
    let (app, account) = (&world.app, world.account);
    let tess = world.session(EMAIL).await;
    for waits in 0.. {
        let now = app.senders.mail(account).await.unwrap().unwrap();
        let ask = MailAsk {
            version: Some(now.version),
            host: now.settings.host,
            port: now.settings.port.to_string(),
            tls: "starttls".into(),
            user: format!("user{waits}"),
            password: Typed::new("p".repeat(16)),
            from: now.settings.from,
        };
        let sending = app.resets.mail.sender(account);
        let Both { first, second, over } =
            between(waits, sending, app.senders.save_mail(&tess, &ask)).await;
        assert!(second.is_ok(), "after {waits} waits");
        assert!(first.unwrap().is_ok(), "after {waits} waits");
        if over {
            assert!(waits > 0);
            break;
        }
    }
    world.end().await;
}
