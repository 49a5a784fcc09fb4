//! A pod that JavaScript mounts and takes away.
#![cfg(target_arch = "wasm32")]

use leptos::prelude::document;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::js_sys::Function;

wasm_bindgen_test_configure!(run_in_browser);

const CONTACT: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

#[wasm_bindgen_test]
fn a_pod_that_is_taken_away_leaves_nothing_behind() {
    let root = document().create_element("div").unwrap();
    let never = Function::new_no_args("return new Promise(() => {})");
    let mut mounted = pod::mount(root.clone().into(), CONTACT, "", never.clone(), never);
    assert_eq!(root.child_element_count(), 1, "one pod");
    mounted.unmount();
    assert_eq!(root.child_element_count(), 0, "its element is the first that it owns");
    mounted.unmount();
}
