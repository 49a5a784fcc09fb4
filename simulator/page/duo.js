// Pushes on people's devices, and what they tap.

import { $, clock, drawn, el, hue, initials, send } from "./dom.js";

const known = new Set();
let first = true;
const list = drawn();

const ENDS = {
  approve: "Approved",
  deny: "Denied",
  fraud: "Denied, and reported as fraud",
  timeout: "Nobody answered in time",
  bypass: "Let in without being asked",
  locked_out: "Locked out",
};

export function show(state) {
  for (const push of state.pushes) {
    if (known.has(push.id)) continue;
    known.add(push.id);
    if (!first) $("news").textContent = `New push for ${push.name}`;
  }
  first = false;
  const waiting = state.pushes.filter((push) => !push.answer).length;
  $("push-total").hidden = waiting === 0;
  $("push-total").textContent = String(waiting);
  list(state.pushes, (pushes) => $("pushes").replaceChildren(...(pushes.length ? pushes.map(card) : [
    el("li", { class: "none" }, "No push yet. Verify somebody with Duo, and their device shows it here."),
  ])));
}

function card(push) {
  const tap = (answer, words, kind) => el("button", {
    type: "button", class: kind, "data-answer": answer, onclick: () => send("POST", `/api/pushes/${push.id}`, { answer }),
  }, words);
  return el("li", { class: "card push", "data-push": push.id },
    el("div", { class: "who" },
      el("span", { class: `avatar ${hue(push.name)}`, "aria-hidden": "true" }, initials(push.name)),
      el("span", { class: "lines" },
        el("h3", {}, push.name),
        el("span", { class: "sub" }, `${push.device} · ${clock(push.at_ms, true)}`))),
    el("p", { class: "letter" }, el("strong", {}, push.kind), ` for ${push.account}, ${push.company}`),
    el("dl", { class: "told" }, ...push.told.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    push.answer
      ? el("p", { class: "sub" }, ENDS[push.answer] ?? push.answer)
      : el("div", { class: "taps" },
        tap("approve", "Approve", "primary"), tap("deny", "Deny"), tap("fraud", "I did not ask for this", "quiet")));
}
