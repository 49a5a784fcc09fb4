//! An admin invites somebody, who comes in by the mail, and looks after the team.

use super::staff::{NEW_PASSWORD, code, codes_on, key_on, link_in};
use super::walk::signed_in;
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::world::{EMAIL, World};

const IVY: &str = "ivy@brightline.example";

#[tokio::test]
async fn somebody_is_invited_comes_in_and_is_looked_after() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.click("link", "Team").await;
    page.sees("Cole Carter").await;
    in_every_light(&page, "70-team").await;
    page.click("link", "Who may do what").await;
    page.sees("With “May reset passwords”").await;
    in_every_light(&page, "71-abilities").await;
    page.click("link", "Back to the team").await;

    page.click("link", "Invite a person").await;
    page.click("button", "Invite").await;
    page.sees("Nobody was invited yet.").await;
    in_every_light(&page, "72-invite-empty").await;
    page.fill("textbox", "Name", "Ivy Iverson").await;
    page.fill("textbox", "Email", IVY).await;
    page.click("button", "Invite").await;
    page.sees("Invited: a mail with a one-time link is on its way.").await;
    in_every_light(&page, "73-invited").await;

    // She follows the link in her mail, chooses a password and sets up an authenticator.
    let mail = world.outside.wait_for_mail(IVY, 1).await.unwrap();
    assert_eq!(mail.subject, "Brightline IT invites you to Password Reset");
    let ivy = browser.window(1280, 900).await;
    ivy.go(&link_in(&mail)).await;
    ivy.find("heading", "Set up your sign-in").await;
    let address = ivy.address().await;
    assert!(!address.contains('#'), "{address}");
    in_every_light(&ivy, "74-choose-password").await;
    ivy.fill("textbox", "New password", NEW_PASSWORD).await;
    ivy.click("button", "Save and continue").await;
    ivy.find("heading", "Set up your authenticator").await;
    let key = key_on(&ivy).await;
    in_every_light(&ivy, "75-enrol").await;
    // A phone whose clock is four minutes slow is told so.
    ivy.fill("textbox", "Code", &code(&world, &key, -8)).await;
    ivy.click("button", "Turn on and sign in").await;
    ivy.sees("Your phone’s clock is off").await;
    in_every_light(&ivy, "76-enrol-clock").await;
    ivy.fill("textbox", "Code", &code(&world, &key, 0)).await;
    ivy.click("button", "Turn on and sign in").await;
    assert_eq!(codes_on(&ivy).await.len(), 10);
    in_every_light(&ivy, "77-recovery-codes").await;
    ivy.click("link", "I have kept them").await;
    ivy.find("heading", "Tickets").await;
    assert!(ivy.look("link", "Settings").await.is_none(), "a technician by default");
    let dead = browser.window(1280, 900).await;
    dead.go(&link_in(&mail)).await;
    dead.fill("textbox", "New password", NEW_PASSWORD).await;
    dead.click("button", "Save and continue").await;
    dead.sees("This link does not work any more.").await;
    dead.end().await;

    // The admin lets her reset, and later takes her authenticator away.
    page.click("link", "Team").await;
    page.click("link", "Ivy Iverson").await;
    page.click("checkbox", "May reset passwords").await;
    page.click("button", "Save").await;
    page.sees("Saved. It holds at once").await;
    in_every_light(&page, "78-person").await;
    page.click("button", "Take the authenticator away").await;
    page.sees("They set up another at their next sign-in.").await;
    ivy.click("link", "Contacts").await;
    ivy.find("heading", "Sign in").await;
    ivy.end().await;
    let told = world.outside.wait_for_mail(IVY, 2).await.unwrap();
    assert_eq!(told.subject, "Your authenticator was taken away");

    page.click("link", "Remove Ivy Iverson").await;
    page.find("heading", "Remove Ivy Iverson?").await;
    in_every_light(&page, "79-remove").await;
    page.click("button", "Remove").await;
    page.sees("Removed. What they did stays in the audit").await;
    page.gone("link", "Ivy Iverson").await;
    page.click("link", "Left (1)").await;
    page.sees(IVY).await;
    in_every_light(&page, "80-team-left").await;
    // All admins have heard of each.
    world.outside.wait_for_mail(EMAIL, 4).await.unwrap();
    let subjects: Vec<_> =
        world.outside.mails(EMAIL).into_iter().map(|mail| mail.subject).collect();
    for subject in [
        "Ivy Iverson was invited",
        "What Ivy Iverson may do was changed",
        "The authenticator of Ivy Iverson was taken away",
        "Ivy Iverson was removed",
    ] {
        assert!(subjects.iter().any(|it| it == subject), "{subject}: {subjects:?}");
    }

    // The switch for everybody, there and back.
    page.click("link", "Here").await;
    page.click("button", "Ask only those for whom it is switched on").await;
    page.sees("All admins get a mail.").await;
    in_every_light(&page, "81-team-freed").await;
    page.click("button", "Ask everybody").await;
    page.sees("Everybody needs a second factor now.").await;
    page.end().await;
    world.end().await;
}

/// Where no mail server is connected, the admin is shown the link, and hands it over.
#[tokio::test]
async fn without_mail_the_link_is_shown_once() {
    let world = World::in_real_time().await;
    let smtp = "update integrations set is_on = false where account = $1 and kind = 'smtp'";
    world.app.store.seed(smtp, &[world.account.0]).await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.click("link", "Team").await;
    page.sees("No mail can be sent.").await;
    in_every_light(&page, "82-team-no-mail").await;
    page.click("link", "Invite a person").await;
    page.fill("textbox", "Name", "Ivy Iverson").await;
    page.fill("textbox", "Email", IVY).await;
    page.click("button", "Invite").await;
    page.find("heading", "Hand this link to Ivy Iverson").await;
    in_every_light(&page, "83-hand-over").await;
    let link = page.script("return document.getElementById('link').textContent").await;
    let link = link.as_str().unwrap().to_owned();
    page.click("link", "Done").await;
    page.sees("Their link works until").await;
    in_every_light(&page, "84-person-invited").await;
    assert!(!page.text().await.contains("/set-up#"), "shown once");
    page.click("button", "Withdraw").await;
    page.sees("The link of the invitation does not work any more.").await;
    let ivy = browser.window(1280, 900).await;
    ivy.go(&link).await;
    ivy.fill("textbox", "New password", NEW_PASSWORD).await;
    ivy.click("button", "Save and continue").await;
    ivy.sees("This link does not work any more.").await;
    ivy.end().await;
    page.end().await;
    world.end().await;
}
