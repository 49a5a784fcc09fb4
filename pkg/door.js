// The door of a frame: who the technician is and where the pod is, by what the host says and our server
// confirms (`shared/src/frame.rs` has the wire). Nothing is kept but in memory.
//
// enter ──► place ──► pod            let in by the host's word or an earlier pairing
//   └─► pairing ──┘                  or by the technician's own sign-in on our page
//
// Whatever takes time carries a number; an answer whose number is not the present one is dropped.

import { call, passes, tokens, unheard } from "./call.js";
import { screens } from "./screens.js";

// What somebody mends elsewhere is looked at again so often.
const AGAIN = 15_000;
// A ticket's contact may have been changed since: looked at when somebody comes back after so long.
const STALE = 60_000;
// Between two looks at what the host says, however often it says it.
const BURST = 250;
// A redeeming is held for 20 seconds.
const POLL = 40_000;
const SLOWEST = 30_000;

const MENDED_ELSEWHERE = ["ticket-no-contact", "company-unmapped", "ticket-unknown", "host-person-unproven"];
const SIGNED_OUT = ["pairing-needed", "not-signed-in"];

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
// Longer each time, and not all frames at once.
const backoff = (failures) => Math.min(SLOWEST, 1_000 * 2 ** failures) * (0.75 + Math.random() / 2);
const text = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (it) => ({ "+": "-", "/": "_" })[it] ?? "");

/**
 * Opens the door of this frame.
 *
 * `host` is connected already (`hosts/connectwise.js` has its shape), `parameter` names the ticket in the
 * frame's address. `stage` is where the pod goes, `front` where the door shows what it has to say; `bones()`
 * makes a skeleton. `mount(contact, ticket, tell, bearer)` promises a pod in `stage`, which `unmount()` takes
 * away; `tell(name, id, place)` hears of the pod's events. Call `arrived()` when the host says which ticket
 * is open.
 */
