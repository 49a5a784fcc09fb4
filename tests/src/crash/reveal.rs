//! The end user's part of a run, without a server between: what the reveal page's script asks the
//! server, and the server its store.

use data_encoding::BASE64URL_NOPAD;
use server::app::App;
use server::secret::{LinkToken, SpokenCode};
use server::share::{Tap, derive};
use server::store::OpenResult;
use zeroize::Zeroizing;

/// The link in a text.
pub(crate) fn link_in(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| word.contains("/s#"))
}

/// What the link in a text reveals; or why it reveals nothing.
pub(crate) async fn reveal(app: &App, text: &str, unlock: Option<&str>) -> Result<String, String> {
    let link = link_in(text).ok_or("no link")?;
    let token = link.split('#').nth(1).ok_or("no token")?;
    let token = BASE64URL_NOPAD.decode(token.as_bytes()).map_err(|error| error.to_string())?;
    let token: [u8; 16] = token.try_into().map_err(|_| "a token of another length")?;
    let derived = derive(&LinkToken::new(Zeroizing::new(token)));
    let nonce = server::random::bytes::<16>();
    let code = unlock.map(|code| SpokenCode::new(code.to_owned().into()));
    let tap = Tap { look_id: &derived.id, proof: derived.proof(), nonce: &nonce, code, only: None };
    match app.shares.open(&tap).await.map_err(|error| error.to_string())? {
        OpenResult::Opened { ciphertext, .. } => {
            let clear = derived.decrypt(&ciphertext).map_err(|_| "it does not decrypt")?;
            Ok(clear.expose().to_owned())
        }
        other => Err(format!("{other:?}")),
    }
}
