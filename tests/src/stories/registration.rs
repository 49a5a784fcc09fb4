//! What the simulated Graph tells of an app registration, a manager, roles over a unit and tiny pages
//! fits Microsoft's own description. No server here: these calls are made now and then, not in a walk.

use std::collections::BTreeSet;

use serde_json::Value;
use simulator::{Company, Options, Ports};

use crate::conformance::{Description, folder, read};
use crate::desk::client;

const TENANT: &str = "7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e01";
const APP: &str = "a1b2c3d4-0001-4000-8000-000000000001";
const NOON: i64 = 1_795_348_800_000;

/// Certificate of a key that nobody has any more; it only has to be read.
const CERTIFICATE: &str = include_str!("registration.pem");

#[tokio::test]
async fn what_graph_tells_of_a_registration_fits_its_description() {
    let Some(folder) = folder() else {
        println!("skipped: no vendors' descriptions in ../shared/specs, and no API_SPECS");
        return;
    };
    let graph = Description::new(read(&folder, "graph-v1.0.json"), "/v1.0");
    let clock = simulator::Clock::manual(NOON);
    let options = Options { ports: Ports::Any, clock, authenticators: Vec::new() };
    let outside = simulator::start(options).await.unwrap();
    outside.add_secret(TENANT, "northwind~the-next-one", Some(NOON + 1));
    let inside: String = CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect();
    let der = data_encoding::BASE64.decode(inside.as_bytes()).unwrap();
    outside.add_certificate(TENANT, &der).unwrap();
    outside.edit_tenant(TENANT, |tenant| tenant.page_size = Some(1));

    let http = client("127.0.0.1:1".parse().unwrap());
    let form = [
        ("client_id", APP),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_secret", "northwind~the-next-one"),
        ("grant_type", "client_credentials"),
    ];
    let url = format!("{}/{TENANT}/oauth2/v2.0/token", outside.entra_url());
    let token: Value = http.post(url).form(&form).send().await.unwrap().json().await.unwrap();
    let token = token["access_token"].as_str().unwrap();
    let zoe = outside.directory_user("zoe").unwrap().id;
    let get = async |path: &str| {
        let url = format!("{}/v1.0{path}", outside.graph_url());
        http.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    let select = "$select=appId,passwordCredentials,keyCredentials";
    for (path, status) in [
        (format!("/applications(appId='{APP}')?{select}"), 200),
        (format!("/applications(appId='{APP}')"), 200),
        (format!("/applications?$filter=appId eq '{APP}'&{select}"), 200),
        (format!("/applications(appId='{TENANT}')"), 404),
        (format!("/roleManagement/directory/roleAssignments?$filter=principalId eq '{zoe}'"), 200),
        ("/users?$select=id&$top=5".to_owned(), 200),
    ] {
        assert_eq!(get(&path).await, status, "{path}");
    }

    let (mut found, mut met) = (Vec::new(), BTreeSet::new());
    for it in outside.requests().iter().filter(|it| it.company == Company::Graph) {
        let operation =
            graph.operation(it).unwrap_or_else(|| panic!("{} is not described", it.path));
        found.extend(graph.differences(&operation, it));
        met.insert(operation.name);
    }
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
    let all = ["getApplicationByAppId", "listApplications", "listRoleAssignments", "listUsers"];
    assert_eq!(met.iter().map(String::as_str).collect::<Vec<_>>(), all);
    outside.stop().await;
}
