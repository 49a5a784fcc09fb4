//! `GET /s`: the page that an end user's link opens. The same for everybody who asks this host in
//! this language: the token is in the fragment, which no server sees. GET has no effect, ever; its
//! script asks `/s/look` what this link is, and `/s/open` after a tap.
//!
//! Phrases and the host's brand are in the page, as data that no browser runs: no further request
//! on a weak signal.

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use shared::Code;

use super::assets;
use super::problem::Failure;
use super::smaller::{at_once, kept};
use crate::app::App;
use crate::brand::Brand;
use crate::brand::help::dialled;
use crate::language::Language;
use crate::language::page::{PagePhrases, page};
use crate::settings::HostOf;
use crate::store::StoreError;

/// The preview in Settings: framed by our own pages, and it asks nobody anything.
const PREVIEW_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// A password for show, with all that the page marks.
const SAMPLE: &str = "t7#Qm-4vXe!29Lp0";

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
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// The MSP's name.
    name: String,
    /// Whom to call; empty where the brand does not say.
    #[serde(skip_serializing_if = "String::is_empty")]
    help: String,
    /// Where the logo is.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
    /// The button and what stands on it, on a light page and on a dark one.
    #[serde(skip_serializing_if = "Option::is_none")]
    colors: Option<[String; 4]>,
    /// What stands above the button.
    #[serde(skip_serializing_if = "String::is_empty")]
    intro: String,
    /// What stands at the page's foot.
    #[serde(skip_serializing_if = "String::is_empty")]
    footer: String,
}

impl Seen {
    /// On the share host.
    #[must_use]
    pub fn of(brand: &Brand, language: Language) -> Self {
        let logo = brand.logo.as_ref().map(|hash| format!("/s/logo/{hash}"));
        Self::with_logo(brand, language, logo)
    }

    fn with_logo(brand: &Brand, language: Language, logo: Option<String>) -> Self {
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

/// What the page's script gets.
#[derive(Serialize)]
struct Data<'a> {
    lang: &'static str,
    words: &'static PagePhrases,
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<&'a Seen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<Sample>,
}

/// What a look and an opening would answer, in a preview.
#[derive(Serialize)]
struct Sample {
    password: &'static str,
    now: i64,
    expires_at: i64,
}

#[derive(Template)]
#[template(path = "reveal.html")]
struct RevealPage<'a> {
    lang: &'static str,
    words: &'static PagePhrases,
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
    fn of(seen: &'a Seen, words: &PagePhrases) -> Option<Self> {
        let dial = dialled(&seen.help);
        let (before, after) = words.doubt.split_once("{}")?;
        (!dial.is_empty()).then_some(Self { before, number: &seen.help, dial, after })
    }
}

