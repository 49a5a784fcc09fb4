// Autotask PSA: an insight with a frame. Nothing is said to the frame; its address names the ticket.

import { reframe, start } from "/psa/screen.js";

start((data) => reframe(data.frame));
