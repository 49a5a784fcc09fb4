// Small helpers. Everything shown comes from outside, so text is always text, never markup.

/** An element with attributes, listeners (`onclick`) and children. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const $ = (id) => document.getElementById(id);

/** 14:02, or with seconds. */
export function clock(ms, seconds = false) {
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Date(ms).toLocaleTimeString("en-GB", seconds ? { ...style, second: "2-digit" } : style);
}

/** +12065550123 → +1 206 555 0123, others in threes. */
export function spaced(number) {
  const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  return us ? `+1 ${us[1]} ${us[2]} ${us[3]}` : number.replace(/^(\+\d{2})(?=\d)/, "$1 ");
}

export function initials(name) {
  return name.split(/\s+/).filter(Boolean).map((part) => part[0]).slice(0, 2).join("").toUpperCase();
}

/** One of six calm colours, always the same for a name. */
export function hue(text) {
  let sum = 0;
  for (const c of text) sum = (sum * 31 + c.codePointAt(0)) % 997;
  return `tone-${sum % 6}`;
}

/** Draws a part again only when what it shows has changed: focus and scrolling stay where they are. */
export function drawn() {
  let last;
  return (data, draw) => {
    const now = JSON.stringify(data);
    if (now === last) return;
    last = now;
    draw(data);
  };
}

export async function send(method, path, body) {
  const reply = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await reply.text();
  return { ok: reply.ok, body: text ? JSON.parse(text) : {} };
}
