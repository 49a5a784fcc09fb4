// What a PSA writes into the address of its frame. Nothing of it is proof: an id is a question to the
// PSA, which our server asks.

// Every PSA numbers its tickets. A variable that the PSA did not fill in is no number.
export const number = (text) => (/^\d{1,18}$/.test(String(text ?? "").trim()) ? String(text).trim() : null);

/**
 * Reads the query of the frame's address, once, and takes it out: it may hold what does not belong into a
 * history or a `Referer`. A frame that reloads knows its ticket from `history.state`.
 */
export function read(frame, parameter) {
  const { location, history } = frame;
  const query = new URLSearchParams(location.search);
  const ticket = location.search ? number(query.get(parameter)) : number(history.state?.ticket);
  try {
    history.replaceState({ ticket }, "", location.pathname);
  } catch {
    // A sandbox without an origin of ours: the address stays as it is.
  }
  return { ticket, query };
}
