//! A screen in a browser, from a state and without a server.

use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use leptos::task::tick;
use pod::{Model, Screen, Wish};
use shared::PodState;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, ShadowRoot};

/// A mounted screen, what it wished for, and a way to look at it.
pub(crate) struct Shown {
    host: HtmlElement,
    pub(crate) root: ShadowRoot,
    pub(crate) model: Model,
    wishes: Arc<Mutex<Vec<Wish>>>,
    handle: Option<Box<dyn std::any::Any>>,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.handle.take();
        self.host.remove();
    }
}

impl Shown {
    pub(crate) async fn with(state: PodState) -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let host: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        document.body().unwrap().append_child(&host).unwrap();
        let how = web_sys::ShadowRootInit::new(web_sys::ShadowRootMode::Open);
        let root = host.attach_shadow(&how).unwrap();
        let wishes = Arc::new(Mutex::new(Vec::new()));
        let made = Arc::new(Mutex::new(None));
        let (heard, out) = (Arc::clone(&wishes), Arc::clone(&made));
        let inner: web_sys::Node = root.clone().into();
        let handle = leptos::mount::mount_to(root.clone().unchecked_into(), move || {
            let model = Model::new();
            *out.lock().unwrap() = Some(model);
            let wish = UnsyncCallback::new(move |(wish,)| heard.lock().unwrap().push(wish));
            view! { <Screen root=inner model wish /> }
        });
        let model = made.lock().unwrap().take().unwrap();
        model.show(state);
        tick().await;
        Self { host, root, model, wishes, handle: Some(Box::new(handle)) }
    }

    pub(crate) fn find(&self, selector: &str) -> Option<Element> {
        self.root.query_selector(selector).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        self.find(".pod").map(|pod| pod.text_content().unwrap()).unwrap_or_default()
    }

    pub(crate) fn button(&self, name: &str) -> HtmlElement {
        let all = self.root.query_selector_all("button").unwrap();
        let mut all: Vec<_> = (0..all.length()).filter_map(|at| all.item(at)).collect();
        // Of two that have the same name the one in the open dialog is meant.
        all.sort_by_key(|button| {
            let button: &Element = button.unchecked_ref();
            button.closest("dialog[open]").unwrap().is_none()
        });
        all.into_iter()
            .find(|button| button.text_content().unwrap().trim() == name)
            .unwrap_or_else(|| panic!("no button {name:?} in {}", self.text()))
            .unchecked_into()
    }

    pub(crate) fn described(&self, element: &Element) -> String {
        let ids = element.get_attribute("aria-describedby").unwrap();
        let texts = ids.split(' ').map(|id| {
            let of = self.root.get_element_by_id(id);
            of.unwrap_or_else(|| panic!("no #{id}")).text_content().unwrap()
        });
        texts.collect()
    }

    pub(crate) fn wished(&self) -> Vec<Wish> {
        std::mem::take(&mut self.wishes.lock().unwrap())
    }

    /// Shows another state.
    pub(crate) async fn show(&self, state: &PodState) {
        self.model.show(state.clone());
        tick().await;
    }
}

/// Types into a field.
pub(crate) fn type_in(field: &HtmlInputElement, text: &str) {
    field.set_value(text);
    field.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
}
