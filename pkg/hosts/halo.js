// HaloPSA's custom tab, in the shape that `connectwise.js` describes. It says nothing by messages: the
// ticket is in the frame's address, and another ticket is another frame. Where "send secure URL parameter" is
// on, so is a hint at the agent: the same for ever, so it opens nothing.

import { read } from "./address.js";

export function connect(frame, { ticketParameter }) {
  const { ticket, query } = read(frame, ticketParameter);
  const id = query.get("agent_id");
  // Base64 in an address: a plus sign that nobody escaped arrives as a blank.
  const hmac = query.get("hmac")?.replaceAll(" ", "+");
  return {
    ticket: () => ticket,
    member: async () => null,
    hint: () => (id && hmac ? { id, hmac } : null),
    refresh: () => {},
    close: () => {},
  };
}
