//! An admin connects each PSA in the settings: tested, its companies mapped, its pod in the tickets.

use simulator::Psa;

use super::walk::signed_in;
use crate::axe::in_every_light;
use crate::browser::Browser;
use crate::page::Page;
use crate::world::World;

/// Fills a field by its id: the secret's is a password's, which has no role.
async fn set(page: &Page, id: &str, value: &str) {
    let script = format!("document.getElementById('new-{id}').value = {value:?}; return true");
    assert_eq!(page.script(&script).await, true, "{id}");
}

async fn open_form(page: &Page, psa: Psa) {
    page.click("link", "Settings").await;
    page.click("link", "Add New Integration").await;
    page.click("link", psa.name()).await;
    page.find("heading", &format!("Connect your {}", psa.name())).await;
}

#[tokio::test]
async fn each_psa_is_connected_step_by_step() {
    let world = World::in_real_time().await;
    let browser = Browser::start().await;
    let page = signed_in(&world, &browser).await;
    for psa in Psa::ALL {
        let name = psa.name().split(' ').next().unwrap().to_lowercase();
        let it = world.outside.with_psa(psa, |desk| desk.credentials.clone());
        open_form(&page, psa).await;
        in_every_light(&page, &format!("60-psa-{name}-new")).await;
        page.click("button", "Save").await;
        page.sees("Nothing was saved yet.").await;
        in_every_light(&page, &format!("61-psa-{name}-empty")).await;
        set(&page, "site", &format!("{}/some/page?x=1", world.outside.psa_site_url(psa))).await;
        match psa {
            Psa::ConnectWise => {
                set(&page, "company", &it.account).await;
                set(&page, "public_key", &it.id).await;
                set(&page, "client_id", &it.application).await;
            }
            Psa::Halo => {
                set(&page, "client_id", &it.id).await;
                set(&page, "tenant", &it.account).await;
            }
            Psa::Autotask => {
                set(&page, "username", &it.id).await;
                set(&page, "integration_code", &it.application).await;
            }
        }
        // A wrong secret is found by the test, in words, and mended.
        set(&page, "secret", "cwPrivateKeyWrong").await;
        page.click("button", "Save").await;
        page.sees("Test connection").await;
        page.click("button", "Test connection").await;
        page.sees("The PSA refused our credentials.").await;
        in_every_light(&page, &format!("62-psa-{name}-refused")).await;
        let script = format!("document.getElementById('change-secret').value = {:?}", it.secret);
        page.script(&script).await;
        page.script("document.getElementById('change').open = true").await;
        page.click("button", "Save").await;
        page.sees("Test connection").await;
        page.click("button", "Test connection").await;
        page.sees("Tickets can be read. The newest are").await;
        in_every_light(&page, &format!("63-psa-{name}-works")).await;
        assert!(!page.text().await.contains(&it.secret), "a stored secret is never shown");

        page.click("link", "Companies and customers").await;
        page.click("button", "Read the companies").await;
        page.sees("Suggested: Northwind Dental").await;
        in_every_light(&page, &format!("64-psa-{name}-companies")).await;
        page.click("button", "Accept").await;
        page.gone("button", "Accept").await;
        page.click("link", "Choose the customer of Unmapped Ltd").await;
        in_every_light(&page, &format!("65-psa-{name}-company")).await;
        page.click("link", psa.name()).await;
        if psa == Psa::ConnectWise {
            page.click("button", "Create the pod in ConnectWise").await;
            page.wait("ConnectWise has our pod", async || world.outside.psa_pod(psa).is_some())
                .await;
            let pod = world.outside.psa_pod(psa).unwrap();
            assert!(pod.contains("/pod/") && pod.contains("[cw_id]"), "{pod}");
            in_every_light(&page, "66-psa-connectwise-pod").await;
        }
    }
    page.click("link", "Settings").await;
    in_every_light(&page, "67-integrations-psas").await;
    assert_eq!(page.complaints().await, [""; 0]);
    page.end().await;
    world.end().await;
}
