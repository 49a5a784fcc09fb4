// The reveal page. Reads the token from the fragment, asks what this link is, opens it after a
// tap, decrypts here. The server never sees the token; this page never keeps the password.
//
// Old phones open it too: nothing younger than 2018 is used without another way beside it
// (docs/operate.md names the browsers; a test in web/reveal.rs looks for younger words).

// What the server knew: phrases, their language, the host's brand; in Settings a sample.
const page = JSON.parse(document.getElementById('page').textContent);
const SHOWN_MS = 5 * 60 * 1000;
const LONGEST_MS = 30 * 60 * 1000;
const SIGN_IN = 'www.office.com';
const COLORS = ['--light', '--on-light', '--dark', '--on-dark'];

let words = page.words;
let lang = page.lang;
let brand = page.brand || {};
let keys;
let password = '';
// When it leaves the screen, and until when this tab may fetch it again.
let shownUntil = 0;
let graceUntil = 0;

const main = document.getElementById('main');
let card = document.getElementById('card');
const pending = card;
// (In some languages a time ends with a full stop, as a sentence does.)
const say = (text, fill) => text.replace('{}', () => fill).replace(/\.\.$/, '.');

// This tab's memory, or this page's where a browser allows no storage.
const memory = (() => {
  try {
    sessionStorage.tried = 1;
    delete sessionStorage.tried;
    return page.sample ? {} : sessionStorage;
  } catch {
    return {};
  }
})();

// This link is over: what could open it goes, and that it was one stays.
function forget() {
  for (const key of ['token', 'nonce', 'tapped']) delete memory[key];
  memory.over = 1;
}

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
  // A preview leaves the focus with the form beside it.
  if (!page.sample || password) heading.focus();
}

function filled(text, node) {
  const [before, after] = text.split('{}');
  return [before, node, after];
}

// The help desk's number, to tap.
const number = (kind) => /^[+\d][\d ()./-]{4,}$/.test(brand.help)
  && h('a', { class: kind, href: `tel:${brand.help.replace(/[^+\d]/g, '')}` }, brand.help);

// Whom to ask, at the end of a screen that needs nobody.
function doubt() {
  const whom = number('') || brand.name;
  return whom ? filled(words.doubt, whom) : [words.doubt_desk];
}

// Whom to call, where that is all there is to do.
function call() {
  const large = number('button main');
  return large || !brand.name ? [p(words.call_desk), large] : [p(say(words.call, brand.name))];
}

// A button that does the one thing there is to do.
function act(text, what) {
  return h('button', { class: 'main', onclick: what }, text);
}

// Nobody is told why a link is dead. Where it was opened before and not from here, whoever says that
// they have not seen the password asks once more with the proof: the help desk hears of that.
function dead(unseen) {
  const late = unseen && h('button', {
    class: 'plain',
    onclick() {
      memory.nonce = nonce();
      put(pending);
      fetchAgain();
    },
  }, words.unseen);
  forget();
  if (!late) keys = undefined;
  screen(words.dead, p(words.dead_why), ...call(), late);
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

// Three values from one token: what names the share, what proves that we have the link, what
// decrypts. Only the first two are sent.
async function derive(token) {
  const base = await crypto.subtle.importKey('raw', token, 'HKDF', false, ['deriveBits']);
  const part = async (info, bits) => new Uint8Array(await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new TextEncoder().encode(`share ${info}`) }, base, bits));
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

const nonce = () => encode(crypto.getRandomValues(new Uint8Array(16)));

