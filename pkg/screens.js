// What a frame shows while there is no pod in it, or over the pod. Each screen is drawn anew; what a screen
// reader is told stands in a line of its own that stays. Classes are the pod's; `data-state` names the
// screen.

const make = (tag, attributes, ...kids) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...kids.filter((kid) => kid !== null));
  return node;
};

const button = (id, label, act, kind = "") => make("button", { type: "button", id, class: kind, click: act }, label);
const title = (text) => make("h2", { id: "door-title", tabindex: "-1" }, text);
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** Draws into `front`; `bones()` makes what stands for a pod that is on its way. */
export function screens(front, bones) {
  const said = make("p", { class: "vh", role: "status", id: "door-said" });
  const body = make("div", {});
  const section = make("section", { class: "pod door", "aria-label": "Password reset" }, body, said);
  front.replaceChildren(section);
  let ticking = 0;

  function say(text) {
    if (said.textContent !== text) said.textContent = text;
  }

  function draw(state, text, ...kids) {
    clearInterval(ticking);
    front.hidden = false;
    section.dataset.state = state;
    body.setAttribute("aria-busy", String(kids.every((kid) => kid.classList.contains("bone"))));
    body.replaceChildren(...kids);
    say(text);
    // Never out of the ticket: only where somebody is in this frame already.
    if (document.hasFocus()) body.querySelector("h2")?.focus();
  }

  return {
    say,
    /** Nothing: the pod is there. */
    none() {
      clearInterval(ticking);
      front.hidden = true;
      body.replaceChildren();
      say("");
      delete section.dataset.state;
    },
    loading() {
      if (section.dataset.state !== "loading") draw("loading", "Loading…", ...bones());
    },
    /** Before the frame has its code. */
    asking() {
      draw("pairing", "Asking for a code…", ...bones());
    },
    /** The code, and where it is typed. `notNow` leads back to the pod, where there is one. */
    waiting({ code, page, expires_at, now }, notNow) {
      const [head, lead] = notNow
        ? ["Sign in to reset", "Resets need your own sign-in with a second factor, at most 12 hours old."]
        : ["Sign in to use this", "Passwords are never typed in here: sign in on our own page."];
      const left = make("p", { class: "small", id: "pair-left" });
      const until = Date.now() + expires_at - now;
      const tick = () => {
        left.textContent = `${clock(Math.max(0, Math.ceil((until - Date.now()) / 1000)))} left`;
      };
      draw(
        "waiting",
        "Waiting for you to type the code on the sign-in page.",
        title(head),
        make("p", {}, lead),
        make("p", { class: "strong", id: "pair-label" }, "Type this code there:"),
        make(
          "p",
          { class: "pair-code" },
          make("span", { id: "pair-code", "aria-hidden": "true" }, code),
          // Letter by letter, for who hears it.
          make("span", { class: "vh" }, [...code].join(" ")),
        ),
        left,
        make(
          "div",
          { class: "buttons" },
          make("a", { class: "button primary", id: "pair-open", href: page, target: "_blank", rel: "noopener" }, "Open the sign-in page"),
          notNow ? button("pair-not-now", "Not now", notNow) : null,
        ),
        make("p", { class: "small" }, "If nothing opens, go there yourself: ", make("span", { class: "strong", id: "pair-page" }, page)),
      );
      tick();
      ticking = setInterval(tick, 1_000);
    },
    /** The code is worth nothing any more. */
    over(problem, again, notNow) {
      draw(
        "over",
        `${problem.title} ${problem.detail}`,
        title(problem.title),
        make("p", {}, problem.detail),
        make("div", { class: "buttons" }, button("pair-again", "Get a new code", again, "primary"), notNow ? button("pair-not-now", "Not now", notNow) : null),
      );
    },
    /** What is in the way; whether it is tried again by itself. */
    trouble(problem, waits, again) {
      const words = [problem.title, problem.detail];
      // The same one again: not drawn and read out once more, and the focus stays.
      if (section.dataset.state === "trouble" && body.dataset.said === words.join()) {
        body.querySelector("button").textContent = "Try again";
        return say("Tried again: it is still so.");
      }
      const trying = ({ target }) => {
        target.textContent = "Trying again…";
        say("Trying again…");
        again();
      };
      draw(
        "trouble",
        "",
        make(
          "div",
          { class: "box bad", role: "alert" },
          make("div", {}, make("p", { class: "strong", id: "door-trouble" }, words[0]), make("p", {}, words[1]), make("div", { class: "buttons" }, button("door-again", "Try again", trying))),
        ),
        make("p", { class: "small" }, waits ? "It is tried again by itself." : ""),
      );
      body.dataset.said = words.join();
    },
    /** The host did not name a ticket. */
    empty(parameter) {
      draw(
        "no-ticket",
        "No ticket is open here.",
        make("p", { class: "strong" }, "No ticket is open here."),
        make("p", {}, "Open a ticket: this shows its contact by itself."),
        make("p", { class: "small" }, "If this is a ticket, tell your admin that the address of this tab does not name it in “", make("span", {}, parameter), "”."),
      );
    },
  };
}
