//! The pod in its frames, in a real browser that blocks third-party cookies: ConnectWise, HaloPSA and
//! Autotask on sites of their own. By calls alone: `frames`.

use simulator::Psa;
use thirtyfour::WindowHandle;

use super::keyboard::{ENTER, TAB};
use crate::axe::{in_every_light, no_violations};
use crate::browser::{Browser, the_pod_is_built};
use crate::desk::code_in;
use crate::frame::{Frame, claim, connect, pod_url};
use crate::page::Page;
use crate::person::Person;
use crate::world::{EMAIL, PASSWORD, World, until};

const ADA: &str = "ada.park@northwind.example";
const ADA_PHONE: &str = "+12065550123";
const TICKET: i64 = 48213;

/// Finds by a selector, in shadow roots too.
const DEEP: &str = "
    const find = (root, selector) => {
        const hit = root.querySelector(selector);
        if (hit) return hit;
        for (const node of root.querySelectorAll('*')) {
            const inner = node.shadowRoot && find(node.shadowRoot, selector);
            if (inner) return inner;
        }
        return null;
    };";

/// The pod's frame in a ticket screen. WebDriver stands in it until [`Framed::leave`].
struct Framed<'a>(&'a Page);

impl<'a> Framed<'a> {
    async fn enter(page: &'a Page) -> Self {
        page.wait("the pod's frame is there", async || {
            page.script("return !!document.querySelector('iframe#pod')").await == true
        })
        .await;
        let frame = page.driver().find(thirtyfour::By::Css("iframe#pod")).await.unwrap();
        frame.enter_frame().await.unwrap();
        Self(page)
    }

    async fn leave(self) {
        self.0.driver().enter_default_frame().await.unwrap();
    }

    async fn text(&self) -> String {
        self.0.text().await
    }

    async fn sees(&self, text: &str) {
        self.0.wait(text, async || self.text().await.contains(text)).await;
    }

    async fn read(&self, selector: &str) -> String {
        let script = format!("{DEEP} return find(document, {selector:?})?.textContent ?? ''");
        self.0.script(&script).await.as_str().unwrap_or_default().to_owned()
    }

    /// Presses the button that begins with this label as soon as it can be pressed.
    async fn press(&self, label: &str) {
        let script = format!(
            "const all = (root) => [...root.querySelectorAll('button, a')].concat(
                ...[...root.querySelectorAll('*')].filter(n => n.shadowRoot).map(n => all(n.shadowRoot)));
            const it = all(document).find(b => b.textContent.trim().startsWith({label:?})
                && !b.disabled && b.getAttribute('aria-disabled') !== 'true' && b.checkVisibility());
            it?.click();
            return !!it;"
        );
        self.0.wait(label, async || self.0.script(&script).await == true).await;
    }

    async fn type_into(&self, selector: &str, text: &str) {
        let script = format!(
            "{DEEP} const it = find(document, {selector:?});
            if (!it) return false;
            it.focus(); it.value = {text:?};
            it.dispatchEvent(new InputEvent('input', {{ bubbles: true, composed: true }}));
            return true;"
        );
        self.0.wait(selector, async || self.0.script(&script).await == true).await;
    }

    /// Presses Tab until what begins with this name has the focus, and can be seen to have it.
    async fn tab_to(&self, name: &str) {
        let focused = format!(
            "let it = document.activeElement;
            while (it?.shadowRoot?.activeElement) it = it.shadowRoot.activeElement;
            const label = it?.labels?.[0]?.textContent ?? it?.getAttribute('aria-label') ?? '';
            const named = [label, it?.textContent ?? ''].some(t => t.trim().replace(/\\s+/g, ' ').startsWith({name:?}));
            return named && !it.disabled && it.getAttribute('aria-disabled') !== 'true';"
        );
        self.0
            .wait(&format!("the focus is on {name}"), async || {
                if self.0.script(&focused).await == true {
                    return true;
                }
                self.0.press(TAB).await;
                false
            })
            .await;
        assert!(self.0.focus_shows().await, "one can't see that {name} has the focus");
    }

    /// axe finds nothing in the frame, and `target/screenshots` gets pictures of the host's page around
    /// it: light and dark, wide and narrow.
    async fn looks_right(&self, state: &str) {
        no_violations(self.0, state).await;
        for (name, dark) in [("light", false), ("dark", true)] {
            for (width, height) in [(1280, 900), (320, 800)] {
                self.0.looks(width, height, dark).await;
                self.0.shoot(&format!("frame-{state}-{width}-{name}")).await;
            }
            no_violations(self.0, &format!("{state}, {name}")).await;
        }
        self.0.looks_as_before().await;
    }
}

