//! A crowd behaves like the people of the sample.

use std::collections::HashSet;
use std::time::Duration;

use super::{SENDER, Scene, read};

const NEW: &str = "Qz7#mmmmTTTTx9!w";

#[tokio::test]
async fn everybody_in_a_crowd_can_be_reset() {
    let scene = Scene::start().await;
    let crowd = scene.world.add_crowd(2, 3).expect("a crowd");
    let people = || crowd.iter().flat_map(|tenant| &tenant.users);
    let phones: HashSet<&str> = people().map(|person| person.phones[0].number.as_str()).collect();
    assert_eq!(phones.len(), 6, "a phone each");
    for tenant in &crowd {
        let form = [
            ("client_id", tenant.app.client_id.as_str()),
            ("client_secret", &tenant.app.secret),
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let granted = scene.token_for(&tenant.id, &form).await;
        let token = granted.body["access_token"].as_str().expect("a token");
        for person in &tenant.users {
            let set = read(scene.patch(&person.id, NEW, token)).await.expect("an answer");
            assert_eq!(set.status, 204, "{:?}", set.body);
            let now = scene.world.directory_user(&person.upn).expect("still there");
            assert_eq!((now.password.as_str(), now.password_set_count), (NEW, 1));
        }
    }
    scene.world.stop().await;
}

#[tokio::test]
async fn texts_are_counted_and_waited_for() {
    let scene = Scene::start().await;
    let phone = "+13000000001";
    assert_eq!(scene.world.texts_accepted(), 0);
    for body in ["first", "second"] {
        let text = scene.text(&[("To", phone), ("From", SENDER), ("Body", body)]);
        assert_eq!(read(text).await.expect("an answer").status, 201);
    }
    let patience = Duration::from_secs(10);
    assert!(scene.world.wait_until(patience, |world| world.texts_accepted() == 2).await);
    assert!(!scene.world.wait_until(Duration::ZERO, |world| world.texts_accepted() == 3).await);
    let newest = scene.world.newest_text(phone).expect("a text");
    assert_eq!(newest.body, "second");
    assert!(scene.world.newest_text("+13000000002").is_none());
    scene.world.stop().await;
}
