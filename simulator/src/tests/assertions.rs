//! Client assertions: signed with the key of a registered certificate, each mistake in its own words.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PSS_SHA256, RsaKeyPair};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXUPPER};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, date_time_ymd};
use serde_json::{Value, json};

use super::{NOON, NORTHWIND, Reply, Scene};

const TENANT: &str = "7f3c1c2e-9a41-4c07-8d5e-0b6a4c1d2e06";
const APP: &str = "a1b2c3d4-0006-4000-8000-000000000006";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const JTI: &str = "0d4e3f6a-1111-4222-8333-444455556666";
/// The simulated noon in seconds, as JWTs count.
const NOW: i64 = NOON / 1000;

/// A key and its certificate, made here and nowhere near the code that it tests.
struct Signer {
    der: Vec<u8>,
    key: RsaKeyPair,
}

impl Signer {
    fn until(year: i32) -> Self {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let der = params.self_signed(&key).expect("a certificate").der().to_vec();
        let key = RsaKeyPair::from_pkcs8(&key.serialize_der()).expect("the same key");
        Signer { der, key }
    }

    fn thumbprint(&self) -> Vec<u8> {
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &self.der).as_ref().to_vec()
    }

    fn header(&self) -> Value {
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": BASE64URL_NOPAD.encode(&self.thumbprint())})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .expect("a signature");
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }
}

fn claims() -> Value {
    json!({
        "aud": format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"),
        "iss": APP, "sub": APP, "jti": JTI, "nbf": NOW, "iat": NOW, "exp": NOW + 300,
    })
}

fn but(name: &str, value: impl Into<Value>) -> Value {
    let mut all = claims();
    all[name] = value.into();
    all
}

