// Mailboxes with what arrived in them, as text.

import { $, clock, drawn, el, hue, initials } from "./dom.js";

let mails = [];
let first = true;
const known = new Set();
const fresh = new Set();
const open = new Set();
const read = new Set(JSON.parse(sessionStorage.getItem("read mails") ?? "[]"));
const boxes = drawn();

export function show(state) {
  mails = state.mails;
  for (const mail of mails) {
    if (known.has(mail.id)) continue;
    known.add(mail.id);
    if (first) continue;
    fresh.add(mail.id);
    setTimeout(() => fresh.delete(mail.id), 4000);
    $("news").textContent = `New mail for ${mail.to}: ${mail.subject}`;
  }
  first = false;
  draw();
  seen();
}

/** Mails on a screen that somebody looks at are read. */
export function seen() {
  if ($("mail").offsetParent === null || document.visibilityState !== "visible") return count();
  for (const mail of mails) read.add(mail.id);
  sessionStorage.setItem("read mails", JSON.stringify(mails.map((mail) => mail.id)));
  count();
}

function count() {
  const unread = mails.filter((mail) => !read.has(mail.id)).length;
  $("mail-total").hidden = unread === 0;
  $("mail-total").textContent = String(unread);
}

function draw() {
  boxes([mails, [...open]], () => {
    const focused = document.activeElement?.dataset?.key;
    const addresses = [...new Set([...mails].reverse().map((mail) => mail.to))];
    $("mailboxes").replaceChildren(...(addresses.length ? addresses.map(box) : [
      el("p", { class: "none" }, "No mail yet. Reset a password, and its owner is told by mail."),
    ]));
    if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  });
}

function box(address) {
  const here = mails.filter((mail) => mail.to === address).reverse();
  const name = /^"?([^"<]+?)"? *</.exec(here[0].recipient)?.[1] ?? address;
  return el("section", { class: "card mailbox", "data-mailbox": address },
    el("div", { class: "who" },
      el("span", { class: `avatar ${hue(name)}`, "aria-hidden": "true" }, initials(name)),
      el("span", { class: "lines" }, el("h3", {}, name), el("span", { class: "sub" }, address))),
    el("ol", { class: "mails" }, ...here.map(entry)));
}

function entry(mail) {
  const summary = el("summary", { "data-key": `mail ${mail.id}` },
    el("strong", {}, mail.subject || "(no subject)"), el("time", {}, clock(mail.at_ms, true)));
  const letter = el("details", { open: open.has(mail.id) }, summary,
    el("p", { class: "sub from" }, `from ${mail.sender.replaceAll('"', "")}`),
    el("p", { class: "letter" }, mail.text.trimEnd()));
  letter.addEventListener("toggle", () => {
    if (letter.open) open.add(mail.id);
    else open.delete(mail.id);
  });
  return el("li", { "data-mail": mail.id, class: fresh.has(mail.id) ? "fresh" : null }, letter);
}

document.addEventListener("visibilitychange", seen);
