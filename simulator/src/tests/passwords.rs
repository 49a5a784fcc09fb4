//! `PATCH /users/{id}`: the act itself, and everybody it is refused for.

use serde_json::json;

use crate::SetBy;

use super::{NOON, NORTHWIND, Scene, read};

const GOOD: &str = "Xq7-mRtw9-Lkzv2";

#[tokio::test]
async fn sets_a_password_once_for_each_patch() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let before = scene.world.directory_user("ada").expect("ada");
    assert_eq!((before.password_set_by, before.must_change), (SetBy::Start, false));
    let reply = read(scene.patch(&before.id, GOOD, &token)).await.expect("an answer");
    assert_eq!((reply.status, reply.body), (204, serde_json::Value::Null));
    let after = scene.world.directory_user("ada").expect("ada");
    assert_eq!(
        (after.password.as_str(), after.must_change, after.password_set_count),
        (GOOD, true, 1)
    );
    assert_eq!(after.password_set_at_ms, Some(NOON));
    assert_eq!(scene.world.patches("ada").iter().filter(|patch| patch.applied).count(), 1);
    // A reset may repeat the last password (SOURCES.md §2.6): a retry is safe.
    assert_eq!(read(scene.patch(&before.id, GOOD, &token)).await.expect("an answer").status, 204);
    assert_eq!(scene.world.directory_user("ada").expect("ada").password_set_count, 2);
    scene.world.set_password_by_person("ada", "my own choice 1A");
    let own = scene.world.directory_user("ada").expect("ada");
    assert_eq!(
        (own.password.as_str(), own.must_change, own.password_set_count),
        ("my own choice 1A", false, 2)
    );
}

#[tokio::test]
async fn refuses_whom_microsoft_refuses() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let rows = [
        ("eve", 400, "Request_BadRequest", "on-premises mastered"),
        ("finn", 400, "Request_BadRequest", "federated"),
        ("gus", 400, "Request_BadRequest", "Property userPrincipalName is invalid."),
        ("dana", 403, "Authorization_RequestDenied", "Insufficient privileges"),
        ("rita", 403, "Authorization_RequestDenied", "Insufficient privileges"),
        ("ines", 403, "Authorization_RequestDenied", "restricted management"),
    ];
    for (name, status, code, words) in rows {
        let before = scene.world.directory_user(name).expect(name);
        let reply = read(scene.patch(&before.id, GOOD, &token)).await.expect("an answer");
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{name}");
        assert!(reply.message().contains(words), "{name}: {}", reply.message());
        let after = scene.world.directory_user(name).expect(name);
        assert_eq!((after.password, after.password_set_count), (before.password, 0), "{name}");
        assert!(
            scene.world.patches(name).iter().all(|patch| !patch.applied && patch.password == GOOD),
            "{name}"
        );
        assert_eq!(scene.world.patches(name).len(), 1, "{name}");
    }
    // Only eligible, or disabled: Microsoft itself would do it.
    for name in ["mia", "hana", "conan"] {
        assert_eq!(
            read(scene.patch(&scene.id(name), GOOD, &token)).await.expect("an answer").status,
            204,
            "{name}"
        );
    }
    assert!(!scene.world.directory_user("hana").expect("hana").enabled);
    assert_eq!(
        read(scene.patch("nobody@northwind.example", GOOD, &token))
            .await
            .expect("an answer")
            .status,
        404
    );
}

#[tokio::test]
async fn a_directory_role_of_the_app_reaches_further() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let try_dana = async || {
        read(scene.patch(&scene.id("dana"), GOOD, &token)).await.expect("an answer").status
    };
    scene.world.edit_tenant(NORTHWIND, |tenant| {
        tenant.app.directory_roles = vec!["Helpdesk Administrator".to_owned()]
    });
    assert_eq!(try_dana().await, 403);
    scene.world.edit_tenant(NORTHWIND, |tenant| {
        tenant.app.directory_roles = vec!["User Administrator".to_owned()]
    });
    assert_eq!(try_dana().await, 204);
}

#[tokio::test]
async fn refuses_weak_passwords_and_crooked_bodies() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let ada = scene.id("ada");
    for weak in ["short1A", "alllowercase", "Pässwort-9x", "P@ssw0rd1", "Northwind1A"] {
        let reply = read(scene.patch(&ada, weak, &token)).await.expect("an answer");
        assert_eq!((reply.status, reply.code().as_str()), (400, "Request_BadRequest"), "{weak}");
        assert!(reply.message().contains("password complexity requirements"), "{weak}");
    }
    let profile = json!({"password": GOOD, "forceChangePasswordNextSignIn": true});
    let rows = [
        (json!({}), 400),
        (json!([]), 400),
        (json!({"passwordProfile": null}), 400),
        (json!({"passwordProfile": {}}), 400),
        (json!({"passwordProfile": {"password": 7}}), 400),
        (
            json!({"passwordProfile": {"password": GOOD, "forceChangePasswordNextSignIn": "yes"}}),
            400,
        ),
        (json!({"passwordProfile": {"password": GOOD, "forceChange": true}}), 400),
        (json!({"passwordProfile": profile, "colour": "blue"}), 400),
        (json!({"passwordProfile": profile, "accountEnabled": true}), 403),
    ];
    for (body, status) in rows {
        let reply = read(scene.graph("PATCH", &format!("/users/{ada}"), &token).json(&body))
            .await
            .expect("an answer");
        assert_eq!(reply.status, status, "{body}");
    }
    let form = scene
        .graph("PATCH", &format!("/users/{ada}"), &token)
        .header("content-type", "text/plain")
        .body("{}");
    assert_eq!(read(form).await.expect("an answer").status, 400);
    assert_eq!(scene.world.directory_user("ada").expect("ada").password_set_count, 0);
}

#[tokio::test]
async fn user_read_write_all_is_not_enough() {
    let scene = Scene::start().await;
    scene
        .world
        .edit_tenant(NORTHWIND, |tenant| tenant.app.roles = vec!["User.ReadWrite.All".to_owned()]);
    let token = scene.token().await;
    let reply = read(scene.patch(&scene.id("ada"), GOOD, &token)).await.expect("an answer");
    assert_eq!((reply.status, reply.code().as_str()), (403, "Authorization_RequestDenied"));
}

#[tokio::test]
async fn revokes_sessions() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let reply = read(scene.graph(
        "POST",
        &format!("/users/{}/revokeSignInSessions", scene.id("ada")),
        &token,
    ))
    .await
    .expect("an answer");
    assert_eq!((reply.status, &reply.body["value"]), (200, &json!(true)));
    assert_eq!(scene.world.directory_user("ada").expect("ada").sessions_revoked_at_ms, Some(NOON));
}
