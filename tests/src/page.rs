//! One window: found by role and name as people and screen readers do, into shadow roots too;
//! waited for by looking, never by sleeping; ended with a look at what the browser complained of.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::cdp::Cdp;
use thirtyfour::prelude::*;

use crate::browser::{end_process, target};

/// A browser on a busy small machine is given this long for anything.
const PATIENCE: Duration = Duration::from_secs(25);
const PAUSE: Duration = Duration::from_millis(40);

/// All text that is shown, in shadow roots too. (A script's `innerText` is all that is in it.)
const TEXT: &str = "
    const texts = [];
    const visit = (root) => {
        for (const child of root.children) if (child.innerText && child.localName !== 'script') texts.push(child.innerText);
        for (const node of root.querySelectorAll('*')) if (node.shadowRoot) visit(node.shadowRoot);
    };
    if (document.body) { visit(document.body); }
    return texts.join('\\n');";

/// What has the focus, in shadow roots too.
const FOCUS: &str = "(() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node ?? document.body;
})()";

/// An element as assistive technology knows it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) role: String,
    pub(crate) name: String,
    /// What `aria-describedby` says.
    pub(crate) description: String,
    pub(crate) disabled: bool,
    pub(crate) value: String,
    node: i64,
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} “{}”", self.role, self.name)
    }
}

impl Found {
    fn read(node: &Value) -> Option<Self> {
        let text = |key: &str| match &node[key]["value"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let properties = node["properties"].as_array();
        let disabled = properties.into_iter().flatten().any(|property| {
            property["name"] == "disabled" && property["value"]["value"] == json!(true)
        });
        (node["ignored"] != json!(true)).then(|| Self {
            role: text("role"),
            name: text("name"),
            description: text("description"),
            disabled,
            value: text("value"),
            node: node["backendDOMNodeId"].as_i64().unwrap_or_default(),
        })
    }

    /// By its name, or by how that begins.
    fn is_called(&self, name: &str, whole: bool) -> bool {
        if whole { self.name == name } else { self.name.starts_with(name) }
    }
}

/// A window. It must be ended with [`Page::end`].
pub(crate) struct Page {
    driver: Option<WebDriver>,
    /// Its own size, to come back to after looking at it in others.
    size: (u32, u32),
    /// Waits that are under way, one in the other.
    waits: AtomicUsize,
    /// How often the browser had no answer to a look of theirs.
    troubles: AtomicUsize,
    _profile: TempDir,
}

impl Page {
    pub(crate) async fn new(driver: WebDriver, profile: TempDir, width: u32, height: u32) -> Self {
        let size = (width, height);
        let (waits, troubles) = Default::default();
        let page = Self { driver: Some(driver), size, waits, troubles, _profile: profile };
        page.looks(width, height, false).await;
        page
    }

    /// Light, and as large as when it was opened.
    pub(crate) async fn looks_as_before(&self) {
        let (width, height) = self.size;
        self.looks(width, height, false).await;
    }

    pub(crate) fn driver(&self) -> &WebDriver {
        self.driver.as_ref().unwrap()
    }

    async fn cdp(&self, method: &str, parameters: Value) -> WebDriverResult<Value> {
        Cdp::new(self.driver().handle().clone()).send_raw(method, parameters).await
    }

    /// Runs a script as the page would, whatever its policy.
    pub(crate) async fn script(&self, text: &str) -> Value {
        let answer = self.driver().execute(text, Vec::new()).await;
        self.answered(answer.map(|answer| answer.json().clone()))
    }

    /// What the browser answered. It has no answer while a page is being replaced: who waits looks
    /// again then, whatever this look would have told.
    fn answered<T: Default>(&self, answer: WebDriverResult<T>) -> T {
        if answer.is_err() && self.waits.load(Ordering::Relaxed) > 0 {
            self.troubles.fetch_add(1, Ordering::Relaxed);
            return T::default();
        }
        answer.unwrap()
    }

    pub(crate) async fn go(&self, address: &str) {
        self.driver().goto(address).await.unwrap();
    }

    pub(crate) async fn address(&self) -> String {
        self.driver().current_url().await.unwrap().to_string()
    }

    /// The size of the window (headless ones are never narrower than 500 px by themselves), and
    /// light or dark. Nothing moves, so that no picture is taken half-way.
    pub(crate) async fn looks(&self, width: u32, height: u32, dark: bool) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.cdp("Emulation.setDeviceMetricsOverride", size).await.unwrap();
        self.prefers("screen", &[("prefers-color-scheme", if dark { "dark" } else { "light" })])
            .await;
    }

    /// On screen or paper, and what the person has set in their system. Nothing moves, whatever.
    pub(crate) async fn prefers(&self, media: &str, features: &[(&str, &str)]) {
        let all = features.iter().chain(&[("prefers-reduced-motion", "reduce")]);
        let features: Vec<Value> =
            all.map(|(name, value)| json!({"name": name, "value": value})).collect();
        let wanted = json!({"media": media, "features": features});
        self.cdp("Emulation.setEmulatedMedia", wanted).await.unwrap();
    }

