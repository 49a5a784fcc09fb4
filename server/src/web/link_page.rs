//! What the pages behind links have in common: `GET /s` and `GET /v`. Each is the same for everybody
//! who asks a host in a language: the token is in the fragment, which no server sees. GET has no
//! effect, ever; the page's script asks, and acts after a tap.
//!
//! Phrases and the host's brand are in the page, as data that no browser runs: no further request
//! on a weak signal.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use shared::Code;

use super::assets;
use super::problem::Failure;
use super::smaller::{at_once, kept};
use crate::app::App;
use crate::brand::Brand;
use crate::brand::help::dialled;
use crate::language::Language;
use crate::language::page::page;
use crate::settings::HostOf;
use crate::store::StoreError;

/// The links that the host serves which was asked.
pub struct At(pub HostOf);

impl FromRequestParts<App> for At {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| parts.uri.host()).unwrap_or_default();
        Ok(Self(app.settings.share.account_of(host)))
    }
}

/// A brand as the page gets it, in one language. Plain text all of it.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct Seen {
    /// The MSP's name.
    pub(super) name: String,
    /// Whom to call; empty where the brand does not say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) help: String,
    /// Where the logo is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logo: Option<String>,
    /// The button and what stands on it, on a light page and on a dark one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) colors: Option<[String; 4]>,
    /// What stands above the button.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) intro: String,
    /// What stands at the page's foot.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) footer: String,
}

impl Seen {
    /// On the share host.
    #[must_use]
    pub fn of(brand: &Brand, language: Language) -> Self {
        let logo = brand.logo.as_ref().map(|hash| format!("/s/logo/{hash}"));
        Self::with_logo(brand, language, logo)
    }

    /// With a logo at this address.
    pub(super) fn with_logo(brand: &Brand, language: Language, logo: Option<String>) -> Self {
        let name = brand.name().to_owned();
        let texts = brand.texts(language);
        let colors = brand.colors.clone().map(|colors| {
            [colors.accent, colors.on_accent, colors.dark_accent, colors.on_dark_accent]
        });
        Self {
            intro: texts.intro.replace("{brand}", &name),
            footer: texts.footer,
            help: brand.help.clone().unwrap_or_default(),
            name,
            logo,
            colors,
        }
    }
}

/// A page's own part: what it says before any script runs, and its files.
pub(super) struct Own<'a, W> {
    /// Title of the page before it knows more.
    pub(super) title: &'a str,
    /// What to do where JavaScript is off.
    pub(super) no_script_why: &'a str,
    /// The name of its script and its style.
    pub(super) file: &'a str,
    /// Its phrases, for its script.
    pub(super) words: &'a W,
}

/// What the page's script gets.
#[derive(Serialize)]
struct Data<'a, W, S> {
    lang: &'static str,
    words: &'a W,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<&'a Seen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<S>,
}

#[derive(Template)]
#[template(path = "link_page.html")]
struct LinkPage<'a> {
    lang: &'static str,
    title: &'a str,
    looking: &'static str,
    slow: &'static str,
    no_script: &'static str,
    no_script_why: &'a str,
    css: String,
    off: String,
    js: String,
    icon: String,
    brand: Option<&'a Seen>,
    from: String,
    call: Option<Call<'a>>,
    data: String,
}

/// The help desk's number, where JavaScript is off.
struct Call<'a> {
    before: &'static str,
    number: &'a str,
    dial: String,
    after: &'static str,
}

impl<'a> Call<'a> {
    /// `None` where there is nothing to dial.
    fn of(seen: &'a Seen, language: Language) -> Option<Self> {
        let dial = dialled(&seen.help);
        let (before, after) = page(language).doubt.split_once("{}")?;
        (!dial.is_empty()).then_some(Self { before, number: &seen.help, dial, after })
    }
}

