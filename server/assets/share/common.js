// What the pages behind links have in common; each one's own script stands behind this, in one file
// (web/assets.rs). Their words, the help desk's brand and number, screens, and what a link's token
// stands for. The server never sees the token.
//
// Old phones open them too: nothing younger than 2018 is used without another way beside it
// (docs/operate.md names the browsers; a test in web/link_page.rs looks for younger words).

// What the server knew: phrases, their language, the host's brand; in Settings a sample.
const page = JSON.parse(document.getElementById('page').textContent);
const COLORS = ['--light', '--on-light', '--dark', '--on-dark'];

let words = page.words;
let lang = page.lang;
let brand = page.brand || {};
let keys;
// A preview leaves the focus with the form beside it.
let silent = page.sample;

const main = document.getElementById('main');
let card = document.getElementById('card');
const pending = card;
// (In some languages a time ends with a full stop, as a sentence does.)
const say = (text, fill) => text.replace('{}', () => fill).replace(/\.\.$/, '.');

// Makes an element: h('p', { class: 'soft' }, 'text', child…).
function h(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value);
  }
  // What is not there (`a && h(…)`) is left out.
  node.append(...children.filter(Boolean));
  return node;
}

const p = (...children) => h('p', {}, ...children);

function put(next) {
  main.replaceChild(next, card);
  card = next;
}

// Shows one screen, and moves focus to its heading so that it is read out.
function screen(title, ...children) {
  const heading = h('h1', { tabindex: -1 }, title);
  put(h('section', {}, heading, ...children));
  document.title = brand.name ? `${title} · ${brand.name}` : title;
  if (!silent) heading.focus();
}

function filled(text, node) {
  const [before, after] = text.split('{}');
  return [before, node, after];
}

// The help desk's number, to tap.
const number = (kind) => /^[+\d][\d ()./-]{4,}$/.test(brand.help)
  && h('a', { class: kind, href: `tel:${brand.help.replace(/[^+\d]/g, '')}` }, brand.help);

// Whom to call, where that is all there is to do.
function call() {
  const large = number('button main');
  return large || !brand.name ? [p(words.call_desk), large] : [p(say(words.call, brand.name))];
}

// A screen that can do nothing but say why and whom to call.
const stop = (title, why, ...more) => screen(title, p(why), ...call(), ...more);

const note = (...children) => h('p', { class: 'small soft' }, ...children);

// A button that does the one thing there is to do.
function act(text, what) {
  return h('button', { class: 'main', onclick: what }, text);
}

// Tries again after a tap, or when the phone is back in the net.
function offline(retry) {
  const go = () => {
    removeEventListener('online', go);
    put(pending);
    retry();
  };
  addEventListener('online', go);
  screen(words.offline, p(words.offline_why), act(words.again, go));
}

// In the reader's own time, the way they write it.
function clock(at) {
  const date = new Date(at);
  const form = { hour: 'numeric', minute: '2-digit' };
  if (date.toDateString() !== new Date().toDateString()) Object.assign(form, { day: 'numeric', month: 'short' });
  return date.toLocaleString((navigator.languages || []).find((own) => own.startsWith(lang)) || lang, form);
}

// Puts on a brand and a language.
function wear(look) {
  if (look.brand) brand = look.brand;
  if (look.words) words = look.words;
  if (look.language) document.documentElement.lang = lang = look.language;
  (brand.colors || []).forEach((color, at) => document.documentElement.style.setProperty(COLORS[at], color));
  const line = document.getElementById('brand');
  const logo = line.querySelector('img');
  if (logo && logo.getAttribute('src') === brand.logo) logo.alt = brand.name;
  else {
    line.textContent = '';
    line.append(brand.logo ? h('img', { src: brand.logo, alt: brand.name }) : brand.name ? say(words.from, brand.name) : '');
  }
  document.getElementById('foot').textContent = brand.footer || '';
}

// Base64url.
const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

// The token, out of the address bar and the history before anything else.
const fragment = location.hash.slice(1);
if (fragment) history.replaceState(null, '', location.pathname);

const whole = (token) => /^[\w-]{22}$/.test(token);

// Three values from one token: what names the link, what proves that we have it, what decrypts. Only
// the first two are sent.
async function derive(token, whose) {
  const base = await crypto.subtle.importKey('raw', decode(token), 'HKDF', false, ['deriveBits']);
  const part = async (info, bits) => new Uint8Array(await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new TextEncoder().encode(`${whose} ${info}`) }, base, bits));
  return { id: await part('id', 128), proof: await part('proof', 256), key: await part('key', 256) };
}

// Status and body; status 0 when there was no answer to rely on.
async function post(path, body) {
  try {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20000);
    const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), credentials: 'omit', signal: stop.signal });
    return [answer.status, await answer.json()];
  } catch {
    return [0, {}];
  }
}

// A form that its button sends, once at a time; with a field for digits where there are some to be
// typed. `send` gives what to say where it can be tried again.
function form(field, does, doing, send) {
  const alert = h('p', { class: 'bad', role: 'alert', id: 'bad' });
  const input = field && h('input', { id: 'code', inputmode: 'numeric', pattern: '[0-9]*', autocomplete: 'off', maxlength: 20, 'aria-describedby': 'why bad', required: '' });
  const button = h('button', { class: 'main' }, does);
  let busy = false;

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    // People paste blanks, dashes, and sometimes the words around it.
    const code = input ? input.value.replace(/\D/g, '') : undefined;
    if (input && !field.good.test(code)) return refuse(words.code_missing);
    busy = true;
    alert.textContent = '';
    button.setAttribute('aria-disabled', 'true');
    button.textContent = doing;
    const answer = await send(code);
    busy = false;
    button.removeAttribute('aria-disabled');
    button.textContent = does;
    if (answer) refuse(answer);
  }

  function refuse(text) {
    alert.textContent = text;
    if (!input) return button.focus();
    input.setAttribute('aria-invalid', 'true');
    input.focus();
    input.select();
  }

  return h('form', { novalidate: '', onsubmit: submit },
    input && h('label', { for: 'code' }, words.code), input, input && h('p', { class: 'small soft', id: 'why' }, field.why), alert, button);
}

// A second link opened in the same tab changes only the fragment.
addEventListener('hashchange', () => location.hash && location.reload());
