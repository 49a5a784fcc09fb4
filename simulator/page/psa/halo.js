// HaloPSA: a tab with a frame. Nothing is said to the frame; its address names the ticket.

import { frame, start } from "/psa/screen.js";

start((data) => { if (frame && data.frame) frame.src = data.frame; });