/// `GET /s`, in the browser's language.
///
/// # Errors
/// When the brand can't be read.
pub async fn get(
    State(app): State<App>,
    At(host): At,
    headers: HeaderMap,
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
    let language = of_browser(&headers)
        .or_else(|| brand.as_ref().and_then(|brand| brand.language))
        .unwrap_or_default();
    // What stands above the button comes with the look: no link, no button.
    let seen =
        brand.as_ref().map(|brand| Seen { intro: String::new(), ..Seen::of(brand, language) });
    let text = render(language, seen.as_ref(), None, assets::share)?;
    let mut response = assets::page(text, &headers);
    let vary = HeaderValue::from_static("accept-language, accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

fn of_browser(headers: &HeaderMap) -> Option<Language> {
    Language::of_browser(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// The page as this brand's end users would see it, for a frame in Settings: Reveal shows a made-up
/// password. It asks nobody and keeps nothing; its files are at `/assets`. The frame must not be
/// sandboxed without `allow-scripts allow-same-origin`.
///
/// # Errors
/// Never by itself.
pub fn preview(
    brand: &Brand,
    language: Language,
    logo_url: Option<&str>,
) -> Result<Response, Failure> {
    let seen = Seen::with_logo(brand, language, logo_url.map(str::to_owned));
    let sample = Sample { password: SAMPLE, now: 0, expires_at: 3_600_000 };
    let text = render(language, Some(&seen), Some(sample), assets::app)?;
    let mut response = assets::page(text, &HeaderMap::new());
    let headers = response.headers_mut();
    let mut say = |name, value| headers.insert(name, HeaderValue::from_static(value));
    say(header::CONTENT_SECURITY_POLICY, PREVIEW_CSP);
    say(header::X_FRAME_OPTIONS, "SAMEORIGIN");
    Ok(response)
}

fn render(
    language: Language,
    seen: Option<&Seen>,
    sample: Option<Sample>,
    file: fn(&str) -> String,
) -> Result<String, Failure> {
    let words = page(language);
    let lang = language.as_str();
    let data = serde_json::to_string(&Data { lang, words, brand: seen, sample });
    let page = RevealPage {
        lang,
        words,
        css: file("reveal.css"),
        off: file("off.css"),
        js: file("reveal.js"),
        icon: file("icon.svg"),
        brand: seen,
        from: seen.map(|seen| words.from.replace("{}", &seen.name)).unwrap_or_default(),
        call: seen.and_then(|seen| Call::of(seen, words)),
        // In a string `<` may be written so; anywhere else in JSON there is none. So no text can
        // end the element, or begin a comment in it.
        data: data.map_err(|_| Code::Internal)?.replace('<', "\\u003c"),
    };
    page.render().map_err(|error| {
        tracing::error!(%error, "template");
        Code::Internal.into()
    })
}

/// What the page weighs as it is sent: name, bytes as written, bytes in brotli. Each language's
/// page, the files beside it, and the phrases of each language for a page that speaks another.
#[must_use]
pub fn weights() -> Vec<(String, usize, usize)> {
    let files = ["reveal.css", "reveal.js", "icon.svg"];
    let mut all: Vec<_> = files.map(assets::weight_of_share).into();
    for language in Language::ALL {
        let text = render(language, None, None, assets::share).unwrap_or_default();
        let wire = kept(text.as_bytes()).map_or(0, |small| small.len());
        all.push((format!("page.{}", language.as_str()), text.len(), wire));
        let words = serde_json::to_vec(page(language)).unwrap_or_default();
        let wire = at_once(&words).map_or(0, |small| small.len());
        all.push((format!("words.{}", language.as_str()), words.len(), wire));
    }
    all
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use serde_json::Value;

    use super::*;
    use crate::brand::{Colors, Texts};

    /// The longest that people write.
    fn brand(name: &str) -> Brand {
        Brand {
            name: Some(name.into()),
            help: Some("+1 206 555 0100".into()),
            logo: Some("0".repeat(64)),
            colors: Some(Colors {
                accent: "#1f5fbf".into(),
                on_accent: "#ffffff".into(),
                dark_accent: "#7db0f7".into(),
                on_dark_accent: "#0d1826".into(),
            }),
            texts: [(
                Language::En,
                Texts {
                    intro: "{brand} has reset your password.".into(),
                    footer: name.into(),
                    ..Texts::default()
                },
            )]
            .into(),
            ..Brand::default()
        }
    }

    fn data_in(text: &str) -> Value {
        let (_, rest) = text.split_once("id=\"page\">").unwrap();
        serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
    }

    #[test]
    fn no_text_of_an_msp_gets_out_of_its_place() {
        let evil = "</script><script>alert(1)</script><!-- \" onerror=x {brand}";
        let seen = Seen::of(&brand(evil), Language::En);
        let text = render(Language::En, Some(&seen), None, assets::share).unwrap();
        assert_eq!(text.matches("<script").count(), 2, "{text}");
        assert_eq!(text.matches("</script>").count(), 2);
        let (html, _) = text.split_once("id=\"page\"").unwrap();
        assert!(!text.contains("<!--") && !html.contains("\" onerror"), "{html}");
        let data = data_in(&text);
        assert_eq!(data["brand"]["name"], evil);
        assert_eq!(data["brand"]["footer"], evil);
    }

    #[test]
    fn each_language_has_its_own_page() {
        for language in Language::ALL {
            let text = render(language, None, None, assets::share).unwrap();
            assert!(text.contains(&format!("<html lang=\"{}\">", language.as_str())));
            let data = data_in(&text);
            assert_eq!(data["lang"], language.as_str());
            assert_eq!(data["words"]["ready"], page(language).ready);
            assert!(data["brand"].is_null() && data["sample"].is_null());
        }
    }

    #[tokio::test]
    async fn the_preview_may_be_framed_by_us_and_asks_nobody() {
        let response = preview(&brand("Brightline"), Language::En, Some("/settings/x")).unwrap();
        let csp = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(csp.starts_with("default-src 'none'") && !csp.contains("connect-src"), "{csp}");
        assert!(csp.contains("frame-ancestors 'self'"));
        assert_eq!(response.headers()[header::X_FRAME_OPTIONS], "SAMEORIGIN");
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("\"/assets/reveal.") && !text.contains("/s/"), "{text}");
        assert_eq!(data_in(&text)["sample"]["password"], SAMPLE);
        assert_eq!(data_in(&text)["brand"]["logo"], "/settings/x");
    }

    /// Words that phones of 2019 don't know. What has another way beside it is not among them.
    #[test]
    fn the_script_is_old_enough() {
        let script = include_str!("../../assets/share/reveal.js");
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
            assert!(!script.contains(young), "{young}");
        }
    }
}