/// A technician's browser: signed in to our own pages in one window, at the PSA's ticket in another.
async fn pair(world: &World, page: &Page, framed: Framed<'_>, name: &str) {
    framed.sees("Open the sign-in page").await;
    framed.looks_right(&format!("{name}-waiting")).await;
    framed.leave().await;
    let host = page.driver().window().await.unwrap();
    let own = page.driver().new_tab().await.unwrap();
    page.driver().switch_to_window(own.clone()).await.unwrap();
    page.go(&format!("{}/pair", world.app.settings.server.origin)).await;
    if page.look("textbox", "Email").await.is_some() {
        page.fill("textbox", "Email", EMAIL).await;
        page.fill("textbox", "Password", PASSWORD).await;
        page.click("button", "Continue").await;
        page.fill("textbox", "Code", &world.authenticator()).await;
        page.click("button", "Sign in").await;
    }
    page.find("heading", "Connect a frame").await;
    in_every_light(page, &format!("pair-{name}-code")).await;
    typed_fresh(world, page, &host, &own).await;
    in_every_light(page, &format!("pair-{name}-look")).await;
    typed_fresh(world, page, &host, &own).await;
    page.click("button", "Connect this frame").await;
    page.sees("Connected").await;
    page.driver().close_window().await.unwrap();
    page.driver().switch_to_window(host).await.unwrap();
}

/// Types the code of a frame that has just begun to wait: it does so for two minutes, which a slow machine
/// spends on pictures.
async fn typed_fresh(world: &World, page: &Page, host: &WindowHandle, own: &WindowHandle) {
    page.driver().switch_to_window(host.clone()).await.unwrap();
    page.driver().refresh().await.unwrap();
    let framed = Framed::enter(page).await;
    framed.sees("Open the sign-in page").await;
    let code = framed.read("#pair-code").await;
    framed.leave().await;
    page.driver().switch_to_window(own.clone()).await.unwrap();
    page.go(&format!("{}/pair", world.app.settings.server.origin)).await;
    page.fill("textbox", "Code", &code).await;
    page.click("button", "Continue").await;
    page.find("heading", "Is this your frame?").await;
}

