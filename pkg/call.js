// What every module of this package asks the server by: one call, and a token that is kept.

// A call is given up after so long; what is polled says more.
const LIMIT = 30_000;

// `{ ok, status, text }`; where nothing was heard, or from a proxy only, nothing of it.
async function send(path, { method = "POST", body, bearer, cookie = false, limit = LIMIT, signal }) {
  const headers = { Accept: "application/json, application/problem+json" };
  if (body) headers["Content-Type"] = "application/json";
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  const end = new AbortController();
  const abort = () => end.abort();
  if (signal?.aborted) abort();
  const timer = setTimeout(abort, limit);
  signal?.addEventListener("abort", abort);
  try {
    const credentials = cookie ? "same-origin" : "omit";
    const reply = await fetch(path, { method, headers, body, credentials, signal: end.signal });
    const text = await reply.text();
    const { ok, status } = reply;
    const ours = reply.headers.get("content-type")?.startsWith("application/problem+json");
    if (ok || ours) return { ok, status, text };
  } catch {
    // Nothing was heard.
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
  return {};
}

/**
 * POSTs to our own server. Never throws: `{ ok: true, status, value }`, or `{ ok: false, problem }` with
 * the problem's `code`, `title`, `detail`, `status` and `retry_after`; where nothing was heard, `status` is 0
 * and `code` empty.
 *
 * `bearer`: a token to send along. `cookie`: whether the browser's cookies go along too. `limit`: after how
 * many milliseconds it is given up. `signal`: gives it up before.
 */
export async function call(path, body, how = {}) {
  const { ok, status, text } = await send(path, { ...how, body: JSON.stringify(body) });
  try {
    const value = text ? JSON.parse(text) : null;
    if (ok) return { ok, status, value };
    if (value) return { ok: false, problem: { ...value, status } };
  } catch {
    // Not what our server says.
  }
  return { ok: false, problem: unheard("The server did not answer.") };
}

/**
 * What the pod makes its calls by, until `signal`: with a token, which is replaced once when the server takes
 * it no more. Promises the answer's text; rejects with the problem's, or an empty one when nothing was heard.
 */
export function asks(bearer, signal) {
  return async (method, path, body, limit) => {
    for (let again = false; ; again = true) {
      const token = await bearer(again).catch((problem) => {
        throw problem.code ? JSON.stringify(problem) : "";
      });
      const { ok, status, text = "" } = await send(path, { method, body, bearer: token, limit, signal });
      if (ok) return text;
      if (status !== 401 || again) throw text;
    }
  };
}

/** A problem of the line, not of the server. */
export const unheard = (title) => ({
  code: "",
  status: 0,
  title,
  detail: "Check your connection. It is tried again by itself.",
});

/** Whether asking again by itself, later, may help. */
export const passes = ({ status }) => status === 0 || status === 429 || status >= 500;

// A life that makes no sense counts as this.
const LIFE = 15 * 60_000;

/**
 * Keeps a token, in memory and nowhere else. `ask(renewal)` promises `{ token, expires_at, now }` or throws a
 * problem; several who want one at the same time ask once. `held(life)` hears of each new one, with its
 * life in milliseconds.
 */
export function tokens(ask, held = () => {}) {
  let token = null;
  let until = 0;
  let asking = null;

  function hold(view) {
    const life = view.expires_at - view.now;
    const sane = life > 0 && life < 4 * LIFE ? life : LIFE;
    token = view.token;
    // Well before its end: a call that carries it is on its way for a while.
    until = Date.now() + sane * 0.8;
    held(sane);
  }

  return {
    hold,
    /** The token as it is, however old. */
    present: () => token,
    /** One that is good for a while; with `replace`, another one than before. */
    async bearer(replace, renewal = true) {
      if (!replace && token && Date.now() < until) return token;
      asking ??= ask(renewal).then(hold).finally(() => (asking = null));
      await asking;
      return token;
    },
  };
}