/// The page at this host, in the browser's language.
///
/// # Errors
/// When the brand can't be read.
pub(super) async fn at_host(
    app: &App,
    host: HostOf,
    headers: &HeaderMap,
    render: impl FnOnce(Language, Option<&Seen>) -> Result<String, Failure>,
) -> Result<Response, Failure> {
    // Whose brand a host shows before it knows which link is asked for: its account's. A server
    // with a single account has only one that it could be.
    let account = match host {
        HostOf::Account(account) => Some(account),
        HostOf::AllAccounts => app.store.only_account().await?,
        HostOf::Unknown => None,
    };
    let brand = match account {
        Some(account) => match app.store.brand(account, None).await {
            Ok(brand) => Some(brand),
            // The operator named an account that is not there (yet).
            Err(StoreError::Inconsistent(_)) => None,
            Err(other) => return Err(other.into()),
        },
        None => None,
    };
    let language = of_browser(headers)
        .or_else(|| brand.as_ref().and_then(|brand| brand.language))
        .unwrap_or_default();
    // What stands above the button comes with the look: no link, no button.
    let seen =
        brand.as_ref().map(|brand| Seen { intro: String::new(), ..Seen::of(brand, language) });
    let text = render(language, seen.as_ref())?;
    let mut response = assets::page(text, headers);
    let vary = HeaderValue::from_static("accept-language, accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

/// The language that the browser asks for, of those that we speak.
pub(super) fn of_browser(headers: &HeaderMap) -> Option<Language> {
    Language::of_browser(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// The page as text; `file` says where its files are.
///
/// # Errors
/// Never by itself.
pub(super) fn render<W: Serialize, S: Serialize>(
    language: Language,
    own: &Own<'_, W>,
    seen: Option<&Seen>,
    sample: Option<S>,
    file: fn(&str) -> String,
) -> Result<String, Failure> {
    let common = page(language);
    let lang = language.as_str();
    let data = serde_json::to_string(&Data { lang, words: own.words, brand: seen, sample });
    let page = LinkPage {
        lang,
        title: own.title,
        looking: common.looking,
        slow: common.slow,
        no_script: common.no_script,
        no_script_why: own.no_script_why,
        css: file(&format!("{}.css", own.file)),
        off: file("off.css"),
        js: file(&format!("{}.js", own.file)),
        icon: file("icon.svg"),
        brand: seen,
        from: seen.map(|seen| common.from.replace("{}", &seen.name)).unwrap_or_default(),
        call: seen.and_then(|seen| Call::of(seen, language)),
        // In a string `<` may be written so; anywhere else in JSON there is none. So no text can
        // end the element, or begin a comment in it.
        data: data.map_err(|_| Code::Internal)?.replace('<', "\\u003c"),
    };
    page.render().map_err(|error| {
        tracing::error!(%error, "template");
        Code::Internal.into()
    })
}

/// What a page weighs as it is sent: name, bytes as written, bytes in brotli. The files beside it,
/// each language's page, and the phrases of each language for a page that speaks another.
pub(super) fn weights<W: Serialize + 'static>(
    file: &str,
    own: impl Fn(Language) -> Own<'static, W>,
) -> Vec<(String, usize, usize)> {
    let files = [&*format!("{file}.css"), &*format!("{file}.js"), "icon.svg"];
    let mut all: Vec<_> = files.map(assets::weight_of_share).into();
    for language in Language::ALL {
        let own = own(language);
        let text = render(language, &own, None, None::<()>, assets::share).unwrap_or_default();
        let wire = kept(text.as_bytes()).map_or(0, |small| small.len());
        all.push((format!("page.{}", language.as_str()), text.len(), wire));
        let words = serde_json::to_vec(own.words).unwrap_or_default();
        let wire = at_once(&words).map_or(0, |small| small.len());
        all.push((format!("words.{}", language.as_str()), words.len(), wire));
    }
    all
}

/// Exactly `N` bytes in base64url; anything else is as dead as any other link.
pub(super) fn bytes<const N: usize>(text: &str) -> Result<[u8; N], Code> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(Code::LinkDead)
}

#[cfg(test)]
mod tests {
    /// Words that phones of 2019 don't know. What has another way beside it is not among them.
    #[test]
    fn the_scripts_are_old_enough() {
        let scripts = concat!(
            include_str!("../../assets/share/common.js"),
            include_str!("../../assets/share/reveal.js"),
            include_str!("../../assets/share/check.js"),
        );
        for young in [
            "?.",
            "??",
            "||=",
            "&&=",
            "replaceAll",
            "matchAll",
            ".at(",
            "replaceChildren",
            "structuredClone",
            "AbortSignal",
            "Object.hasOwn",
            "fromEntries",
            "allSettled",
            ".flat",
            "#private",
            "static ",
            "await import",
            "dateStyle",
            "timeStyle",
        ] {
            assert!(!scripts.contains(young), "{young}");
        }
    }
}
