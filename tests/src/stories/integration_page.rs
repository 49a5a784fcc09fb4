//! An admin connects a customer's tenant in the settings: with a wrong secret first, then with the
//! right one, then with a certificate; and who is no admin finds nothing there.

use serde_json::Value;

use super::keyboard::{ENTER, focus_moves_to, tab_to};
use super::walk::{signed_in, signed_in_as};
use crate::axe::{in_every_light, no_violations};
use crate::browser::Browser;
use crate::page::Page;
use crate::world::{COLLEAGUE, World};

const TENANT: &str = "7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e06";
const APPLICATION: &str = "a1b2c3d4-0006-4000-8000-000000000006";
const SECRET: &str = "proseware~simulated-secret-value";
const NILS: &str = "nils.keyes@proseware.example";
const TICKET: &str = "Password reset (no Microsoft 365 connected)";

/// A customer without Microsoft 365, whose contact is in a tenant that nobody has connected yet.
async fn world() -> World {
    let moved = |sample: String| {
        sample.replace("Rosa Diaz", "Nils Keyes").replace("rosa.diaz@contoso.example", NILS)
    };
    with_sample(moved).await
}

/// The sample, with other customers.
fn with_customers(sample: &str, change: impl FnOnce(&mut Vec<Value>)) -> String {
    let mut sample: Value = serde_json::from_str(sample).unwrap();
    change(sample["customers"].as_array_mut().unwrap());
    sample.to_string()
}

/// No customer is connected.
async fn empty_world() -> World {
    let bare = |customers: &mut Vec<Value>| {
        for customer in customers {
            customer.as_object_mut().unwrap().remove("m365");
        }
    };
    with_sample(|sample| with_customers(&sample, bare)).await
}

/// All are, but for Contoso Bakery.
async fn world_with_one_left() -> World {
    let one_left = |customers: &mut Vec<Value>| {
        customers.retain(|it| it.get("m365").is_some() || it["name"] == "Contoso Bakery");
    };
    with_sample(|sample| with_customers(&sample, one_left)).await
}

async fn with_sample(change: impl FnOnce(String) -> String) -> World {
    let world = World::build_with(false, |_| {}, change).await;
    let end = world.now().plus(700 * 24 * 3_600_000).0;
    world.outside.add_secret(TENANT, SECRET, Some(end));
    world
}

/// Chooses from a list as people do: by typing how the line begins.
async fn choose(page: &Page, list: &str, line: &str) {
    let found = page.find("combobox", list).await;
    page.element(&found).await.unwrap().send_keys(line).await.unwrap();
}

async fn fill_in(page: &Page, tenant: &str) {
    page.fill("textbox", "Name", "Proseware production").await;
    choose(page, "Customer", "Contoso Bakery").await;
    choose(page, "Microsoft cloud", "Simulated").await;
    page.fill("textbox", "Directory (tenant) ID", tenant).await;
    page.fill("textbox", "Application (client) ID", APPLICATION).await;
}

/// What is typed into a field, or stands in it.
async fn typed(page: &Page, id: &str) -> String {
    let script = format!("return document.getElementById('{id}').value");
    page.script(&script).await.as_str().unwrap_or_default().to_owned()
}

/// The certificate behind a link, as DER.
async fn downloaded(page: &Page, name: &str) -> Vec<u8> {
    let link = page.find("link", name).await;
    let href = page.element(&link).await.unwrap().attr("href").await.unwrap().unwrap();
    let text = format!("return fetch('{href}').then((answer) => answer.text())");
    let pem = page.script(&text).await;
    let lines = pem.as_str().unwrap().lines().filter(|line| !line.starts_with('-'));
    data_encoding::BASE64.decode(lines.collect::<String>().as_bytes()).unwrap()
}

