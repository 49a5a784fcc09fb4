// <msp-password-reset>: loads the pod's wasm once per page and mounts it in a shadow root.
// wasm-bindgen can't extend HTMLElement, so this class is written by hand. See README.md.

import init, { mount, on_panic } from "./pod.js";

const FAILED = "The password reset could not be loaded. Reload the page; if that does not help, tell your admin.";
const CRASHED = "Something went wrong in the password reset. Reload the page. A reset that was under way goes on.";

// A constructed sheet is allowed by `style-src 'self'`; a <style> element or attribute is not.
const sheet = new CSSStyleSheet();
// What is there until the real one has come, so that nothing jumps.
sheet.replaceSync(`
:host { display: block; }
[aria-busy] > div { height: 1rem; margin: .75rem; border-radius: .25rem; background: #8883; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.broken { margin: 0; padding: 12px; font: 14px/1.45 system-ui, sans-serif; }
`);

const alive = new Set();
let crashed = false;
let loading = null;

// Once per page; after a failure, the next element tries again.
function load() {
  loading ??= Promise.all([style(), wasm()]).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function style() {
  const reply = await fetch(new URL("./pod.css", import.meta.url));
  if (!reply.ok) throw new Error(`style sheet: ${reply.status}`);
  await sheet.replace(await reply.text());
}

async function wasm() {
  await init({ module_or_path: new URL("./pod_bg.wasm", import.meta.url) });
  // A panic ends the wasm instance, and with it every pod of the page.
  on_panic((message) => {
    crashed = true;
    console.error(message);
    // Not now: the crashed code is still on the stack.
    queueMicrotask(() => alive.forEach((element) => element.say(CRASHED)));
  });
}

class MspPasswordReset extends HTMLElement {
  static observedAttributes = ["contact", "ticket", "host"];
  #root = null;
  #pod = null;
  #due = false;

  connectedCallback() {
    if (!this.#root) {
      this.#root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      this.#root.adoptedStyleSheets = [sheet];
    }
    alive.add(this);
    this.#remount();
  }

  disconnectedCallback() {
    alive.delete(this);
    this.#unmount();
    this.#root?.replaceChildren();
  }

  attributeChangedCallback(_name, before, now) {
    if (this.isConnected && before !== now) this.#remount();
  }

  // Attributes often change several at a time: one new pod for all of them.
  #remount() {
    this.#unmount();
    if (this.#root) this.#skeleton();
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#mount();
    });
  }

  async #mount() {
    if (!this.isConnected || !this.#root) return;
    if (crashed) return this.say(CRASHED);
    try {
      await load();
    } catch (error) {
      console.error(error);
      if (this.isConnected) this.say(FAILED);
      return;
    }
    // It left, was mounted by a later call, or is about to be, while this one waited.
    if (!this.isConnected || this.#pod || this.#due || crashed) return;
    this.#root.replaceChildren();
    const of = (name) => this.getAttribute(name)?.trim() ?? "";
    const contact = of("contact");
    const ticket = of("ticket");
    const tell = (name, id) => {
      const detail = { contact, ticket: ticket || null };
      detail[name.startsWith("verif") ? "destination" : "reset"] = id;
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
    };
    try {
      this.#pod = mount(this.#root, contact, ticket, of("host"), tell);
    } catch (error) {
      console.error(error);
      this.say(crashed ? CRASHED : FAILED);
    }
  }

  #unmount() {
    const pod = this.#pod;
    this.#pod = null;
    if (!pod || crashed) return;
    pod.unmount();
    pod.free();
  }

  #skeleton() {
    const box = document.createElement("section");
    box.className = "pod";
    box.setAttribute("aria-busy", "true");
    const word = document.createElement("p");
    word.className = "vh";
    word.setAttribute("role", "status");
    word.textContent = "Loading…";
    const bones = ["bone wide", "bone", "bone block", "bone tall"].map((name) => {
      const bone = document.createElement("div");
      bone.className = name;
      return bone;
    });
    box.append(word, ...bones);
    this.#root.replaceChildren(box);
  }

  // In place of the pod.
  say(text) {
    if (crashed) this.#pod = null;
    const word = document.createElement("p");
    word.className = "broken";
    word.setAttribute("role", "alert");
    word.textContent = text;
    this.#root?.replaceChildren(word);
  }
}

if (!customElements.get("msp-password-reset")) {
  customElements.define("msp-password-reset", MspPasswordReset);
}
