//! What the stories of the MSP's own people have in common: signing in by hand, and reading what a page
//! and a mail hold.

use server::sign_in::totp::TotpSecret;
use simulator::Mail;

use crate::page::Page;
use crate::world::{PASSWORD, TOTP, World, until};

/// What everybody chooses in these stories.
pub(super) const NEW_PASSWORD: &str = "seven-green-bottles-9";

/// How long an authenticator shows a code.
const STEP: i64 = 30_000;

/// The code that an authenticator shows now, or will half a minute later: each counts once.
pub(super) fn code(world: &World, key: &str, steps: i64) -> String {
    let secret = TotpSecret::from_base32(key).unwrap();
    secret.code_at(world.now().plus(steps * STEP)).to_string()
}

/// The first step of a sign-in.
pub(super) async fn password(world: &World, page: &Page, email: &str, password: &str) {
    page.go(&format!("{}/sign-in", world.app.settings.server.origin)).await;
    page.fill("textbox", "Email", email).await;
    page.fill("textbox", "Password", password).await;
    page.click("button", "Continue").await;
}

/// Both steps, with the authenticator that the sample has. Gives the code, which is used up.
pub(super) async fn sign_in(world: &World, page: &Page, email: &str, steps: i64) -> String {
    password(world, page, email, PASSWORD).await;
    page.find("heading", "Enter your code").await;
    if steps < 0 {
        // One step back is all that is taken: another must not begin while the code is typed.
        until("a step of the clock has begun", async || world.now().0 % STEP < STEP / 2).await;
    }
    let code = code(world, TOTP, steps);
    page.fill("textbox", "Code", &code).await;
    page.click("button", "Sign in").await;
    page.find("heading", "Tickets").await;
    code
}

/// The setup key on the page, beside its QR code.
pub(super) async fn key_on(page: &Page) -> String {
    page.find("image", "QR code of the setup key").await;
    let white = "const box = document.querySelector('.qr');
        return [getComputedStyle(box).backgroundColor, box.querySelector('path').getAttribute('d').length]";
    let drawn = page.script(white).await;
    assert_eq!(drawn[0], "rgb(255, 255, 255)", "dark on white in every light");
    assert!(drawn[1].as_u64() > Some(500), "{drawn}");
    let key = page.script("return document.getElementById('key').textContent").await;
    key.as_str().unwrap().to_owned()
}

/// The recovery codes on the page.
pub(super) async fn codes_on(page: &Page) -> Vec<String> {
    page.find("heading", "Keep these recovery codes").await;
    let script = "return [...document.querySelectorAll('#codes code')].map((it) => it.textContent)";
    let codes = page.script(script).await;
    codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// The one link in a mail.
pub(super) fn link_in(mail: &Mail) -> String {
    let links: Vec<&str> =
        mail.text.split_whitespace().filter(|word| word.starts_with("http")).collect();
    assert_eq!(links.len(), 1, "{}", mail.text);
    links[0].to_owned()
}
