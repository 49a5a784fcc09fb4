// The authenticator app: codes with what is left of their thirty seconds.

import { $, el, send } from "./dom.js";

let ends = 0;
let period = 30000;
let shown = 0;
let asking = false;

/** Asks for the codes; they come with the time that they are still good for. */
async function ask() {
  if (asking) return;
  asking = true;
  try {
    const reply = await fetch("/api/codes");
    const body = await reply.json();
    ends = performance.now() + body.ends_in_ms;
    period = body.period_ms;
    draw(body.codes);
  } catch {
    ends = performance.now() + 2000;
  } finally {
    asking = false;
  }
}

export function refresh(count) {
  if (count !== shown) ask();
}

export function start() {
  ask();
  setInterval(tick, 250);
}

function tick() {
  const left = Math.max(0, ends - performance.now());
  if (left === 0) ask();
  for (const ring of document.querySelectorAll(".ring")) {
    ring.style.setProperty("--left", String(left / period));
    ring.dataset.left = String(Math.ceil(left / 1000));
    ring.classList.toggle("soon", left < 6000);
  }
}

function draw(codes) {
  shown = codes.length;
  $("code-list").replaceChildren(...(codes.length ? codes.map(entry) : [
    el("li", { class: "none" }, "No account yet. Paste the secret that a set-up page shows under its QR code."),
  ]));
  tick();
}

function entry(one, place) {
  return el("li", { class: "card" },
    el("span", { class: "ring", "aria-hidden": "true" }),
    el("span", { class: "lines" },
      el("span", { class: "sub" }, one.label),
      el("output", { class: "otp", "data-code": one.code }, one.code.slice(0, 3), el("i", {}), one.code.slice(3))),
    el("button", { type: "button", class: "quiet", onclick: (event) => copy(event.currentTarget, one.code) }, "Copy"),
    el("button", { type: "button", class: "quiet", "aria-label": `Remove ${one.label}`, onclick: () => send("DELETE", `/api/authenticators/${place}`).then(ask) }, "Remove"));
}

async function copy(button, code) {
  await navigator.clipboard.writeText(code).catch(() => {});
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

$("add-code").addEventListener("submit", async (event) => {
  event.preventDefault();
  const reply = await send("POST", "/api/authenticators", { secret: $("secret").value });
  $("code-problem").textContent = reply.ok ? "" : `That did not work: ${reply.body.message}.`;
  if (!reply.ok) return;
  $("secret").value = "";
  ask();
});