#[tokio::test]
async fn a_wrong_secret_is_found_mended_and_the_pod_follows() {
    let world = world().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;

    let before = world.password(NILS);

    // Before: nobody at this customer can be reset, and the pod says so.
    page.click("link", TICKET).await;
    page.sees("This customer has no Microsoft 365 connection.").await;
    let ticket = page.address().await;

    page.click("link", "Settings").await;
    page.find("heading", "Integrations").await;
    in_every_light(&page, "40-integrations").await;
    page.click("link", "Add New Integration").await;
    page.find("heading", "Add New Integration").await;
    in_every_light(&page, "41-add-new").await;
    page.click("link", "M365 Identity Management").await;
    page.find("heading", "Connect a customer’s Microsoft 365").await;
    assert!(typed(&page, "new-expires_on").await.starts_with("20"), "a date is proposed");
    in_every_light(&page, "42-m365-new").await;

    // What can't be right is said at its field, before anything is saved; what was typed stays.
    fill_in(&page, "common").await;
    page.fill("textbox", "Client secret", APPLICATION).await;
    page.click("button", "Save and test").await;
    page.sees("Nothing was saved yet.").await;
    focus_moves_to(&page, "alert", "").await;
    let tenant = page.find("textbox", "Directory (tenant) ID").await;
    assert!(tenant.description.contains("Enter this one customer"), "{}", tenant.description);
    assert_eq!(typed(&page, "new-name").await, "Proseware production");
    assert_eq!(typed(&page, "new-tenant").await, "common");
    assert_eq!(typed(&page, "new-client_secret").await, "", "never comes back");
    let secret = page.find("textbox", "Client secret").await;
    assert!(secret.description.contains("This is the Secret ID"), "{}", secret.description);
    in_every_light(&page, "43-m365-errors").await;
    page.click("link", "Directory (tenant) ID").await;
    focus_moves_to(&page, "textbox", "Directory (tenant) ID").await;

    // A secret that can be one, and is wrong: saved, tested, and the finding says what to do.
    page.fill("textbox", "Directory (tenant) ID", TENANT).await;
    page.fill("textbox", "Client secret", "proseware~mistyped").await;
    page.click("button", "Save and test").await;
    page.find("heading", "Proseware production").await;
    page.sees("Microsoft refused the client secret").await;
    page.sees("not its Secret ID").await;
    in_every_light(&page, "44-m365-broken").await;
    assert!(
        !page
            .script("return document.documentElement.innerHTML")
            .await
            .to_string()
            .contains("proseware~mistyped")
    );

    // Mended: Microsoft has to take the new one first.
    page.click("DisclosureTriangle", "Replace the client secret").await;
    page.fill("textbox", "Client secret", "proseware~still-wrong").await;
    page.click("button", "Try it and save").await;
    page.sees("Nothing was changed.").await;
    no_violations(&page, "a secret that is refused").await;
    page.fill("textbox", "Client secret", SECRET).await;
    page.click("button", "Try it and save").await;
    page.sees("it is in use now").await;
    page.sees("The tenant calls itself “Proseware Clinic”.").await;
    in_every_light(&page, "45-m365-works").await;

    // Who waits for a test sees and hears that it is under way, and can't start a second one.
    let busy = page
        .script(
            "const button = document.querySelector('[data-busy=\"Testing…\"]');
             button.form.addEventListener('submit', (event) => event.preventDefault());
             button.form.requestSubmit(button);
             return [button.textContent, button.form.ariaBusy, button.ariaDisabled,
                 document.querySelector('body > [role=status]').textContent].join()",
        )
        .await;
    assert_eq!(busy, "Testing…,true,true,Testing…");
    page.driver().refresh().await.unwrap();

    // Whether a password may be set shows only on a person; this tenant wants a role.
    world.outside.edit_tenant(TENANT, |tenant| tenant.role_needed = true);
    page.fill("textbox", "Test person", NILS).await;
    page.click("button", "Test connection").await;
    page.sees("Password Administrator → Add assignments").await;
    page.sees("Tested just now").await;
    in_every_light(&page, "46-m365-role-missing").await;
    world.outside.edit_tenant(TENANT, |tenant| tenant.role_needed = false);
    page.fill("textbox", "Test person", NILS).await;
    page.click("button", "Test connection").await;
    page.sees("Setting a password is allowed").await;
    assert_eq!(world.password(NILS), before, "the test has changed nothing");
    in_every_light(&page, "47-m365-tested").await;

    // The list says the same, and the pod follows.
    page.click("link", "Integrations").await;
    page.find("link", "Proseware production").await;
    in_every_light(&page, "48-integrations-list").await;
    page.go(&ticket).await;
    page.find("button", "Send code").await;
    page.wait("the pod knows of the connection", async || {
        !page.text().await.contains("has no Microsoft 365 connection")
    })
    .await;
    page.sees(NILS).await;

    // Switched off, on, and deleted after a second look.
    page.click("link", "Settings").await;
    page.click("link", "Proseware production").await;
    page.click("button", "Switch off").await;
    page.sees("Switched off.").await;
    page.click("button", "Switch on").await;
    page.sees("Switched on.").await;
    page.click("link", "Delete").await;
    page.find("heading", "Delete “Proseware production”?").await;
    in_every_light(&page, "49-m365-delete").await;
    page.click("button", "Delete").await;
    page.sees("The integration is deleted.").await;
    page.gone("link", "Proseware production").await;
    page.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn the_first_connection_with_a_certificate() {
    let world = empty_world().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.sees("No customer’s Microsoft 365 is connected yet.").await;
    in_every_light(&page, "39-integrations-empty").await;
    page.click("link", "Connect the first customer").await;
    fill_in(&page, TENANT).await;
    page.click("radio", "Certificate").await;
    page.gone("textbox", "Client secret").await;
    page.find("heading", "Upload the certificate").await;
    in_every_light(&page, "50-m365-certificate").await;
    // Microsoft knows nothing of it yet: there is nothing to test.
    page.gone("button", "Save and test").await;
    page.click("button", "Save").await;
    page.sees("Now upload the certificate").await;
    in_every_light(&page, "51-m365-upload").await;

    // What one would download and upload by hand.
    let der = downloaded(&page, "Download certificate").await;
    world.outside.add_certificate(TENANT, &der).unwrap();
    page.click("button", "Test connection").await;
    page.sees("The tenant calls itself “Proseware Clinic”.").await;
    in_every_light(&page, "52-m365-certificate-works").await;

    // A new one beside it: made, uploaded, put in place; the one before works until then.
    page.click("DisclosureTriangle", "Certificate").await;
    page.click("button", "Make a new certificate").await;
    page.sees("The new certificate waits for you").await;
    in_every_light(&page, "54-m365-next-certificate").await;
    page.click("button", "Try it and use it").await;
    page.sees("Nothing was changed.").await;
    page.sees("Upload the certificate").await;
    world
        .outside
        .add_certificate(TENANT, &downloaded(&page, "Download new certificate").await)
        .unwrap();
    page.click("button", "Try it and use it").await;
    page.sees("it is in use now").await;

    // Both scripts are for this very certificate, and can be copied.
    page.click("DisclosureTriangle", "PowerShell").await;
    let known = world.app.integrations.all(world.account).await.unwrap();
    let pem = &known[0].certificate.as_ref().unwrap().pem;
    assert!(page.text().await.contains(pem.lines().nth(1).unwrap()));
    page.click("checkbox", "Assign the role Password Administrator too").await;
    page.click("button", "Update the scripts").await;
    page.click("DisclosureTriangle", "PowerShell").await;
    page.sees("RoleManagement.ReadWrite.Directory").await;
    in_every_light(&page, "53-m365-script").await;
    page.click("button", "Copy the PowerShell script").await;
    page.sees("Copied").await;
    page.end().await;
    world.settle().await;
    world.end().await;
}

#[tokio::test]
async fn only_admins_get_in() {
    let world = world().await;
    let browser = Browser::start().await;
    let page = signed_in_as(&world, &browser, COLLEAGUE).await;
    assert_eq!(page.look("link", "Settings").await, None);
    let origin = &world.app.settings.server.origin;
    for path in [
        "",
        "/integrations",
        "/integrations/new",
        "/integrations/m365/new",
        "/integrations/m365/new/connect.sh?cloud=global",
    ] {
        page.go(&format!("{origin}/settings{path}")).await;
        page.sees("403").await;
    }
    page.end().await;
    world.end().await;
}

#[tokio::test]
async fn the_form_without_a_mouse() {
    let world = world_with_one_left().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    tab_to(&page, "link", "Settings").await;
    page.press(ENTER).await;
    page.find("heading", "Integrations").await;
    tab_to(&page, "link", "Add New Integration").await;
    page.press(ENTER).await;
    page.find("heading", "Add New Integration").await;
    tab_to(&page, "link", "M365 Identity Management").await;
    page.press(ENTER).await;
    page.find("heading", "Connect a customer’s Microsoft 365").await;
    tab_to(&page, "textbox", "Name").await;
    page.press("Proseware production").await;
    tab_to(&page, "combobox", "Customer").await;
    page.press("Contoso Bakery").await;
    tab_to(&page, "combobox", "Microsoft cloud").await;
    page.press("Simulated").await;
    tab_to(&page, "textbox", "Directory (tenant) ID").await;
    page.press(TENANT).await;
    tab_to(&page, "textbox", "Application (client) ID").await;
    page.press(APPLICATION).await;
    tab_to(&page, "radio", "Client secret").await;
    tab_to(&page, "textbox", "Client secret").await;
    page.press(SECRET).await;
    tab_to(&page, "button", "Save and test").await;
    page.press(ENTER).await;
    page.find("heading", "Proseware production").await;
    page.sees("What the test found stands below.").await;
    // The scripts can be scrolled by keys, so they can be reached.
    tab_to(&page, "DisclosureTriangle", "Azure CLI").await;
    page.press(ENTER).await;
    tab_to(&page, "button", "Copy the Azure CLI").await;
    tab_to(&page, "region", "Azure CLI").await;

    // That was the last customer without one.
    page.go(&format!("{}/settings/integrations/m365/new", world.app.settings.server.origin)).await;
    page.sees("There is no customer left to connect.").await;
    page.gone("textbox", "Name").await;
    in_every_light(&page, "55-m365-nobody-left").await;
    page.end().await;
    world.settle().await;
    world.end().await;
}

/// A second factor that will be too old by the time that the form is filled in.
#[tokio::test]
async fn who_could_not_save_is_told_before_typing() {
    let world = World::new().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    page.click("link", "Settings").await;
    page.find("heading", "Integrations").await;
    // A long day's work: whoever does nothing for an hour is signed out anyway.
    let form = format!("{}/settings/integrations/m365/new", world.app.settings.server.origin);
    for _ in 0..14 {
        page.go(&form).await;
        assert!(!page.text().await.contains("Your second factor is"));
        world.pass(51 * 60_000);
    }
    page.go(&form).await;
    page.sees("You entered your code an hour ago").await;
    in_every_light(&page, "56-m365-stale").await;
    page.click("link", "Confirm that it is you").await;
    page.find("heading", "Confirm that it is you").await;
    page.fill("textbox", "Code", &world.authenticator()).await;
    page.click("button", "Confirm").await;
    page.find("heading", "Connect a customer’s Microsoft 365").await;
    assert!(!page.text().await.contains("You entered your code an hour ago"), "fresh again");
    page.end().await;
    world.end().await;
}
