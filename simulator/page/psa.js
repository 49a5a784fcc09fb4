// The three ticket systems: their screens, their pod's address, their last notes.

import { $, clock, drawn, el, send } from "./dom.js";

const cards = drawn();

export function show(state) {
  cards(state.psas, (psas) => {
    // What is being typed stays.
    const typed = document.activeElement?.closest?.("#psa-list form input");
    const kept = typed && { psa: typed.dataset.psa, value: typed.value };
    $("psa-list").replaceChildren(...psas.map(card));
    if (!kept) return;
    const again = document.querySelector(`#psa-list input[data-psa="${kept.psa}"]`);
    again.value = kept.value;
    again.focus();
  });
}

function card(psa) {
  const input = el("input", {
    type: "url", value: psa.pod ?? "", placeholder: "The pod’s address, with its variables", "data-psa": psa.psa, "aria-label": `Pod of ${psa.name}`, autocomplete: "off", spellcheck: "false",
  });
  const problem = el("p", { class: "problem", role: "alert" });
  const save = async (event) => {
    event.preventDefault();
    const reply = await send("POST", "/api/psa-pod", { psa: psa.psa, url: input.value });
    problem.textContent = reply.ok ? "" : reply.body.message;
  };
  return el("section", { class: "card psa", "data-psa": psa.psa },
    el("div", { class: "heading" }, el("h3", {}, psa.name), el("a", { href: psa.site, target: "_blank", rel: "noopener" }, "Ticket screens")),
    el("form", { class: "line", onsubmit: save }, input, el("button", { type: "submit" }, "Set pod")),
    problem,
    el("ol", { class: "written" }, ...(psa.notes.length ? psa.notes.map((note) => entry(psa, note)) : [el("li", { class: "none" }, "No note yet.")])));
}

function entry(psa, note) {
  const number = psa.tickets.find((ticket) => ticket.id === note.ticket)?.number ?? String(note.ticket);
  return el("li", { "data-note": String(note.id) },
    el("span", { class: "sub" },
      el("a", { href: `${psa.site}/tickets/${note.ticket}`, target: "_blank", rel: "noopener" }, number),
      ` · ${note.author ?? note.login} · ${clock(note.at_ms, true)} · ${note.internal ? "internal" : "public"}`),
    el("p", {}, note.text));
}
