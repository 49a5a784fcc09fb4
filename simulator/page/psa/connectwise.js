// ConnectWise PSA: the host's side of its Hosted API (SOURCES.md C§9), as silent about mistakes as the real
// one. Everything that was said, and why something was not heard, is in `window.hostedLog`.

import { current, frame, show, start } from "/psa/screen.js";

const $ = (id) => document.getElementById(id);
const { as, origin } = document.body.dataset;

/** `{direction: "in" | "out", text, ignored?}`: the words as sent, oldest first. */
window.hostedLog = [];

/** What the frame must name from now on; nothing before its `ready`. */
let frameId = null;

/** Events that wait for their answer, by `_id`. */
const pending = new Map();
let counted = 0;

function log(direction, text, ignored) {
  window.hostedLog.push(ignored ? { direction, text, ignored } : { direction, text });
}

function say(message) {
  const text = JSON.stringify(message);
  log("out", text);
  frame.contentWindow.postMessage(text, origin);
}

/** The screen hangs while anything is owed to it. */
function hang() {
  const hangs = pending.size > 0;
  document.body.classList.toggle("hanging", hangs);
  $("waiting").hidden = !hangs;
}

/** Tells the frame of an event, and waits for its answer. */
function tell(event) {
  counted += 1;
  // Which type an `_id` has is not known [K]: a number and a text by turns, so that nobody relies on one.
  const id = counted % 2 ? 7000 + counted : `evt-${7000 + counted}`;
  const answered = new Promise((done) => pending.set(id, { event, done }));
  hang();
  say({ event, _id: id, data: { screenObject: { screen: "ticket", id: current, hostedAs: "pod" } } });
  return answered;
}

function loaded() {
  if (frameId) tell("onLoad").then(failures);
}

function failures(errors) {
  $("save-errors").replaceChildren(...errors.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
}

function refresh() {
  document.body.classList.remove("dirty");
  $("ask-refresh").hidden = true;
  show(current);
}

const requests = {
  async getMemberAuthentication() {
    const reply = await fetch(`/screen/member?as=${encodeURIComponent(as)}`);
    if (reply.ok) say({ response: "getmemberauthentication", data: await reply.json() });
  },
  setDirty({ dirty }) {
    document.body.classList.toggle("dirty", dirty === true);
  },
  refreshScreen() {
    if (document.body.classList.contains("dirty")) $("ask-refresh").hidden = false;
    else refresh();
  },
  openScreen({ newTab, screen, id }) {
    if (screen !== "ticket") return;
    if (newTab) window.open(`/tickets/${Number(id)}?as=${encodeURIComponent(as)}`, "_blank", "noopener");
    else show(Number(id));
  },
};

/** Why a message is not heard, or nothing after it was. */
function hear(event) {
  if (event.origin !== origin) return "origin";
  if (typeof event.data !== "string") return "no text";
  let said;
  try {
    said = JSON.parse(event.data);
  } catch {
    return "no JSON";
  }
  if (said === null || typeof said !== "object") return "no object";
  if (said.message === "ready") {
    frameId = crypto.randomUUID();
    // A frame that was loaded anew owes nothing any more.
    pending.clear();
    say({ MessageFrameID: frameId });
    loaded();
    return null;
  }
  if (frameId === null || said.frameID !== frameId) return "frameID";
  if ("event" in said) {
    const waits = pending.get(said._id);
    if (!waits || waits.event !== said.event) return "no such event";
    if (said.result !== "success" && said.result !== "failure") return "no result";
    pending.delete(said._id);
    hang();
    const errors = Array.isArray(said.errors) ? said.errors.map(String) : ["The add-in has refused."];
    waits.done(said.result === "success" ? [] : errors);
    return null;
  }
  // The vendor's library renames `request` to this; `request` is not heard.
  if (!Object.hasOwn(requests, said.hosted_request)) return "hosted_request";
  requests[said.hosted_request](said.args ?? {});
  return null;
}

if (frame) {
  const listen = (event) => {
    if (event.source !== frame.contentWindow) return;
    const place = window.hostedLog.length;
    log("in", event.data);
    const ignored = hear(event);
    if (ignored) window.hostedLog[place].ignored = ignored;
  };
  addEventListener("message", listen);
  window.early.forEach(listen);
  window.early = null;
  start(loaded);
}

$("save")?.addEventListener("click", async () => {
  $("saved").textContent = "";
  const errors = frameId ? await tell("beforeSave") : [];
  failures(errors);
  if (errors.length > 0) return;
  document.body.classList.remove("dirty");
  $("saved").textContent = "Saved";
});
$("refresh-yes")?.addEventListener("click", refresh);
$("refresh-no")?.addEventListener("click", () => { $("ask-refresh").hidden = true; });
