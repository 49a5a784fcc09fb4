// Autotask PSA's insight, in the shape that `connectwise.js` describes. All that it says is the ticket, in
// the frame's address, under a name that the admin has entered.

import { read } from "./address.js";

export function connect(frame, { ticketParameter }) {
  const { ticket } = read(frame, ticketParameter);
  return {
    ticket: () => ticket,
    member: async () => null,
    hint: () => null,
    refresh: () => {},
    close: () => {},
  };
}