async fn ask(scene: &Scene, assertion: &str, more: &[(&str, &str)]) -> Reply {
    let mut form = vec![
        ("client_id", APP),
        ("scope", "https://graph.microsoft.com/.default"),
        ("grant_type", "client_credentials"),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    for (name, value) in more {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form.retain(|(_, value)| !value.is_empty());
    scene.token_for(TENANT, &form).await
}

fn description(reply: &Reply) -> &str {
    reply.body["error_description"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_certificate_signs_in_and_the_token_says_so() {
    let scene = Scene::start().await;
    let signer = Signer::until(2028);
    scene.world.add_certificate(TENANT, &signer.der).expect("a certificate");
    let own = format!("{}/proseware.example/oauth2/v2.0/token", scene.world.entra_url());
    for (nth, audience) in
        [claims()["aud"].as_str().expect("text"), own.as_str()].iter().enumerate()
    {
        let mut claims = but("aud", *audience);
        claims["jti"] = json!(format!("0d4e3f6a-1111-4222-8333-44445555666{nth}"));
        let reply = ask(&scene, &signer.sign(&signer.header(), &claims), &[]).await;
        assert_eq!(reply.status, 200, "{audience}: {reply:?}");
        let token = reply.body["access_token"].as_str().expect("a token");
        let inside = BASE64URL_NOPAD.decode(token.split('.').nth(1).expect("a part").as_bytes());
        let inside: Value = serde_json::from_slice(&inside.expect("base64url")).expect("JSON");
        assert_eq!(inside["appidacr"], "2");
        assert_eq!(scene.get("/organization", token).await.status, 200);
    }
}

#[tokio::test]
async fn claims_that_are_wrong_are_refused_in_their_own_words() {
    let scene = Scene::start().await;
    let signer = Signer::until(2028);
    scene.world.add_certificate(TENANT, &signer.der).expect("a certificate");
    let other = format!("https://login.microsoftonline.com/{NORTHWIND}/oauth2/v2.0/token");
    let issuer = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let mut no_end = claims();
    no_end.as_object_mut().expect("an object").remove("exp");
    let rows = [
        (but("exp", NOW + 601), 401, "700024", "valid time range"),
        (but("exp", NOW), 401, "700024", "2026-11-22T12:00:00.0000000Z"),
        (but("nbf", NOW + 1), 401, "700024", "valid time range"),
        (but("aud", other), 401, "700023", "audience"),
        (but("aud", issuer), 401, "700023", "audience"),
        (but("aud", "https://graph.microsoft.com"), 401, "700023", "audience"),
        (but("iss", NORTHWIND), 401, "700021", "client_id"),
        (but("sub", "somebody"), 401, "700021", "client_id"),
        (but("jti", "not-a-guid"), 400, "50027", "jti"),
        (but("jti", Value::Null), 400, "50027", "jti"),
        (no_end, 400, "50027", "exp"),
    ];
    for (claims, status, code, words) in rows {
        let reply = ask(&scene, &signer.sign(&signer.header(), &claims), &[]).await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{claims}");
        assert!(description(&reply).contains(words), "{claims}: {}", description(&reply));
    }
    // None of them used the id up.
    let good = signer.sign(&signer.header(), &claims());
    assert_eq!(ask(&scene, &good, &[]).await.status, 200);
    // Ten minutes ahead is the most, and no `nbf` at all is 1970.
    let mut longest = but("exp", NOW + 600);
    longest["jti"] = json!("0d4e3f6a-2222-4222-8333-444455556666");
    longest.as_object_mut().expect("an object").remove("nbf");
    assert_eq!(ask(&scene, &signer.sign(&signer.header(), &longest), &[]).await.status, 200);
}

#[tokio::test]
async fn an_assertion_serves_once() {
    let scene = Scene::start().await;
    let signer = Signer::until(2028);
    scene.world.add_certificate(TENANT, &signer.der).expect("a certificate");
    let good = signer.sign(&signer.header(), &claims());
    assert_eq!(ask(&scene, &good, &[]).await.status, 200);
    let again = ask(&scene, &good, &[]).await;
    assert_eq!((again.status, again.code().as_str()), (400, "50027"));
    // Past its end it is too late, whatever is remembered.
    scene.clock.advance(301_000);
    assert_eq!(ask(&scene, &good, &[]).await.code(), "700024");
}

#[tokio::test]
async fn signatures_and_certificates_are_looked_at() {
    let scene = Scene::start().await;
    let (mine, other, old) = (Signer::until(2028), Signer::until(2028), Signer::until(2026));
    scene.world.add_certificate(TENANT, &mine.der).expect("a certificate");
    scene.world.add_certificate(TENANT, &old.der).expect("a certificate");
    let good = mine.sign(&mine.header(), &claims());
    let with = |name: &str, value: Value| {
        let mut header = mine.header();
        header[name] = value;
        mine.sign(&header, &claims())
    };
    // A signature over other claims, and claims changed after signing.
    let moved = mine.sign(&mine.header(), &but("exp", NOW + 60));
    let swapped = format!(
        "{}.{}",
        good.rsplit_once('.').expect("parts").0,
        moved.rsplit_once('.').expect("parts").1
    );
    let rows = [
        (other.sign(&other.header(), &claims()), 401, "700027", "The key was not found."),
        (other.sign(&mine.header(), &claims()), 401, "700027", "did not match"),
        (swapped, 401, "700027", "did not match"),
        (old.sign(&old.header(), &claims()), 401, "700027", "The key used is expired."),
        (with("alg", json!("RS256")), 400, "50027", "PS256"),
        (with("alg", json!("none")), 400, "50027", "PS256"),
        (with("typ", json!("at+jwt")), 400, "50027", "JWT"),
        (with("x5t#S256", Value::Null), 400, "50027", "thumbprint"),
        ("no.jwt".to_owned(), 400, "50027", "malformed"),
        (format!("{good}!"), 400, "50027", "malformed"),
    ];
    for (assertion, status, code, words) in rows {
        let reply = ask(&scene, &assertion, &[]).await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{words}");
        assert!(description(&reply).contains(words), "{words}: {}", description(&reply));
    }
    let unknown = ask(&scene, &other.sign(&other.header(), &claims()), &[]).await;
    assert!(description(&unknown).contains(&HEXUPPER.encode(&other.thumbprint())));
    assert_eq!(ask(&scene, &good, &[]).await.status, 200);
    // Taken away, it is nobody's.
    let id = scene.world.add_certificate(TENANT, &mine.der).expect("a certificate");
    scene.world.remove_credential(TENANT, &id);
    let fresh = mine.sign(&mine.header(), &but("jti", "0d4e3f6a-3333-4222-8333-444455556666"));
    assert_eq!(ask(&scene, &fresh, &[]).await.code(), "700027");
}

#[tokio::test]
async fn one_credential_at_a_time_and_of_a_known_kind() {
    let scene = Scene::start().await;
    let signer = Signer::until(2028);
    scene.world.add_certificate(TENANT, &signer.der).expect("a certificate");
    scene.world.add_secret(TENANT, "proseware~secret", None);
    let good = signer.sign(&signer.header(), &claims());
    let both = ask(&scene, &good, &[("client_secret", "proseware~secret")]).await;
    assert_eq!((both.status, both.body["error"].as_str()), (400, Some("invalid_request")));
    let untyped = ask(&scene, &good, &[("client_assertion_type", "")]).await;
    assert_eq!((untyped.status, untyped.code().as_str()), (400, "900144"));
    assert!(description(&untyped).contains("client_assertion_type"));
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let typed = ask(&scene, &good, &[("client_assertion_type", saml)]).await;
    assert_eq!((typed.status, typed.code().as_str()), (400, "90023"));
    assert_eq!(ask(&scene, &good, &[]).await.status, 200);
}

#[tokio::test]
async fn people_upload_a_certificate_on_the_page() {
    let scene = Scene::start().await;
    let signer = Signer::until(2028);
    let url = format!("{}/api/certificates", scene.world.page_url());
    let upload = async |tenant: &str, text: &str| {
        let body = json!({"tenant": tenant, "certificate": text});
        super::read(scene.http.post(&url).json(&body)).await.expect("an answer").status
    };
    assert_eq!(upload(TENANT, "not a certificate").await, 422);
    assert_eq!(upload(TENANT, &BASE64.encode(b"neither is this")).await, 422);
    assert_eq!(upload("nobody.example", &BASE64.encode(&signer.der)).await, 404);
    let lines = BASE64.encode(&signer.der);
    let pem = format!("-----BEGIN CERTIFICATE-----\r\n{lines}\r\n-----END CERTIFICATE-----\r\n");
    assert_eq!(upload(TENANT, &pem).await, 201);
    assert_eq!(ask(&scene, &signer.sign(&signer.header(), &claims()), &[]).await.status, 200);
    // The same file twice is still one credential.
    assert_eq!(upload(TENANT, &lines).await, 201);
    scene.world.edit_tenant(TENANT, |tenant| assert_eq!(tenant.app.certificates.len(), 1));
}
