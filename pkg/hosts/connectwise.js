// ConnectWise PSA's Hosted API, from the pod's side; our own client of it.
//
// The shape that every host has:
//   connect(frame, { origins, ticketParameter, on }) → {
//     ticket(): string | null            the ticket's id at the host, as far as it is known
//     member(): Promise<claim | null>    who the host says is signed in, asked for anew each time
//     hint(): object | null              what else it says of them
//     refresh(): void                    has it show the ticket anew, where it can
//     close(): void                      the frame goes
//   }
// `on()` is called whenever the host says which ticket is open, also when it is the same one again.
//
// The protocol: every message is a JSON text. We say `ready`, the host answers with our frame's id, which
// all that we say carries. Every event must be answered or the screen hangs, so each is, whatever it is
// and before anything else is loaded. A request is named in `hosted_request`; its response comes under the
// same name in lower case and carries no number, so there is one at a time.

import { number, read } from "./address.js";

// No message of the host is longer.
const LONGEST = 65_536;
const PATIENCE = 2_000;
const TRIES = 3;
const MEMBER = "getMemberAuthentication";

export function connect(frame, { origins, ticketParameter, on }) {
  const host = frame.parent;
  const { ticket: named, query } = read(frame, ticketParameter);
  const screen = query.get("screen");
  // `[cw_screen]`: a pod on another screen has that record's id in its address.
  let ticket = !screen || screen.toLowerCase() === "ticket" ? named : null;
  let id;
  // Where the host is heard from; until then, wherever it may be. Never `*`.
  let at = origins;
  let asking = null;
  let answered = null;

  function say(message) {
    // A page of its own has nobody to say it to.
    if (host === frame) return;
    const text = JSON.stringify({ ...message, frameID: id });
    for (const origin of at) host.postMessage(text, origin);
  }

  function hear({ source, origin, data }) {
    if (source !== host || !origins.includes(origin)) return;
    if (typeof data !== "string" || data.length > LONGEST) return;
    let said;
    try {
      said = JSON.parse(data);
    } catch {
      return;
    }
    if (typeof said !== "object" || said === null) return;
    at = [origin];
    if (typeof said.MessageFrameID === "string") {
      id = said.MessageFrameID;
      if (answered) ask();
    }
    if (typeof said.event === "string") happened(said);
    if (said.response === MEMBER.toLowerCase()) answered?.(said.data);
  }

  function happened({ event, _id, data }) {
    say({ event, _id, result: "success" });
    if (event !== "onLoad") return;
    const shown = data?.screenObject;
    ticket = shown?.screen === "ticket" ? number(shown.id) : null;
    on();
  }

  const ask = () => say({ hosted_request: MEMBER });

  function asked() {
    return new Promise((resolve) => {
      let tries = 0;
      const end = (claim) => {
        clearInterval(timer);
        answered = null;
        resolve(claim);
      };
      const timer = setInterval(() => {
        if (++tries === TRIES) return end(null);
        // It may have come after our first word.
        if (id === undefined) say({ message: "ready" });
        else ask();
      }, PATIENCE);
      answered = (data) => end(claimed(data));
      if (id !== undefined) ask();
    });
  }

  frame.addEventListener("message", hear);
  say({ message: "ready" });

  return {
    ticket: () => ticket,
    member: () => (asking ??= asked().finally(() => (asking = null))),
    hint: () => null,
    refresh: () => say({ hosted_request: "refreshScreen" }),
    close: () => frame.removeEventListener("message", hear),
  };
}

// Which site and company it is, our server knows from the admin; what the message says of it is not read.
function claimed(data) {
  const claim = { id: data?.memberid, hash: data?.memberHash, context: data?.memberContext };
  const sound = (text) => typeof text === "string" && text !== "" && text.length <= 500;
  return Object.values(claim).every(sound) ? claim : null;
}
