//! A technician at work: the calls that the pod makes, in its order.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use simulator::World;
use tokio::time::Instant;

use crate::office::{PASSWORD, Person, Technician};

/// A client that finds `*.localhost` on the server's port, whatever the machine's resolver says.
pub(crate) fn client(address: SocketAddr) -> Result<Client> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the bench makes a client")]
    let client = Client::builder().no_proxy().resolve("app.localhost", address).build()?;
    Ok(client)
}

/// A signed-in technician with a pod.
#[derive(Clone)]
pub(crate) struct Desk {
    client: Client,
    origin: String,
    cookie: String,
    bearer: String,
}

/// A person whose reset needs nothing but the click.
pub(crate) struct Ready {
    pub(crate) upn: String,
    contact: String,
    ticket: String,
    sealed: String,
}

impl Desk {
    pub(crate) async fn sign_in(
        client: &Client,
        origin: &str,
        technician: &Technician,
        code: &str,
    ) -> Result<Self> {
        let response = client
            .post(format!("{origin}/api/session"))
            .header("origin", origin)
            .json(&json!({"email": technician.email, "password": PASSWORD, "code": code}))
            .send()
            .await?;
        ensure!(response.status() == 200, "no sign-in: {}", response.text().await?);
        let cookie = response.headers().get("set-cookie").context("no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let mut desk = Self {
            client: client.clone(),
            origin: origin.to_owned(),
            cookie,
            bearer: String::new(),
        };
        desk.open_pod().await?;
        Ok(desk)
    }

    /// A new pod token.
    async fn open_pod(&mut self) -> Result<()> {
        let request = self
            .client
            .post(format!("{}/api/pod/token", self.origin))
            .header("origin", &self.origin)
            .header("cookie", &self.cookie)
            .json(&json!({"host": "web"}));
        let token = answer(request, 200).await?;
        self.bearer = text(&token, "token")?;
        Ok(())
    }

    /// Everything before the click: open the ticket, verify by a texted code, see the confirmation.
    pub(crate) async fn prepare(&self, world: &World, person: &Person) -> Result<Ready> {
        let (contact, ticket) = self.find(person).await?;
        let ask = json!({
            "contact": contact, "ticket": ticket,
            "destination": "microsoft-mobile", "channel": "sms-code",
        });
        let sent = self.call(Method::POST, "/api/verifications", Some(ask), 201).await?;
        // The server answers when Twilio has accepted the text.
        let body = world.newest_text(&person.phone).context("no text with a code")?.body;
        let code = code_in(&body).context("no code in the text")?;
        let path = format!("/api/verifications/{}/answer", text(&sent, "id")?);
        let told = self.call(Method::POST, &path, Some(json!({"code": code})), 200).await?;
        ensure!(told["outcome"] == "verified", "not verified: {told}");
        let path = format!("/api/preflight?contact={contact}&ticket={ticket}");
        let shown = self.call(Method::GET, &path, None, 200).await?;
        ensure!(shown["findings"] == json!([]), "the preflight refuses: {shown}");
        let sealed = text(&shown, "sealed")?;
        Ok(Ready { upn: person.upn.clone(), contact, ticket, sealed })
    }

    /// The click; how long its answer took. Anything but a password that is set is an error.
    pub(crate) async fn reset(&self, id: uuid::Uuid, ready: &Ready) -> Result<Duration> {
        let ask = json!({"contact": ready.contact, "ticket": ready.ticket, "sealed": ready.sealed});
        let path = format!("/api/resets/{id}");
        let began = Instant::now();
        let reset = self.call(Method::PUT, &path, Some(ask), 200).await?;
        let took = began.elapsed();
        let done = reset["stage"] == "applied" || reset["stage"] == "completed";
        ensure!(done, "the reset of {} ended otherwise: {reset}", ready.upn);
        Ok(took)
    }

    /// The ids of contact and ticket, from our own pages: search, then open.
    async fn find(&self, person: &Person) -> Result<(String, String)> {
        let list = self.page(&format!("/tickets?q={}", person.ticket)).await?;
        let ticket =
            between(&list, "href=\"/tickets/", "\"").context("the ticket is not listed")?;
        let page = self.page(&format!("/tickets/{ticket}")).await?;
        let contact = between(&page, " contact=\"", "\"").context("the page has no pod")?;
        Ok((contact.to_owned(), ticket.to_owned()))
    }

    /// Sends a file by the form with this token, as a browser does; gives the page that answers.
    pub(crate) async fn upload(&self, path: &str, token: &str, file: &str) -> Result<String> {
        const EDGE: &str = "edge-of-the-bench";
        let part = |about: &str, what: &str| {
            format!("--{EDGE}\r\ncontent-disposition: form-data; {about}\r\n\r\n{what}\r\n")
        };
        let body = part("name=\"form\"", token)
            + &part("name=\"file\"; filename=\"contacts.csv\"", file)
            + &format!("--{EDGE}--\r\n");
        let request = self
            .client
            .post(format!("{}{path}", self.origin))
            .header("origin", &self.origin)
            .header("cookie", &self.cookie)
            .header("content-type", format!("multipart/form-data; boundary={EDGE}"));
        let response = request.body(body).send().await?;
        ensure!(response.status() == 200, "{path}: {}", response.status());
        Ok(response.text().await?)
    }

    /// A page as a browser has it, or what a pod reads from the API.
    pub(crate) async fn page(&self, path: &str) -> Result<String> {
        let request = self.client.get(format!("{}{path}", self.origin));
        let request = match path.starts_with("/api/") {
            true => request.bearer_auth(&self.bearer),
            false => request.header("cookie", &self.cookie),
        };
        let response = request.send().await?;
        ensure!(response.status() == 200, "{path}: {}", response.status());
        Ok(response.text().await?)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> Result<Value> {
        let url = format!("{}{path}", self.origin);
        let mut request = self.client.request(method, url).bearer_auth(&self.bearer);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request, status).await.with_context(|| path.to_owned())
    }
}

async fn answer(request: RequestBuilder, expected: u16) -> Result<Value> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let body = response.text().await?;
    ensure!(status == expected, "{status} in place of {expected}: {body}");
    Ok(serde_json::from_str(&body)?)
}

fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value[name].as_str().with_context(|| format!("no {name} in the answer"))?.to_owned())
}

pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

/// The six digits in a text.
fn code_in(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_texts_are_read() {
        let page = r#"<a href="/tickets/42">x</a><pod contact="c1" ticket="42">"#;
        assert_eq!(between(page, "href=\"/tickets/", "\""), Some("42"));
        assert_eq!(between(page, " contact=\"", "\""), Some("c1"));
        assert_eq!(between(page, "nothing", "\""), None);
        assert_eq!(code_in("Bench IT: your code is 123456. Call +1206."), Some("123456"));
        assert_eq!(code_in("no code 12345"), None);
    }
}
