// Everybody at Microsoft, with the password that is right at this moment.

import { $, clock, drawn, el, hue, initials, send } from "./dom.js";

let tenants = [];
let showAll = false;
const open = new Set();
const list = drawn();
const names = drawn();

export function show(state) {
  tenants = state.tenants;
  names(tenants.flatMap((tenant) => tenant.users.map((user) => user.upn)), (upns) => {
    $("upns").replaceChildren(...upns.map((upn) => el("option", { value: upn })));
  });
  draw();
}

function draw() {
  list([tenants, showAll, [...open]], () => {
    const focused = document.activeElement?.dataset?.key;
    $("tenants").replaceChildren(...tenants.map((tenant) => el("div", { class: "tenant" },
      el("h3", {}, tenant.name, el("span", { class: "sub" }, tenant.domain)),
      registration(tenant),
      el("ul", { class: "card users" }, ...tenant.users.map(person)))));
    if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  });
}

/** What the portal shows of the MSP's app: its ids, its credentials, and a way to add a certificate. */
function registration(tenant) {
  const upload = el("input", { type: "file", class: "hidden", tabindex: "-1", accept: ".pem,.cer,.crt", "aria-label": `Certificate for ${tenant.name}`, "data-certificate": tenant.domain, onchange: (event) => register(tenant, event.target) });
  return el("p", { class: "sub registration" },
    `Directory ${tenant.id} · application ${tenant.app.client_id} · `,
    tenant.app.credentials.length ? tenant.app.credentials.map(credential).join(" · ") : "no credential", " ",
    upload,
    el("button", { type: "button", class: "quiet", "data-key": `certificate ${tenant.domain}`, "aria-label": `Add a certificate to the app of ${tenant.name}`, onclick: () => upload.click() }, "Add a certificate"),
    el("span", { role: "status" }));
}

function credential(one) {
  const until = one.until_ms === null ? "without end" : `until ${new Date(one.until_ms).toISOString().slice(0, 10)}`;
  return `${one.kind} ${one.hint} ${until}`;
}

async function register(tenant, input) {
  const [file] = input.files;
  if (!file) return;
  const { body } = await send("POST", "/api/certificates", { tenant: tenant.id, certificate: await file.text() });
  input.value = "";
  // Success shows itself: the list of credentials is drawn anew.
  input.parentElement.querySelector("[role=status]").textContent = body.message ?? "";
}

function person(user) {
  const visible = showAll || open.has(user.upn);
  return el("li", { "data-upn": user.upn, class: user.set_by === "graph" ? "reset" : null },
    el("span", { class: `avatar ${hue(user.name)}`, "aria-hidden": "true" }, initials(user.name)),
    el("div", { class: "lines" },
      el("strong", {}, user.name),
      el("span", { class: "sub" }, user.upn.replace(/@[^@]*$/, ""), el("wbr"), user.upn.slice(user.upn.lastIndexOf("@"))),
      user.language ? el("span", { class: "sub" }, `reads ${user.language}`) : null,
      user.badges.length ? el("span", { class: "badges" }, ...user.badges.map((text) => el("span", { class: "badge" }, text))) : null),
    el("div", { class: "secret" },
      el("span", { class: "value" },
        el("code", { class: visible ? null : "dots", "aria-label": visible ? null : "hidden password" }, visible ? user.password : "••••••••••"),
        el("button", { type: "button", class: "quiet", "data-key": `show ${user.upn}`, "aria-pressed": String(visible), "aria-label": `${visible ? "Hide" : "Show"} the password of ${user.name}`, onclick: () => toggle(user.upn, visible) }, visible ? "Hide" : "Show"),
        el("button", { type: "button", class: "quiet", "data-key": `try ${user.upn}`, "aria-label": `Sign in as ${user.name}`, onclick: () => fill(user.upn) }, "Sign in")),
      el("span", { class: "sub" }, history(user)),
      user.must_change ? el("span", { class: "badge due" }, "must change at next sign-in") : null));
}

function history(user) {
  if (user.set_by === "start") return "never reset";
  const times = user.set_count === 1 ? "once" : `${user.set_count} times`;
  const by = user.set_by === "graph" ? `reset ${clock(user.set_at_ms, true)}` : `chosen by the person ${clock(user.set_at_ms, true)}`;
  return user.set_count ? `${by} · reset ${times}`.replace(/^reset (\S+) · reset once$/, "reset $1") : by;
}

function toggle(upn, visible) {
  if (showAll) return setAll(false);
  if (visible) open.delete(upn);
  else open.add(upn);
  draw();
}

function setAll(on) {
  showAll = on;
  if (!on) open.clear();
  $("show-all").textContent = on ? "Hide passwords" : "Show passwords";
  $("show-all").setAttribute("aria-pressed", String(on));
  draw();
}

function fill(upn) {
  $("signin-upn").value = upn;
  $("signin-password").value = "";
  askForNew(false);
  say("", "");
  $("signin").scrollIntoView({ block: "nearest" });
  $("signin-password").focus();
}

function askForNew(on) {
  $("signin-new-label").hidden = !on;
  $("signin-new").required = on;
  $("signin-new").value = "";
}

function say(outcome, message) {
  $("signin-outcome").className = `outcome ${outcome}`;
  $("signin-outcome").textContent = message;
}

$("show-all").addEventListener("click", () => setAll(!showAll));
$("signin-upn").addEventListener("input", () => askForNew(false));
$("signin").addEventListener("submit", async (event) => {
  event.preventDefault();
  const ask = { upn: $("signin-upn").value, password: $("signin-password").value };
  if (!$("signin-new-label").hidden) ask.new_password = $("signin-new").value;
  const { body } = await send("POST", "/api/sign-in", ask);
  say(body.outcome, body.message);
  if (body.outcome === "choose") {
    askForNew(true);
    $("signin-new").focus();
  } else if (body.outcome !== "refused") {
    askForNew(false);
  }
});
