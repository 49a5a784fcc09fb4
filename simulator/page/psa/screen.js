// What the three ticket screens share: going to another ticket without loading the page anew, and notes
// that appear by themselves. Details and notes come as HTML that the server has escaped.

const $ = (id) => document.getElementById(id);
const { as, stay } = document.body.dataset;

/** The frame with our pod, or nothing. */
export let frame = $("pod");

/** A frame for another address takes its place: going back leads to the ticket before, not into the frame. */
export function reframe(address) {
  if (frame === null || address === null) return;
  const fresh = frame.cloneNode();
  fresh.src = address;
  frame.replaceWith(fresh);
  frame = fresh;
}

/** The ticket on the screen. */
export let current = Number(document.body.dataset.ticket);

let moved = () => {};
let latest = 0;

/** Says what a screen does when its ticket has changed: it gets what the server says of the new one. */
export function start(whenMoved) {
  moved = whenMoved;
}

async function ask(id) {
  const reply = await fetch(`/screen/ticket/${id}?as=${encodeURIComponent(as)}`);
  if (!reply.ok) throw new Error(String(reply.status));
  return reply.json();
}

function put(id, html) {
  // Only when it differs: what somebody has marked stays marked.
  if ($(id).dataset.html === html) return;
  $(id).dataset.html = html;
  $(id).innerHTML = html;
}

function link(id, to) {
  if (to === null) {
    $(id).removeAttribute("href");
    delete $(id).dataset.ticket;
    $(id).setAttribute("aria-disabled", "true");
    return;
  }
  $(id).href = `/tickets/${to}?${stay}`;
  $(id).dataset.ticket = String(to);
  $(id).removeAttribute("aria-disabled");
}

function draw(data) {
  $("number").textContent = data.number;
  $("summary").textContent = data.summary;
  document.title = document.title.replace(/^.* – /, `${data.number} ${data.summary} – `);
  put("details", data.details_html);
  put("notes", data.notes_html);
  link("previous", data.previous);
  link("next", data.next);
}

/** Shows another ticket, or this one anew. */
export async function show(id, { remember = true } = {}) {
  const turn = ++latest;
  const data = await ask(id);
  if (turn !== latest) return;
  const other = id !== current;
  current = id;
  document.body.dataset.ticket = String(id);
  if (other && remember) history.pushState(null, "", `/tickets/${id}?${stay}`);
  draw(data);
  moved(data);
}

if ($("ticket")) {
  document.addEventListener("click", (event) => {
    const to = event.target.closest?.("a[data-ticket]");
    if (!to || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(Number(to.dataset.ticket));
  });
  addEventListener("popstate", () => show(Number(location.pathname.split("/")[2]), { remember: false }));
  setInterval(async () => {
    try {
      const turn = latest;
      const data = await ask(current);
      if (turn !== latest || data.id !== current) return;
      draw(data);
      // Set up or taken away meanwhile.
      if ((data.frame === null) !== (frame === null)) location.reload();
    } catch {
      // The simulator is gone for a moment: the next time is soon.
    }
  }, 1000);
}

$("as").addEventListener("change", () => $("person").submit());
