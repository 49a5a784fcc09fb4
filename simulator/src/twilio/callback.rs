//! Status callbacks, signed as Twilio signs them
//! (twilio-node `webhooks.ts`; twilio.com/docs/usage/webhooks/webhooks-security; SOURCES.md T§2).

use aws_lc_rs::hmac;
use data_encoding::BASE64;

use crate::state::Callback;
use crate::world::World;

/// base64(HMAC-SHA1(auth token, URL + each parameter's key and value, sorted by key)).
/// The key is the auth token even when an API key sent the text.
pub(crate) fn sign(auth_token: &str, url: &str, parameters: &[(String, String)]) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort();
    let text = sorted.iter().fold(url.to_owned(), |text, (key, value)| text + key + value);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    BASE64.encode(hmac::sign(&key, text.as_bytes()).as_ref())
}

/// Gives a message a status and tells its `StatusCallback`, in whatever order it is asked to.
pub(crate) async fn tell(world: &World, sid: &str, status: &str, error_code: Option<u32>) {
    let now = world.clock().now_ms();
    let prepared = world.change(|state| {
        let message = state.messages.iter_mut().find(|message| message.text.id == sid)?;
        message.text.status = status.to_owned();
        message.text.error_code = error_code;
        message.updated_ms = now;
        message.sent_ms.get_or_insert(now);
        let url = message.callback.clone()?;
        let mut parameters: Vec<(String, String)> = [
            ("AccountSid", state.twilio.account_sid.as_str()),
            ("ApiVersion", "2010-04-01"),
            ("From", &message.text.from),
            ("MessageSid", sid),
            ("MessageStatus", status),
            ("SmsSid", sid),
            ("SmsStatus", status),
            ("To", &message.text.to),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec();
        // Twilio adds parameters without notice; both of these come only sometimes.
        parameters.extend(error_code.map(|code| ("ErrorCode".to_owned(), code.to_string())));
        parameters.extend(
            message.service.clone().map(|service| ("MessagingServiceSid".to_owned(), service)),
        );
        let signature = sign(&state.twilio.auth_token, &url, &parameters);
        Some((url, parameters, signature))
    });
    let Some((url, parameters, signature)) = prepared else { return };
    let request = world.http().post(&url).header("X-Twilio-Signature", signature).form(&parameters);
    let stopped = world.stopped();
    let answered = tokio::select! {
        () = stopped.cancelled() => None,
        reply = request.send() => reply.ok().map(|reply| reply.status().as_u16()),
    };
    tracing::info!(message.id = sid, status, answered, "status callback");
    world.change(|state| {
        state.callbacks.push(Callback {
            id: sid.to_owned(),
            status: status.to_owned(),
            url,
            answered,
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of twilio.com/docs/usage/webhooks/webhooks-security and of twilio-node's own tests.
    #[test]
    fn signs_the_documented_example() {
        let parameters = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        assert_eq!(sign("12345", url, &parameters), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    }
}