/// The main job in one host, from the ticket to its note.
async fn reset_in(psa: Psa, author: &str) {
    the_pod_is_built();
    let world = World::in_real_time().await;
    let at = connect(&world, psa).await;
    world.outside.set_psa_pod(psa, &pod_url(&world, at));
    let browser = Browser::start().await;
    let page = browser.strict_window(1280, 900).await;
    page.go(&world.outside.psa_ticket_url(psa, TICKET, "tess")).await;
    let name = psa.name().split(' ').next().unwrap_or_default().to_lowercase();
    let framed = Framed::enter(&page).await;
    pair(&world, &page, framed, &name).await;

    let framed = Framed::enter(&page).await;
    framed.sees("Ada Park").await;
    framed.looks_right(&format!("{name}-pod")).await;
    let old = world.password(ADA);
    framed.press("Send code").await;
    let code = code_in(&world.outside.wait_for_text(ADA_PHONE, 1).await.unwrap().body);
    framed.type_into("input", &code).await;
    framed.sees("Verified until").await;
    framed.press("Password Reset").await;
    framed.press("Reset password").await;
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    until("Microsoft has another password", async || world.password(ADA) != old).await;
    framed.sees("Unlock code").await;
    framed.looks_right(&format!("{name}-reset")).await;
    assert!(!framed.text().await.contains(&world.password(ADA)));
    framed.leave().await;
    assert!(Person::with(&world, &text.body).look().await.status == 200);
    until("the PSA's ticket has its notes", async || {
        world.outside.psa_notes(psa, TICKET).len() >= 2
    })
    .await;
    let notes = world.outside.psa_notes(psa, TICKET);
    assert!(notes.iter().all(|note| note.internal && note.author == author), "{notes:?}");

    // Loaded again: the cookie continues the pairing, although third-party cookies are blocked.
    page.driver().refresh().await.unwrap();
    let framed = Framed::enter(&page).await;
    framed.sees("Ada Park").await;
    framed.leave().await;
    // Another ticket: another contact, and nothing of the one before.
    page.click("link", "Next").await;
    page.sees("Forgot password after holidays").await;
    let framed = Framed::enter(&page).await;
    framed.sees("Ben Ortiz").await;
    assert!(!framed.text().await.contains("Ada Park"));
    framed.leave().await;
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn in_connectwise() {
    reset_in(Psa::ConnectWise, "tess").await;
}

#[tokio::test]
async fn in_halo() {
    reset_in(Psa::Halo, "api").await;
}

#[tokio::test]
async fn in_autotask() {
    reset_in(Psa::Autotask, "tess").await;
}

/// ConnectWise's word is enough to see and to verify; the button offers the rest of the way.
#[tokio::test]
async fn a_confirmed_member_signs_in_to_reset() {
    the_pod_is_built();
    let world = World::in_real_time().await;
    let at = connect(&world, Psa::ConnectWise).await;
    world.outside.set_psa_pod(Psa::ConnectWise, &pod_url(&world, at));
    let desk = world.desk().await;
    let mut elsewhere = Frame::new(&desk, at, Some(claim(&world, "tess")));
    assert_eq!(elsewhere.pair(&world, EMAIL).await.status, 200);

    let browser = Browser::start().await;
    let page = browser.strict_window(1280, 900).await;
    page.go(&world.outside.psa_ticket_url(Psa::ConnectWise, TICKET, "tess")).await;
    let framed = Framed::enter(&page).await;
    framed.sees("Ada Park").await;
    framed.sees("Sign in to reset").await;
    framed.looks_right("connectwise-confirmed").await;
    framed.press("Sign in to reset").await;
    framed.sees("Open the sign-in page").await;
    framed.press("Not now").await;
    framed.sees("Verify the caller").await;
    framed.leave().await;
    page.end().await;
    world.end().await;
}

/// A page that is not the account's PSA: the browser refuses to frame. One that is, and lies: nothing happens.
#[tokio::test]
async fn a_hostile_page_gets_nothing() {
    the_pod_is_built();
    let world = World::in_real_time().await;
    let halo = connect(&world, Psa::Halo).await;
    let connectwise = connect(&world, Psa::ConnectWise).await;
    world.outside.set_psa_pod(Psa::Autotask, &pod_url(&world, halo));
    world.outside.set_psa_pod(Psa::ConnectWise, &pod_url(&world, connectwise));
    let browser = Browser::start().await;
    let page = browser.strict_window(1280, 900).await;
    page.go(&world.outside.psa_ticket_url(Psa::Autotask, TICKET, "tess")).await;
    let framed = Framed::enter(&page).await;
    page.wait("the frame is refused", async || {
        page.script("return document.readyState === 'complete'").await == true
    })
    .await;
    assert_eq!(framed.read("msp-password-reset").await, "", "a foreign site frames nothing");
    assert!(!page.script("return location.href").await.to_string().contains("/pod/"));
    framed.leave().await;
    let refused = page.complaints().await;
    assert!(refused.iter().any(|line| line.contains("frame-ancestors")), "{refused:?}");

    page.go(&world.outside.psa_ticket_url(Psa::ConnectWise, TICKET, "tess")).await;
    let framed = Framed::enter(&page).await;
    framed.sees("Open the sign-in page").await;
    let code = framed.read("#pair-code").await;
    // The page is the right one, and what it says is odd, early, late, and far too much.
    framed.leave().await;
    page.script(
        "const pod = document.querySelector('iframe#pod').contentWindow;
         const odd = [1, null, {}, { event: 'onLoad' }, 'no JSON', '[]', '{}', '{\"MessageFrameID\":7}',
             JSON.stringify({ response: 'getmemberauthentication', data: { memberid: 'cole' } }),
             JSON.stringify({ response: '__proto__', data: 1 }),
             JSON.stringify({ event: 'onLoad', _id: 1, data: { screenObject: { screen: 'ticket', id: '../1' } } }),
             JSON.stringify({ event: 'constructor', _id: 2 }), 'x'.repeat(200000)];
         for (let n = 0; n < 300; n++) for (const message of odd) pod.postMessage(message, '*');",
    )
    .await;
    let framed = Framed::enter(&page).await;
    framed.sees("Open the sign-in page").await;
    assert!(!framed.text().await.contains("Cole"));
    assert_eq!(framed.read("#pair-code").await.len(), code.len());
    framed.leave().await;
    page.complaints().await;
    page.end().await;
    world.end().await;
}

/// Each state that the door has: what is wrong is said with what to do, and mends itself.
#[tokio::test]
async fn what_is_in_the_way_is_said_and_goes_away() {
    the_pod_is_built();
    let world = World::in_real_time().await;
    let at = connect(&world, Psa::Halo).await;
    let url = pod_url(&world, at);
    world.outside.set_psa_pod(Psa::Halo, &url);
    let browser = Browser::start().await;
    let page = browser.strict_window(1280, 900).await;
    page.go(&world.outside.psa_ticket_url(Psa::Halo, 48262, "tess")).await;
    let framed = Framed::enter(&page).await;
    pair(&world, &page, framed, "no-contact").await;
    let framed = Framed::enter(&page).await;
    framed.sees("This ticket has no contact.").await;
    framed.sees("Choose the caller as the ticket’s contact").await;
    framed.looks_right("halopsa-no-contact").await;
    world.outside.with_psa(Psa::Halo, |desk| {
        desk.tickets.iter_mut().find(|it| it.id == 48262).unwrap().contact = Some(1001);
    });
    framed.press("Try again").await;
    framed.sees("Ada Park").await;
    framed.leave().await;

    // A company that nobody has mapped; a tab whose address names no ticket.
    page.go(&world.outside.psa_ticket_url(Psa::Halo, 48263, "tess")).await;
    let framed = Framed::enter(&page).await;
    framed.sees("Ask an admin to choose its customer").await;
    framed.looks_right("halopsa-unmapped").await;
    framed.leave().await;
    world.outside.set_psa_pod(Psa::Halo, url.split('?').next().unwrap());
    page.go(&world.outside.psa_ticket_url(Psa::Halo, TICKET, "tess")).await;
    let framed = Framed::enter(&page).await;
    framed.sees("No ticket is open here.").await;
    framed.looks_right("halopsa-no-ticket").await;
    framed.leave().await;
    page.end().await;
    world.end().await;
}

/// From the frame's first screen to the reset without a mouse.
#[tokio::test]
async fn by_keyboard_alone() {
    the_pod_is_built();
    let world = World::in_real_time().await;
    let at = connect(&world, Psa::Autotask).await;
    world.outside.set_psa_pod(Psa::Autotask, &pod_url(&world, at));
    let browser = Browser::start().await;
    let page = browser.strict_window(1280, 900).await;
    page.go(&world.outside.psa_ticket_url(Psa::Autotask, TICKET, "tess")).await;
    let framed = Framed::enter(&page).await;
    framed.sees("Open the sign-in page").await;
    framed.tab_to("Open the sign-in page").await;
    pair(&world, &page, framed, "keyboard").await;
    let framed = Framed::enter(&page).await;
    framed.sees("Verify the caller").await;
    let old = world.password(ADA);
    framed.tab_to("Send code to +1").await;
    page.press(ENTER).await;
    let code = code_in(&world.outside.wait_for_text(ADA_PHONE, 1).await.unwrap().body);
    framed.sees("Code sent").await;
    framed.tab_to("Code the caller reads out").await;
    page.press(&code).await;
    framed.sees("Verified until").await;
    framed.tab_to("Password Reset").await;
    page.press(ENTER).await;
    framed.sees("Reset this password?").await;
    framed.tab_to("Reset password").await;
    page.press(ENTER).await;
    until("Microsoft has another password", async || world.password(ADA) != old).await;
    framed.sees("Unlock code").await;
    framed.leave().await;
    page.end().await;
    world.end().await;
}
