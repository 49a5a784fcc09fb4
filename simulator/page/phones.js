// Whose phone, and the texts on it.

import { $, clock, drawn, el, hue, initials, spaced } from "./dom.js";

let all = [];
let chosen = null;
let asked = null;
let first = true;
const known = new Set();
const fresh = new Set();
const read = new Map(JSON.parse(sessionStorage.getItem("read") ?? "[]"));
const people = drawn();
const thread = drawn();

const arrived = (phone) => phone.texts.filter((text) => text.arrived);
const unread = (phone) => Math.max(0, arrived(phone).length - (read.get(phone.number) ?? 0));
const last = (phone) => phone.texts.at(-1)?.at_ms ?? 0;
const name = (phone) => phone.name || spaced(phone.number);

/** The number that the address names; without one the list is shown where there is no room for both. */
export function choose(number) {
  asked = number;
  document.body.dataset.thread = number ? "open" : "closed";
  if (number) chosen = number;
  draw();
}

export function show(state) {
  // A restarted world has fewer texts: what was read then says nothing now.
  for (const phone of state.phones) {
    if ((read.get(phone.number) ?? 0) > arrived(phone).length) read.set(phone.number, 0);
    for (const text of phone.texts) {
      if (known.has(text.id)) continue;
      known.add(text.id);
      if (first) continue;
      fresh.add(text.id);
      setTimeout(() => fresh.delete(text.id), 4000);
      if (text.arrived) $("news").textContent = `New text for ${name(phone)}`;
    }
  }
  all = state.phones;
  first = false;
  if (!chosen || !all.some((phone) => phone.number === chosen)) {
    chosen = asked ?? [...all].sort((a, b) => last(b) - last(a))[0]?.number ?? null;
  }
  draw();
}

/** Texts on a screen that somebody looks at are read. */
export function seen() {
  const visible = $("thread").offsetParent !== null && document.visibilityState === "visible";
  const phone = all.find((one) => one.number === chosen);
  if (!phone || !visible) return;
  if (read.get(phone.number) === arrived(phone).length) return;
  read.set(phone.number, arrived(phone).length);
  sessionStorage.setItem("read", JSON.stringify([...read]));
  draw();
}

function draw() {
  const find = $("find").value.trim().toLowerCase();
  const digits = find.replace(/[\s()-]/g, "");
  const rows = [...all]
    .sort((a, b) => last(b) - last(a))
    .filter((phone) => !find || phone.name.toLowerCase().includes(find) || (digits && phone.number.includes(digits)))
    .map((phone) => ({ number: phone.number, name: name(phone), tenant: phone.tenant, unread: unread(phone), last: preview(phone), here: phone.number === chosen }));
  people(rows, () => $("people").replaceChildren(...rows.map(row), ...(rows.length || first ? [] : [el("li", { class: "none" }, "Nobody by that name.")])));

  const phone = all.find((one) => one.number === chosen);
  thread({ phone: phone && { ...phone, status: null } }, () => drawThread(phone));
  const total = all.reduce((sum, one) => sum + unread(one), 0);
  $("unread-total").hidden = total === 0;
  $("unread-total").textContent = String(total);
  document.title = total ? `(${total}) The outside world` : "The outside world";
  if (total && phone && unread(phone)) seen();
}

function preview(phone) {
  const text = phone.texts.at(-1);
  if (!text) return null;
  return text.arrived ? text.body.replace(/https?:\/\/\S+/g, "link") : "A text did not arrive";
}

function row(one) {
  return el("li", {},
    el("button", { type: "button", "data-number": one.number, "aria-current": one.here ? "true" : null, onclick: () => { location.hash = `/phones/${one.number}`; } },
      el("span", { class: `avatar ${hue(one.name)}`, "aria-hidden": "true" }, one.tenant ? initials(one.name) : "#"),
      el("span", { class: "lines" },
        el("strong", {}, one.name),
        el("span", { class: "sub" }, one.last ?? spaced(one.number))),
      one.unread ? el("span", { class: "count" }, String(one.unread), el("span", { class: "hidden" }, " unread")) : null));
}

function drawThread(phone) {
  const who = $("who");
  if (!phone) {
    who.replaceChildren();
    $("thread").replaceChildren();
    return;
  }
  who.replaceChildren(
    el("span", { class: `avatar big ${hue(name(phone))}`, "aria-hidden": "true" }, phone.tenant ? initials(phone.name) : "#"),
    el("span", { class: "lines" },
      el("strong", {}, phone.name ? `${phone.name}’s phone` : "A phone nobody registered"),
      el("span", { class: "sub" }, [spaced(phone.number), phone.tenant].filter(Boolean).join(" · "))));
  const list = $("thread");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.replaceChildren(...(phone.texts.length ? phone.texts.map((text, i) => bubble(text, phone.texts[i - 1])) : [
    el("li", { class: "empty" }, el("strong", {}, "No texts yet"), "A text to this number shows up here by itself."),
  ]));
  if (atEnd || phone.texts.some((text) => fresh.has(text.id))) list.scrollTop = list.scrollHeight;
}

const REASONS = { 30003: "the phone could not be reached", 30007: "filtered by the carrier" };

function bubble(text, before) {
  const shown = before && before.from === text.from && text.at_ms - before.at_ms < 300000 ? null
    : el("p", { class: "from" }, `${spaced(text.from)} · ${clock(text.at_ms)}`);
  if (!text.arrived) {
    const why = text.error_code ? `${REASONS[text.error_code] ?? "not delivered"} (${text.error_code})` : "on its way";
    return el("li", { "data-text": text.id, class: "lost" }, `A text at ${clock(text.at_ms)} has not arrived: ${why}.`);
  }
  return el("li", { "data-text": text.id, class: fresh.has(text.id) ? "fresh" : null }, shown, el("p", { class: "bubble" }, ...linked(text.body)));
}

/** Only http and https become links; a full stop after one is not part of it. */
function linked(body) {
  const parts = [];
  let rest = 0;
  for (const match of body.matchAll(/https?:\/\/[^\s<>"]+/g)) {
    const url = match[0].replace(/[.,;:!?)]+$/, "");
    parts.push(body.slice(rest, match.index), el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url));
    rest = match.index + url.length;
  }
  parts.push(body.slice(rest));
  return parts;
}

$("find").addEventListener("input", draw);
$("back").addEventListener("click", () => { location.hash = "/phones"; });
document.addEventListener("visibilitychange", seen);
setInterval(() => { $("clock").textContent = clock(Date.now()); }, 1000);
$("clock").textContent = clock(Date.now());