async function start() {
  const fragment = location.hash.slice(1);
  if (fragment) {
    // Out of the address bar and the history before anything else.
    history.replaceState(null, '', location.pathname);
    if (memory.token !== fragment) {
      // Another link, perhaps from another help desk.
      forget();
      delete memory.over;
      delete memory.seen;
    }
    memory.token = fragment;
  }
  wear(JSON.parse(memory.seen || '{}'));
  if (page.sample) return ready(page.sample);
  if (!window.crypto || !crypto.subtle) return screen(words.old, p(words.old_why), ...call());
  if (memory.over) return dead();
  if (!/^[\w-]{22}$/.test(memory.token || '')) {
    delete memory.token;
    return screen(words.partial, p(words.partial_why), ...call());
  }
  // Made before the first attempt: it lets this tab, and no other, fetch again for a while.
  memory.nonce = memory.nonce || nonce();
  keys = await derive(decode(memory.token));
  const [status, look] = await post('/s/look', { id: encode(keys.id), language: page.lang });
  if (status === 200) {
    look.brand.stays = !look.must_change;
    memory.seen = JSON.stringify({ brand: look.brand, language: look.language, words: look.words });
    wear(look);
    return ready(look);
  }
  if (status !== 410) return offline(start);
  // Opened, perhaps by this very tab before a reload or a lost answer.
  if (!memory.tapped) return dead(true);
  // Whoever comes back by the back button may not be alone any more.
  const came = performance.getEntriesByType('navigation')[0];
  if (came && came.type === 'back_forward') return gone(true);
  return fetchAgain();
}

function ready(look) {
  const alert = h('p', { class: 'bad', role: 'alert', id: 'bad' });
  const input = look.code_needed && h('input', { id: 'code', inputmode: 'numeric', pattern: '[0-9]*', autocomplete: 'off', maxlength: 20, 'aria-describedby': 'why bad', required: '' });
  const button = h('button', { class: 'main' }, words.reveal);
  const form = h('form', { novalidate: '', onsubmit: submit },
    input && h('label', { for: 'code' }, words.code), input, input && h('p', { class: 'small soft', id: 'why' }, words.code_why), alert, button);
  let busy = false;

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    // People paste blanks, dashes, and sometimes the words around it.
    const code = input ? input.value.replace(/\D/g, '') : undefined;
    if (input && !code) return refuse(words.code_missing);
    busy = true;
    alert.textContent = '';
    button.setAttribute('aria-disabled', 'true');
    button.textContent = words.opening;
    const answer = await open(code);
    busy = false;
    button.removeAttribute('aria-disabled');
    button.textContent = words.reveal;
    if (answer) refuse(answer);
  }

  function refuse(text) {
    alert.textContent = text;
    if (!input) return button.focus();
    input.setAttribute('aria-invalid', 'true');
    input.focus();
    input.select();
  }

  screen(words.ready,
    p(brand.intro || say(words.ready_why, brand.name)),
    form,
    h('p', { class: 'small soft' }, say(words.until, clock(Date.now() + look.expires_at - look.now))),
    h('p', { class: 'small soft' }, ...doubt()));
}

// Opens, and shows what was in it. Gives what to say when it can be tried again.
async function open(code) {
  if (page.sample) return reveal(page.sample.password, SHOWN_MS);
  memory.tapped = '1';
  const [status, body] = await post('/s/open', { id: encode(keys.id), proof: encode(keys.proof), nonce: memory.nonce, code });
  if (status === 200) {
    const sealed = decode(body.sealed);
    try {
      const key = await crypto.subtle.importKey('raw', keys.key, 'AES-GCM', false, ['decrypt']);
      const clear = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.subarray(0, 12), additionalData: keys.id }, key, sealed.subarray(12));
      return reveal(new TextDecoder().decode(clear), body.grace_until - body.now);
    } catch {
      return dead();
    }
  }
  if (status === 410) return dead();
  if (status === 422) return say(words.code_wrong[body.tries_left === 1 ? 0 : 1], body.tries_left);
  return `${words.offline}. ${words.offline_why}`;
}

async function fetchAgain() {
  if (await open()) offline(fetchAgain);
}

// A button that opens something and closes it again.
function toggle(closed, open, change) {
  let is = false;
  const button = h('button', {
    onclick() {
      is = !is;
      button.textContent = is ? open : closed;
      change(is);
    },
  }, closed);
  return button;
}

