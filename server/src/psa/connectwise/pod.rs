//! Our pod in ConnectWise's setup table "Manage Hosted API", by its REST objects. Technicians still put it
//! into their own layout.

use serde_json::{Value, json};
use shared::Code;

use super::ConnectWise;
use super::call::Ask;
use crate::outbound::{Answer, Method, Refusal};

/// What stands above the pod; 50 characters at most.
const DESCRIPTION: &str = "Microsoft 365 password reset";
/// In pixels: the contact, their shields and the button, without scrolling.
const HEIGHT: u32 = 400;
/// (`ConnectWiseHostedSetup`.)
const LONGEST_URL: usize = 1_024;
const LONGEST_ORIGIN: usize = 100;

const WHAT: &str = "changing Manage Hosted API (System, Setup Tables)";
const SETUPS: &str = "system/connectwisehostedsetups";

impl ConnectWise {
    /// Makes the pod, or brings the one up to date that has our page.
    pub(super) async fn pod(&self, url: &str, origin: &str) -> Result<(), Answer<()>> {
        let refused = |about: &str| Answer::Refused(Refusal::about(Code::PsaRefused, about));
        if url.len() > LONGEST_URL || origin.len() > LONGEST_ORIGIN {
            return Err(refused("our address is too long for a pod"));
        }
        let ask = |path| Ask { path, query: &[], missing: Code::PsaPermission, what: WHAT };
        let screens: Vec<Value> = self.get(ask("system/connectWiseHostedScreens")).await.done()?;
        let screen = ticket_screen(&screens).ok_or_else(|| refused("there is no ticket screen"))?;
        let page = [("pageSize", "1000")];
        let all: Vec<Value> = self.get(Ask { query: &page, ..ask(SETUPS) }).await.done()?;
        match ours(&all, url) {
            Some(id) => {
                let path = format!("{SETUPS}/{id}");
                self.change(&Method::PATCH, ask(&path), &patch(screen, url, origin)).await
            }
            None => {
                let body = setup(screen, url, origin, &self.settings.client_id);
                self.change(&Method::POST, ask(SETUPS), &body).await
            }
        }
        .map(|_| ())
        .done()
    }
}

/// The screen that service tickets are on, by its id or its name: numbers are each system's own.
fn ticket_screen(screens: &[Value]) -> Option<i64> {
    let text = |screen: &Value, member: &str| {
        screen[member].as_str().unwrap_or_default().trim().to_lowercase()
    };
    let by_name = |screen: &&Value| {
        matches!(text(screen, "name").as_str(), "service ticket" | "service tickets")
    };
    let by_id = |screen: &&Value| text(screen, "screenId") == "ticket";
    let found = screens.iter().find(by_name).or_else(|| screens.iter().find(by_id))?;
    found["id"].as_i64()
}

/// The pod that has our page already, whatever stands behind it.
fn ours(all: &[Value], url: &str) -> Option<i64> {
    let page = |url: &str| url.split(['?', '#']).next().unwrap_or_default().to_owned();
    let found = all.iter().find(|it| {
        it["type"] == "Pod" && it["url"].as_str().is_some_and(|it| page(it) == page(url))
    })?;
    found["id"].as_i64()
}

fn setup(screen: i64, url: &str, origin: &str, client_id: &str) -> Value {
    json!({
        "screenId": screen, "description": DESCRIPTION, "url": url, "type": "Pod",
        "clientId": client_id, "origin": origin, "podHeight": HEIGHT, "disabledFlag": false,
    })
}

/// What an admin has chosen over there, such as the description and the height, stays.
fn patch(screen: i64, url: &str, origin: &str) -> Value {
    let replace = |path: &str, value: Value| json!({"op": "replace", "path": path, "value": value});
    Value::Array(vec![
        replace("screenId", screen.into()),
        replace("url", url.into()),
        replace("origin", origin.into()),
        replace("disabledFlag", false.into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://app.example/pod/7?ticket=[cw_id]&screen=[cw_screen]";

    #[test]
    fn the_ticket_screen_is_found_by_its_name_or_id() {
        let screen =
            |id: i64, screen: &str, name: &str| json!({"id": id, "screenId": screen, "name": name});
        let company = screen(1, "company", "Company");
        for (screens, id) in [
            (vec![company.clone(), screen(4, "ticket", "Service Ticket")], Some(4)),
            (vec![company.clone(), screen(9, "ServiceFV", "Service Tickets")], Some(9)),
            (vec![company.clone(), screen(3, "ticket", "Vorgang")], Some(3)),
            (
                vec![screen(5, "ticket", "Project Ticket"), screen(6, "x", "Service Tickets")],
                Some(6),
            ),
            (vec![company, json!({"id": null, "name": null})], None),
            (vec![], None),
        ] {
            assert_eq!(ticket_screen(&screens), id, "{screens:?}");
        }
    }

    #[test]
    fn our_pod_is_made_once() {
        let pod = |id: i64, url: &str| json!({"id": id, "type": "Pod", "url": url});
        let mine = "https://app.example/pod/7";
        for (all, id) in [
            (vec![pod(1, "https://app.example/pod/77"), pod(2, mine)], Some(2)),
            (vec![pod(3, &format!("{mine}?ticket=[cw_id]"))], Some(3)),
            (vec![json!({"id": 4, "type": "Tab", "url": mine}), pod(5, "https://x.example")], None),
            (vec![json!({"id": 6, "type": "Pod", "url": null})], None),
        ] {
            assert_eq!(ours(&all, URL), id, "{all:?}");
        }
    }

    #[test]
    fn a_record_fits_the_setup_table() {
        let new = setup(4, URL, "https://app.example", "0a1b2c3d-0000-4000-8000-00000000c001");
        assert_eq!((new["type"].as_str(), new["podHeight"].as_u64()), (Some("Pod"), Some(400)));
        assert!(DESCRIPTION.chars().count() <= 50);
        let steps = patch(4, URL, "https://app.example");
        let paths: Vec<&str> =
            steps.as_array().unwrap().iter().filter_map(|it| it["path"].as_str()).collect();
        assert_eq!(paths, ["screenId", "url", "origin", "disabledFlag"]);
        assert!(steps.as_array().unwrap().iter().all(|it| it["op"] == "replace"));
    }
}