export function open({ integration, host, parameter, stage, front, bones, mount, tell }) {
  const screen = screens(front, bones);
  const ends = new AbortController();
  // The host's newest claim: for what follows an enter.
  let claim = null;
  // The pod: `{ pod, contact, ticket, at }`, `at` being the host's ticket.
  let shown = null;
  let turn = 0;
  let busy = false;
  let failures = 0;
  let retry = 0;
  let troubled = false;
  let looked = 0;
  let burst = 0;
  let renewal = 0;
  // The pairing under way, told from others by its identity.
  let pairing = null;

  const kept = tokens(enter, (life) => {
    clearTimeout(renewal);
    renewal = setTimeout(renew, life * 0.8);
  });

  // Lets the frame in; the host's word is asked for anew each time, and once more when it was too old.
  async function enter(renewal) {
    for (let again = false; ; again = true) {
      claim = await host.member();
      const ask = { member: claim, hint: host.hint(), renewal };
      const bearer = kept.present();
      const reply = await call(`/api/frames/${integration}/enter`, ask, { bearer, cookie: true });
      if (reply.ok) return reply.value;
      if (reply.problem.code !== "host-person-unproven" || again) throw reply.problem;
    }
  }

  async function renew() {
    try {
      await kept.bearer(true);
    } catch (problem) {
      if (SIGNED_OUT.includes(problem.code)) pair(false);
      else renewal = setTimeout(renew, AGAIN);
    }
  }

  // What the pod asks for its token by.
  async function bearer(replace) {
    try {
      return await kept.bearer(replace);
    } catch (problem) {
      if (!SIGNED_OUT.includes(problem.code)) throw problem;
      pair(false);
      throw { ...problem, code: "not-signed-in" };
    }
  }

  // Where the host's ticket is here. A token or a word of the host that has just ended is asked for anew.
  async function find(ticket) {
    for (let again = false; ; again = true) {
      const token = await kept.bearer(again, again);
      const reply = await call("/api/pod/place", { ticket, member: claim }, { bearer: token });
      if (reply.ok) return reply.value;
      const renewed = ["not-signed-in", "host-person-unproven"].includes(reply.problem.code);
      if (!renewed || again) throw reply.problem;
    }
  }

  // From wherever it stands to the pod of the host's ticket.
  async function go() {
    const mine = ++turn;
    clearTimeout(retry);
    busy = true;
    looked = Date.now();
    if (!shown && !troubled) screen.loading();
    try {
      await kept.bearer(false, false);
      const at = host.ticket();
      if (mine !== turn) return;
      if (!at) {
        leave();
        screen.empty(parameter);
        return;
      }
      const place = await find(at);
      if (mine === turn) await put(place, at, mine);
    } catch (problem) {
      if (mine === turn) stop(problem);
    } finally {
      if (mine === turn) busy = false;
    }
  }

  // The same contact and ticket as before: the pod stays as it is.
  async function put({ contact, ticket }, at, mine) {
    if (shown?.contact !== contact || shown.ticket !== ticket) {
      leave();
      screen.loading();
      const pod = await mount(contact, ticket, (name, id) => told(name, id, { contact, ticket }), bearer);
      if (mine !== turn) return pod.unmount();
      shown = { pod, contact, ticket };
    }
    shown.at = at;
    failures = 0;
    reveal();
  }

  function reveal() {
    const focus = front.getRootNode().activeElement;
    const here = document.hasFocus() && (!focus || front.contains(focus));
    troubled = false;
    screen.none();
    stage.hidden = false;
    if (here) stage.focus();
  }

  function leave() {
    shown?.pod.unmount();
    shown = null;
    stage.hidden = true;
  }

  function told(name, id, place) {
    if (name === "sign-in") return pair(true);
    // The note about it is in the ticket now.
    if (name === "reset-completed") host.refresh();
    tell(name, id, place);
  }

  // What is in the way. A pod that is there goes on while only the line or the PSA is down.
  function stop(problem) {
    if (SIGNED_OUT.includes(problem.code)) return pair(false);
    const passing = passes(problem);
    const waits = passing || MENDED_ELSEWHERE.includes(problem.code);
    const wait = problem.retry_after ? problem.retry_after * 1_000 : passing ? backoff(failures++) : AGAIN;
    if (waits) retry = setTimeout(again, wait);
    if (shown && (passing || problem.code.startsWith("psa-"))) return;
    leave();
    troubled = true;
    screen.trouble(problem, waits, go);
  }

  // By itself: only where somebody may see it.
  function again() {
    if (!document.hidden && !pairing && !busy) go();
  }

  function back() {
    if (document.hidden || pairing || busy) return;
    if (troubled || (shown && Date.now() - looked > STALE)) go();
  }

  // The host says which ticket is open: another one takes the old pod away at once.
  function arrived() {
    if (shown && shown.at !== host.ticket()) {
      turn++;
      leave();
      if (!pairing) screen.loading();
    }
    clearTimeout(burst);
    burst = setTimeout(() => !pairing && go(), Math.max(0, looked + BURST - Date.now()));
  }

  // The technician's own sign-in vouches for this frame. `over` the pod, it can be left again.
  async function pair(over) {
    if (pairing) return;
    const mine = (pairing = {});
    const gone = () => pairing !== mine;
    const notNow = over && shown ? unpair : null;
    turn++;
    busy = false;
    troubled = false;
    clearTimeout(retry);
    stage.hidden = true;
    screen.asking();
    await seen();
    claim = await host.member();
    const verifier = text(crypto.getRandomValues(new Uint8Array(32)));
    const challenge = await digest(verifier);
    if (gone()) return;
    const asked = challenge
      ? await call(`/api/frames/${integration}/pairings`, { challenge, member: claim, hint: host.hint() })
      : { problem: { ...unheard("This frame is in a page without https."), detail: "Open the PSA by its https address." } };
    if (gone()) return;
    if (!asked.ok) {
      pairing = null;
      return stop(asked.problem);
    }
    screen.waiting(asked.value, notNow);
    const late = Date.now() + asked.value.expires_at - asked.value.now + POLL;
    for (let failed = 0; ; ) {
      const begun = Date.now();
      const path = `/api/pairings/${asked.value.id}/redeem`;
      const reply = await call(path, { verifier }, { cookie: true, limit: POLL, signal: ends.signal });
      if (gone()) return;
      if (reply.ok && reply.status !== 202) {
        pairing = null;
        kept.hold(reply.value);
        // The pod learns what it may do now.
        leave();
        return go();
      }
      if (reply.ok) {
        failed = 0;
        // A server that does not hold the poll must not make us spin.
        if (Date.now() - begun < 1_000) await later(1_000);
      } else if (passes(reply.problem) && Date.now() < late) {
        screen.say("Connection lost, trying again…");
        await later(backoff(failed++));
      } else {
        const anew = () => {
          pairing = null;
          pair(over);
        };
        // Whoever comes back to it looks once more: another frame may have been let in meanwhile.
        if (!notNow) {
          pairing = null;
          troubled = true;
        }
        return screen.over(reply.problem, anew, notNow);
      }
      if (gone()) return;
    }
  }

  // Back to the pod, or to whatever the host shows meanwhile.
  function unpair() {
    pairing = null;
    if (shown) reveal();
    else go();
  }

  // A code that nobody sees would run out before they do.
  function seen() {
    if (!document.hidden) return null;
    return new Promise((resolve) => {
      document.addEventListener("visibilitychange", resolve, { once: true, signal: ends.signal });
    });
  }

  // The pod's ways to the sign-in page lead through the door.
  stage.addEventListener("click", (event) => {
    if (!event.target.closest?.('a[href^="/sign-in"]')) return;
    event.preventDefault();
    pair(true);
  });
  const listen = { signal: ends.signal };
  document.addEventListener("visibilitychange", back, listen);
  addEventListener("focus", back, listen);
  addEventListener("online", back, listen);
  stage.hidden = true;
  go();

  return {
    arrived,
    close() {
      turn++;
      pairing = null;
      ends.abort();
      for (const timer of [retry, burst, renewal]) clearTimeout(timer);
      leave();
      host.close();
    },
  };
}

// Base64url of SHA-256; nothing where the browser has no cryptography for a page.
async function digest(verifier) {
  const hash = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(verifier));
  return hash && text(new Uint8Array(hash));
}