function reveal(clear, left) {
  password = clear;
  graceUntil = Date.now() + left;
  shownUntil = Date.now() + Math.min(left, SHOWN_MS);
  const box = h('p', { class: 'pass', translate: 'no', role: 'group', 'aria-label': words.label });
  const status = h('p', { class: 'key', role: 'status' }, words.key);
  const spelling = h('div', { id: 'spelling' });
  let hidden;

  function draw(hide) {
    hidden = hide;
    box.className = hide ? 'pass off' : 'pass';
    box.textContent = '';
    box.append(...(hide
      ? [h('span', { 'aria-label': words.hidden, role: 'img' }, '•'.repeat(12))]
      : password.match(/\d+|[A-Za-z]+|[^A-Za-z\d]/gu).map((run) => (/\d/.test(run) ? h('i', {}, run) : /[A-Za-z]/.test(run) ? run : h('b', {}, run)))));
  }

  const hide = toggle(words.hide, words.show, draw);
  const spell = toggle(words.spell, words.spell_not, (open) => {
    spell.setAttribute('aria-expanded', open);
    spelling.textContent = '';
    if (open) spelling.append(h('h2', {}, words.spelt), h('ol', { class: 'spell' }, ...[...password].map((c) => h('li', {}, h('code', { translate: 'no' }, c), ' ', name(c)))));
  });
  spell.setAttribute('aria-controls', 'spelling');
  spell.setAttribute('aria-expanded', false);

  const copy = act(words.copy, async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(password);
    } catch {
      if (hidden) hide.click();
      getSelection().selectAllChildren(box);
      done = document.execCommand('copy');
    }
    // In the same place, as high as before: nothing jumps under the finger.
    status.style.minHeight = `${status.offsetHeight}px`;
    status.className = done ? 'key done' : 'key';
    status.textContent = done ? words.copied : words.not_copied;
    if (done) copy.textContent = `✓ ${words.copy}`;
  });

  const when = h('span', { role: 'status' });
  const tell = () => { when.textContent = say(words.clears, clock(shownUntil)); };
  const longer = h('button', {
    class: 'plain',
    onclick() {
      shownUntil = Math.min(shownUntil + SHOWN_MS, Date.now() + LONGEST_MS);
      tell();
    },
  }, words.longer);

  draw(false);
  tell();
  const link = h('a', { href: `https://${SIGN_IN}`, rel: 'noreferrer noopener', target: '_blank' }, SIGN_IN);
  screen(words.here, box, status, copy, h('div', { class: 'two' }, hide, spell),
    h('p', { class: 'small soft when' }, when, longer), spelling,
    h('h2', {}, words.next),
    h('ol', {}, h('li', {}, words.steps[0]), h('li', {}, ...filled(words.steps[1], link)), h('li', {}, h('strong', {}, brand.stays ? words.stays : words.steps[2]))),
    h('p', { class: 'small soft' }, words.never, ' ', ...doubt()));
}

function gone(again) {
  password = '';
  screen(words.gone, p(words.gone_why),
    again ? act(words.show_again, () => { put(pending); fetchAgain(); }) : '',
    ...(again ? [h('p', { class: 'small soft' }, ...doubt())] : call()));
}

function name(c) {
  if (/\d/.test(c)) return words.digits[c];
  if (/[A-Z]/.test(c)) return say(words.capital, c);
  return /[a-z]/.test(c) ? say(words.small, c) : words.signs[c] || c;
}

// By the clock, not by a timer's count: a phone sleeps.
setInterval(() => {
  const now = Date.now();
  if (graceUntil && now > graceUntil) {
    graceUntil = 0;
    forget();
  }
  if (password && now > shownUntil) gone(false);
}, 1000);

// The back button may bring the page back from memory: nothing must be left to see in it.
addEventListener('pagehide', () => password && gone(graceUntil && !page.sample));

// A second link opened in the same tab changes only the fragment.
addEventListener('hashchange', () => location.hash && location.reload());
start();