    /// The languages that the person reads, as `Accept-Language` and scripts tell them.
    pub(crate) async fn reads(&self, languages: &str) {
        let agent = self.script("return navigator.userAgent").await;
        let wanted = json!({"userAgent": agent, "acceptLanguage": languages});
        self.cdp("Emulation.setUserAgentOverride", wanted).await.unwrap();
    }

    /// Where the person's clock is.
    pub(crate) async fn lives_in(&self, zone: &str) {
        self.cdp("Emulation.setTimezoneOverride", json!({"timezoneId": zone})).await.unwrap();
    }

    /// Runs this in every page from now on, before its own scripts.
    pub(crate) async fn before_scripts(&self, script: &str) {
        let wanted = json!({"source": script});
        self.cdp("Page.addScriptToEvaluateOnNewDocument", wanted).await.unwrap();
    }

    /// No page's own scripts run from now on.
    pub(crate) async fn without_scripts(&self) {
        let wanted = json!({"value": true});
        self.cdp("Emulation.setScriptExecutionDisabled", wanted).await.unwrap();
    }

    /// Writes `target/screenshots/NAME.png`: the whole page, however long.
    pub(crate) async fn shoot(&self, name: &str) {
        let folder = target().join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let wanted = json!({"format": "png", "captureBeyondViewport": true});
        let shot = self.cdp("Page.captureScreenshot", wanted).await.unwrap();
        let png = data_encoding::BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }

