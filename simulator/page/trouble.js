// What goes wrong next, and what was asked so far.

import { $, clock, drawn, el, send } from "./dom.js";

const COMPANIES = {
  entra: { name: "Microsoft Entra", says: "hands out access tokens", on: [["any request", ""]] },
  graph: {
    name: "Microsoft Graph",
    says: "people, phones, passwords",
    on: [["setting a password", "PATCH /v1.0/users"], ["looking up phones", "phoneMethods"], ["finding a person", "GET /v1.0/users"], ["any request", ""]],
  },
  twilio: { name: "Twilio", says: "sends the texts", on: [["sending a text", "POST /2010-04-01"], ["any request", ""]] },
  duo: { name: "Duo", says: "asks people on their devices", on: [["sending a push", "POST /auth/v2/auth"], ["how a push stands", "auth_status"], ["who takes pushes", "preauth"], ["any request", ""]] },
  connectwise: { name: "ConnectWise", says: "tickets, by their REST API", on: [["reading tickets", "service/tickets"], ["writing a note", "POST"], ["who a member is", "myMembers"], ["any request", ""]] },
  halo: { name: "Halo", says: "tickets, by their API", on: [["a token", "/auth/token"], ["reading a ticket", "GET /api/Tickets"], ["writing a note", "POST /api/Actions"], ["any request", ""]] },
  autotask: { name: "Autotask", says: "tickets, by their REST API", on: [["the zone", "zoneInformation"], ["reading a ticket", "/Tickets/"], ["writing a note", "/Notes"], ["any request", ""]] },
  mail: { name: "Mail server", says: "takes the mails, over SMTP", on: [["taking a mail", "DATA"], ["the recipient", "RCPT"], ["signing in", "AUTH"], ["connecting", "CONNECT"]] },
};

const SILENCE = [
  ["Act, then hang up", "The act is done; the reply never comes.", { kind: "apply_then_drop" }],
  ["Hang up", "The connection closes before anything is done.", { kind: "drop_before" }],
  ["Half a reply", "The act is done; the reply breaks off.", { kind: "half_reply" }],
  ["15 s late", "The act is done at once; the reply takes 15 seconds.", { kind: "slow", ms: 15000 }],
];
const HTTP = [
  ["429, wait 5 s", "Too many requests, with Retry-After.", { kind: "status", status: 429, retry_after: 5 }],
  ["503", "Not available; nothing was done.", { kind: "status", status: 503, retry_after: null }],
  ["500", "An error of theirs; nothing was done.", { kind: "status", status: 500, retry_after: null }],
  ["502 in HTML", "A gateway before them answers; nothing was done.", { kind: "html", status: 502 }],
];
const SMTP = [
  ["451", "Not now; nothing was done.", { kind: "status", status: 451, retry_after: null }],
  ["550", "No, and not later either.", { kind: "status", status: 550, retry_after: null }],
];
const GRAPH_ONLY = [
  ["403, no code", "An error that says next to nothing; nothing was done.", { kind: "bare", status: 403 }],
  ["Too simple", "Microsoft refuses the password as not complex enough.", { kind: "refuse_password" }],
];

/** What can go wrong at a company. */
function faults(at) {
  if (at === "mail") return [...SILENCE, ...SMTP];
  return [...SILENCE, ...HTTP, ...(at === "graph" ? GRAPH_ONLY : [])];
}

const queue = drawn();
const requests = drawn();

export function show(state) {
  queue(state.faults, (faults) => {
    $("forget").hidden = faults.length === 0;
    $("fault-total").hidden = faults.length === 0;
    $("fault-total").textContent = String(faults.length);
    $("queue").replaceChildren(...(faults.length ? faults.map(waiting) : [el("li", { class: "none" }, "Nothing. Every request is answered as it should be.")]));
  });
  requests(state.requests, (rows) => {
    $("request-list").replaceChildren(...(rows.length ? rows.map(request) : [el("li", { class: "none" }, "Nobody has asked for anything yet.")]));
  });
}

function label(fault) {
  const found = [...SILENCE, ...HTTP, ...SMTP, ...GRAPH_ONLY].find(([, , known]) => known.kind === fault.kind && known.status === fault.status);
  return found ? found[0] : fault.status ? String(fault.status) : fault.kind.replaceAll("_", " ");
}

function waiting(one) {
  const company = COMPANIES[one.at];
  const on = company.on.find(([, matcher]) => matcher === (one.matcher ?? ""))?.[0] ?? one.matcher;
  return el("li", {}, el("span", { class: `pill ${one.at}` }, company.name), el("strong", {}, label(one.fault)), el("span", { class: "sub" }, on));
}

function request(one) {
  const status = one.status ?? "cut";
  const kind = one.status === null ? "cut" : one.status < 300 ? "good" : one.status < 500 ? "warn" : "bad";
  return el("li", {},
    el("time", {}, clock(one.at_ms, true)),
    el("span", { class: `pill ${one.company}` }, { entra: "Entra", graph: "Graph", twilio: "Twilio", duo: "Duo", mail: "Mail", connectwise: "CW", halo: "Halo", autotask: "Autotask" }[one.company]),
    el("code", { title: readable(one.path) }, el("b", {}, one.method), " ", short(readable(one.path))),
    el("span", { class: `status ${kind}` }, one.known ? String(status) : `${status} unknown`));
}

function readable(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Long ids keep their ends: who is meant can still be seen, and a row stays a line. */
function short(path) {
  return path
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8}([0-9a-f]{4})/gi, "…$1")
    .replace(/\b(AC|SM|MM)[0-9a-f]{28}([0-9a-f]{4})\b/gi, "$1…$2");
}

for (const [at, company] of Object.entries(COMPANIES)) {
  const select = el("select", { "aria-label": `Which requests to ${company.name}` }, ...company.on.map(([text, value]) => el("option", { value }, text)));
  const buttons = faults(at).map(([text, title, fault]) =>
    el("button", { type: "button", title, "data-fault": `${at} ${fault.kind} ${fault.status ?? ""}`.trim(), onclick: () => send("POST", "/api/faults", { at, matcher: fault.kind === "refuse_password" ? "PATCH /v1.0/users" : select.value, fault }) }, text));
  $("companies").append(el("div", { class: "card company" },
    el("div", { class: "heading" }, el("h3", {}, company.name, el("span", { class: "sub" }, company.says)), company.on.length > 1 ? select : null),
    el("div", { class: "buttons" }, ...buttons)));
}
$("forget").addEventListener("click", () => send("DELETE", "/api/faults"));
