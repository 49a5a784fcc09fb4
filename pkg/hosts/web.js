// Our own pages. They know contact and ticket by our ids, and the browser's session gives the pod its
// tokens: there is nobody to ask, and nothing to show before the pod.

import { call, tokens } from "../call.js";

export function connect(element) {
  const of = (name) => element.getAttribute(name)?.trim() ?? "";
  const kept = tokens(async () => {
    const reply = await call("/api/pod/token", { host: "web" }, { cookie: true });
    if (!reply.ok) throw reply.problem;
    return reply.value;
  });
  return { contact: () => of("contact"), ticket: () => of("ticket"), bearer: kept.bearer };
}