    /// Nothing sticks out sideways.
    pub(crate) async fn fits(&self) {
        let wide = "return [document.scrollingElement.scrollWidth, innerWidth,
            ...[...document.querySelectorAll('body *')]
                .filter((node) => node.getBoundingClientRect().right > innerWidth)
                .map((node) => node.outerHTML.slice(0, 80))]";
        let sizes = self.script(wide).await;
        let (content, window) = (sizes[0].as_u64(), sizes[1].as_u64());
        assert!(content <= window, "{} is too wide: {sizes}", self.address().await);
    }

    /// Everything that is shown now.
    pub(crate) async fn text(&self) -> String {
        self.script(TEXT).await.as_str().unwrap_or_default().to_owned()
    }

    /// Looks until something is so.
    pub(crate) async fn wait(&self, what: &str, so: impl AsyncFn() -> bool) {
        self.wait_for(PATIENCE, what, async || so().await.then_some(())).await;
    }

    /// Looks until there is something, for so long.
    pub(crate) async fn wait_for<T>(
        &self,
        patience: Duration,
        what: &str,
        look: impl AsyncFn() -> Option<T>,
    ) -> T {
        self.waits.fetch_add(1, Ordering::Relaxed);
        let looking = async {
            loop {
                let before = self.troubles.load(Ordering::Relaxed);
                let found = look().await;
                if let Some(found) = found
                    && self.troubles.load(Ordering::Relaxed) == before
                {
                    return found;
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        let Ok(found) = tokio::time::timeout(patience, looking).await else {
            let test = std::thread::current().name().unwrap_or("story").replace("::", "-");
            self.shoot(&format!("failed-{test}")).await;
            panic!(
                "waited in vain until {what}\nat {}\n{}\n{:?}",
                self.address().await,
                self.text().await,
                self.controls().await
            );
        };
        self.waits.fetch_sub(1, Ordering::Relaxed);
        found
    }

    /// What could have been found, without the pieces that text is made of.
    async fn controls(&self) -> Vec<Found> {
        let all = self.all("").await.into_iter();
        all.filter(|found| !found.name.is_empty() && !found.role.contains("Text")).collect()
    }

    /// Waits until this is written somewhere.
    pub(crate) async fn sees(&self, text: &str) {
        self.wait(&format!("“{text}” is shown"), async || self.text().await.contains(text)).await;
    }

    /// Everything of this role that is there for assistive technology; of any role for `""`.
    pub(crate) async fn all(&self, role: &str) -> Vec<Found> {
        let found = self.query(role).await;
        // Nothing is there on a page that is being replaced, for who does not wait.
        if self.waits.load(Ordering::Relaxed) == 0 {
            return found.unwrap_or_default();
        }
        self.answered(found)
    }

    async fn query(&self, role: &str) -> WebDriverResult<Vec<Found>> {
        let page = self.cdp("Runtime.evaluate", json!({"expression": "document"})).await?;
        let mut wanted = json!({"objectId": page["result"]["objectId"]});
        if !role.is_empty() {
            wanted["role"] = role.into();
        }
        let found = self.cdp("Accessibility.queryAXTree", wanted).await?;
        Ok(found["nodes"].as_array().into_iter().flatten().filter_map(Found::read).collect())
    }

    /// The one of this role and name now, if there is one.
    pub(crate) async fn look(&self, role: &str, name: &str) -> Option<Found> {
        let all = self.all(role).await;
        let one = |whole: bool| all.iter().find(|found| found.is_called(name, whole)).cloned();
        one(true).or_else(|| one(false))
    }

    /// Waits for the one of this role and name (or whose name begins so).
    pub(crate) async fn find(&self, role: &str, name: &str) -> Found {
        let what = format!("there is a {role} “{name}”");
        self.wait_for(PATIENCE, &what, async || self.look(role, name).await).await
    }

    /// Waits until there is none.
    pub(crate) async fn gone(&self, role: &str, name: &str) {
        let what = format!("there is no {role} “{name}”");
        self.wait(&what, async || self.look(role, name).await.is_none()).await;
    }

    /// The same as something that the driver can click.
    pub(crate) async fn element(&self, found: &Found) -> WebDriverResult<WebElement> {
        let node = self.cdp("DOM.resolveNode", json!({"backendNodeId": found.node})).await?;
        let stash = json!({
            "objectId": node["object"]["objectId"],
            "functionDeclaration": "function () { window.__story = this }",
        });
        self.cdp("Runtime.callFunctionOn", stash).await?;
        self.driver().execute("return window.__story", Vec::new()).await?.element()
    }

    /// Clicks, as soon as it is there and nothing lies over it.
    pub(crate) async fn click(&self, role: &str, name: &str) {
        let found = self.find(role, name).await;
        // What has just been drawn anew, or is still covered, is tried again: nothing was clicked.
        let clicked = async || match self.look(role, name).await {
            Some(found) => match self.element(&found).await {
                Ok(element) => element.click().await.is_ok(),
                Err(_) => false,
            },
            None => false,
        };
        self.wait(&format!("{found:?} can be clicked"), clicked).await;
    }

    /// Types into a field, in place of what is there.
    pub(crate) async fn fill(&self, role: &str, name: &str, text: &str) {
        let found = self.find(role, name).await;
        // As with a click. What was typed before it was drawn anew is cleared.
        let typed = async |found: &Found| {
            let field = self.element(found).await?;
            field.clear().await?;
            field.send_keys(text).await
        };
        let filled = async || match self.look(role, name).await {
            Some(found) => typed(&found).await.is_ok(),
            None => false,
        };
        self.wait(&format!("{found:?} can be filled"), filled).await;
    }

    /// Presses keys, wherever the focus is.
    pub(crate) async fn press(&self, keys: impl AsRef<str>) {
        self.driver().action_chain().send_keys(keys.as_ref()).perform().await.unwrap();
    }

    /// What has the focus; `None` when it is the page as a whole, or something that is not there
    /// for assistive technology.
    pub(crate) async fn focus(&self) -> Option<Found> {
        let tree = self.answered(self.focused().await);
        Found::read(&tree["nodes"][0]).filter(|found| found.role != "RootWebArea")
    }

    async fn focused(&self) -> WebDriverResult<Value> {
        let node = self.cdp("Runtime.evaluate", json!({"expression": FOCUS})).await?;
        let wanted = json!({"objectId": node["result"]["objectId"], "fetchRelatives": false});
        self.cdp("Accessibility.getPartialAXTree", wanted).await
    }

    /// Whether one can see where the focus is: an outline or a shadow around it.
    pub(crate) async fn focus_shows(&self) -> bool {
        let script = format!(
            "const style = getComputedStyle({FOCUS});
             return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1
                 || style.boxShadow !== 'none'"
        );
        self.script(&script).await == json!(true)
    }

    /// What the browser complained of since the last look: a policy that was broken, an error
    /// that nobody caught or that a script reported. Statuses of replies are no complaint.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let lines = self.driver().browser_log().await.unwrap();
        lines
            .into_iter()
            .filter(|line| {
                let source = line.source.as_deref().unwrap_or_default();
                line.message.contains("Content Security Policy")
                    || (line.level == "SEVERE" && source != "network")
            })
            .map(|line| line.message)
            .collect()
    }

    /// Ends the window; fails where the browser complained.
    pub(crate) async fn end(mut self) {
        let complaints = self.complaints().await;
        let driver = self.driver.take().unwrap();
        driver.quit().await.unwrap();
        assert!(complaints.is_empty(), "the browser complained:\n{}", complaints.join("\n"));
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let Some(driver) = self.driver.take() else { return };
        let capabilities = serde_json::to_value(driver.handle().capabilities()).unwrap_or_default();
        // Its own way of quitting blocks the runtime that the server needs.
        let _ = driver.leak();
        end_process(&capabilities);
        assert!(std::thread::panicking(), "a window was not ended: nobody asked for complaints");
    }
}
