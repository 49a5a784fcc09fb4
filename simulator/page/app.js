// The page's heart: keeps asking for news and hands them to the parts.

import { $ } from "./dom.js";
import * as phones from "./phones.js";
import * as mail from "./mail.js";
import * as duo from "./duo.js";
import * as psa from "./psa.js";
import * as codes from "./codes.js";
import * as directory from "./directory.js";
import * as trouble from "./trouble.js";

const SECTIONS = ["phones", "mail", "duo", "psas", "codes", "directory", "trouble", "requests"];

/** `#/directory`, or `#/phones/+12065550123`. The slash keeps the browser from scrolling to the section. */
function place() {
  const [section, detail] = decodeURIComponent(location.hash.slice(2)).split("/");
  return { section: SECTIONS.includes(section) ? section : null, detail };
}

function navigate() {
  const { section, detail } = place();
  const wide = matchMedia("(min-width: 1080px)").matches;
  // Wide: the phones stay, the rest changes beside them. Narrow: one at a time.
  const shown = section ?? "phones";
  const beside = shown === "phones" ? (document.body.dataset.beside ?? "directory") : shown;
  document.body.dataset.shown = shown;
  document.body.dataset.beside = beside;
  for (const button of document.querySelectorAll("nav button")) {
    const here = button.dataset.go === (wide ? beside : shown);
    if (here) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  phones.choose(detail ?? null);
  phones.seen();
  mail.seen();
}

async function follow() {
  let version = 0;
  for (;;) {
    try {
      const reply = await fetch(`/api/state?since=${version}`);
      if (!reply.ok) throw new Error(String(reply.status));
      const state = await reply.json();
      $("offline").hidden = true;
      if (state.version === version) continue;
      version = state.version;
      phones.show(state);
      mail.show(state);
      duo.show(state);
      psa.show(state);
      directory.show(state);
      trouble.show(state);
      codes.refresh(state.authenticators);
    } catch {
      $("offline").hidden = false;
      version = 0;
      await new Promise((done) => setTimeout(done, 1500));
    }
  }
}

for (const button of document.querySelectorAll("nav button")) {
  button.addEventListener("click", () => { location.hash = `/${button.dataset.go}`; });
}
addEventListener("hashchange", navigate);
addEventListener("resize", navigate);
navigate();
codes.start();
follow();
