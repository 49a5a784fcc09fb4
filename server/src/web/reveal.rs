//! `GET /s`: the page that shows a new password (see [`super::link_page`]). Its script asks `/s/look`
//! what this link is, and `/s/open` after a tap.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Serialize;

use super::assets;
use super::link_page::{self, At, Own, Seen};
use super::problem::Failure;
use crate::app::App;
use crate::brand::Brand;
use crate::language::Language;
use crate::language::page::{PagePhrases, page};

/// The preview in Settings: framed by our own pages, and it asks nobody anything.
const PREVIEW_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// A password for show, with all that the page marks.
const SAMPLE: &str = "t7#Qm-4vXe!29Lp0";

/// What a look and an opening would answer, in a preview.
#[derive(Serialize)]
struct Sample {
    password: &'static str,
    now: i64,
    expires_at: i64,
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
    let render = |language, seen: Option<&Seen>| render(language, seen, None, assets::share);
    link_page::at_host(&app, host, &headers, render).await
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

fn own(language: Language) -> Own<'static, PagePhrases> {
    let words = page(language);
    let PagePhrases { title, no_script_why, .. } = *words;
    Own { title, no_script_why, file: "reveal", words }
}

fn render(
    language: Language,
    seen: Option<&Seen>,
    sample: Option<Sample>,
    file: fn(&str) -> String,
) -> Result<String, Failure> {
    link_page::render(language, &own(language), seen, sample, file)
}

/// What the page weighs as it is sent: name, bytes as written, bytes in brotli. Each language's
/// page, the files beside it, and the phrases of each language for a page that speaks another.
#[must_use]
pub fn weights() -> Vec<(String, usize, usize)> {
    link_page::weights("reveal", own)
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
}
