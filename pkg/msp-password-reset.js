// <msp-password-reset>: loads the pod's wasm once per page and mounts it in a shadow root; in a frame of a
// PSA, behind the door. wasm-bindgen can't extend HTMLElement, so this class is written by hand. See
// README.md.

import init, { mount, on_panic } from "./pod.js";
import { asks, unheard } from "./call.js";
import { connect as web } from "./hosts/web.js";

// A host must be answered, and the sign-in shown, before the wasm is there: these come first.
const HOSTS = {
  connectwise: () => import("./hosts/connectwise.js"),
  halo: () => import("./hosts/halo.js"),
  autotask: () => import("./hosts/autotask.js"),
};
const door = () => import("./door.js");

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

// Once per page; after a failure, the next one tries again.
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

// Mounts a pod; what it returns takes it away, with the calls that are under way.
function put(node, contact, ticket, tell, bearer) {
  const calls = new AbortController();
  const pod = mount(node, contact, ticket, tell, asks(bearer, calls.signal));
  return {
    unmount() {
      calls.abort();
      if (crashed) return;
      pod.unmount();
      pod.free();
    },
  };
}

const make = (tag, name) => {
  const node = document.createElement(tag);
  node.className = name;
  return node;
};

const bones = () => ["bone wide", "bone", "bone block", "bone tall"].map((name) => make("div", name));

class MspPasswordReset extends HTMLElement {
  static observedAttributes = ["contact", "ticket", "host", "pod", "origins", "ticket-parameter"];
  #root = null;
  #pod = null;
  #door = null;
  #due = false;
  // Tells a mounting that was overtaken from the one that counts.
  #turn = 0;

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
      if (!this.isConnected) return;
      const turn = ++this.#turn;
      const fresh = () => turn === this.#turn && this.isConnected;
      const host = HOSTS[this.#of("host")];
      (host ? this.#open(host, fresh) : this.#mount(fresh)).catch((error) => {
        console.error(error);
        if (fresh()) this.say(crashed ? CRASHED : FAILED);
      });
    });
  }

  // In a page of ours.
  async #mount(fresh) {
    if (crashed) return this.say(CRASHED);
    await load();
    if (!fresh() || crashed) return;
    this.#root.replaceChildren();
    const at = web(this);
    const known = ["", "web"].includes(this.#of("host"));
    const place = { contact: known ? at.contact() : "", ticket: at.ticket() };
    const tell = (name, id) => this.#tell(name, id, place);
    this.#pod = put(this.#root, place.contact, place.ticket, tell, at.bearer);
  }

  // In a frame of a PSA.
  async #open(host, fresh) {
    // All meanwhile; who fails is asked again when the pod is due.
    load().catch(() => {});
    const way = door();
    const options = {
      origins: this.#of("origins").split(/\s+/).filter(Boolean),
      ticketParameter: this.#of("ticket-parameter") || "ticket",
    };
    const integration = this.#of("pod");
    const { connect } = await host();
    if (!fresh()) return;
    // It is answered from here on, whatever becomes of the rest.
    let arrived = () => {};
    const at = connect(window, { ...options, on: () => arrived() });
    this.#door = at;
    const { open } = await way;
    if (!fresh()) return;
    const stage = make("div", "stage");
    stage.tabIndex = -1;
    const front = document.createElement("div");
    this.#root.replaceChildren(front, stage);
    const opened = open({
      integration,
      host: at,
      parameter: options.ticketParameter,
      stage,
      front,
      bones,
      mount: async (contact, ticket, tell, bearer) => {
        await load().catch((error) => {
          console.error(error);
          throw unheard("The password reset could not be loaded.");
        });
        if (crashed) return { unmount() {} };
        return put(stage, contact, ticket, tell, bearer);
      },
      tell: (name, id, place) => this.#tell(name, id, place),
    });
    this.#door = opened;
    arrived = opened.arrived;
  }

  #tell(name, id, { contact, ticket }) {
    // Its panel has the way.
    if (name === "sign-in") return;
    const detail = { contact, ticket: ticket || null };
    detail[name.startsWith("verif") ? "destination" : "reset"] = id;
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  #of(name) {
    return this.getAttribute(name)?.trim() ?? "";
  }

  #unmount() {
    this.#turn++;
    this.#pod?.unmount();
    this.#door?.close();
    this.#pod = this.#door = null;
  }

  #skeleton() {
    const box = make("section", "pod");
    box.setAttribute("aria-busy", "true");
    const word = make("p", "vh");
    word.setAttribute("role", "status");
    word.textContent = "Loading…";
    box.append(word, ...bones());
    this.#root.replaceChildren(box);
  }

  // In place of the pod. A door stays: its host must be answered.
  say(text) {
    const word = make("p", "broken");
    word.setAttribute("role", "alert");
    word.textContent = text;
    this.#root?.replaceChildren(word);
  }
}

if (!customElements.get("msp-password-reset")) {
  customElements.define("msp-password-reset", MspPasswordReset);
}
