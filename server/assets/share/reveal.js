// The reveal page. Reads the token from the fragment, asks what this link is, opens it after a
// tap, decrypts here. The server never sees the token; this page never keeps the password.

// Every phrase, in one place. `{}` is filled in.
const EN = {
  title: 'Your new password',
  from: 'From {}',
  looking: 'Checking your link…',
  ready: 'Your password is ready',
  readyWhy: '{} has reset your password. Tap the button when you are ready to use it: this link shows it once.',
  until: 'This link stops working at {}.',
  code: 'Unlock code',
  codeWhy: 'Your help desk tells you this number on the phone.',
  reveal: 'Reveal',
  opening: 'Opening…',
  codeMissing: 'Type the unlock code that your help desk tells you.',
  codeWrong: ['That is not the unlock code. One try is left.', 'That is not the unlock code. {} tries are left.'],
  tooMany: 'Too many attempts. Wait a minute, then try again.',
  offline: 'There was no answer. Check your connection and try again; nothing is lost.',
  again: 'Try again',
  here: 'Here is your password',
  label: 'Password',
  hidden: 'Password is hidden',
  key: 'Digits are underlined, symbols stand in a box.',
  copy: 'Copy password',
  copied: 'Copied. Paste it where you sign in.',
  notCopied: 'This browser does not allow copying. Select the password above.',
  hide: 'Hide',
  show: 'Show',
  spell: 'Spell it out',
  spellNot: 'Close spelling',
  spelt: 'Character by character',
  next: 'What to do now',
  steps: ['Copy the password.', 'Go to {} and sign in with it.', 'You will choose a new password when you sign in. This one stops working then.'],
  stays: 'This stays your password until you change it.',
  never: 'Nobody from your help desk will ask you to read out or forward this password.',
  gone: 'The password is no longer shown',
  goneWhy: 'It was taken off the screen to keep it safe.',
  showAgain: 'Show it again',
  dead: 'This link does not work any more',
  deadWhy: 'It may have been used already, or its time is over. You have done nothing wrong.',
  partial: 'This link is not complete',
  partialWhy: 'Open it again from the text message, or copy the whole link.',
  old: 'This browser can’t open the link',
  oldWhy: 'Open it in an up-to-date browser, such as the one that came with your phone. Nothing is lost.',
  call: 'Call {} and ask for a new link.',
  desk: 'your help desk',
  call2: 'Questions, or was this not you? Call {}.',
  capital: 'capital {}',
  small: 'small {}',
  digits: 'zero one two three four five six seven eight nine'.split(' '),
  signs: { '-': 'hyphen', '_': 'underscore', '.': 'full stop', ',': 'comma', ':': 'colon', ';': 'semicolon', '!': 'exclamation mark', '?': 'question mark', '@': 'at sign', '#': 'hash', $: 'dollar', '%': 'percent', '&': 'ampersand', '*': 'asterisk', '+': 'plus', '=': 'equals', '/': 'slash', '\\': 'backslash', '(': 'open bracket', ')': 'close bracket', '[': 'open square bracket', ']': 'close square bracket', '{': 'open brace', '}': 'close brace', '<': 'less than', '>': 'greater than', '~': 'tilde', '^': 'caret', '|': 'bar', "'": 'apostrophe', '"': 'quotation mark', '`': 'backtick', ' ': 'blank' },
};
const T = EN;
const SHOWN_MS = 5 * 60 * 1000;
const SIGN_IN = 'www.office.com';

const say = (text, fill) => text.replace('{}', fill);
const main = document.getElementById('main');
// This tab's memory, or this page's where a browser allows no storage.
const memory = (() => { try { return sessionStorage; } catch { return {}; } })();
let brand = JSON.parse(memory.brand || '{"name":"","help":""}');
let shownUntil = 0;

// Makes an element: h('p', { class: 'soft' }, 'text', child…).
function h(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? '' : value);
  }
  // What is not there (`a && h(…)`) is left out.
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

// Shows one screen, and moves focus to its heading so that it is read out.
function screen(title, ...children) {
  const heading = h('h1', { tabindex: -1 }, title);
  main.querySelectorAll('section').forEach((old) => old.remove());
  main.append(h('section', {}, heading, ...children));
  document.title = brand.name ? `${title} · ${brand.name}` : title;
  if (title !== T.looking) heading.focus();
}

// Base64url.
const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

// Three values from one token: what names the share, what proves that we have the link, what
// decrypts. Only the first two are sent.
async function derive(token) {
  const base = await crypto.subtle.importKey('raw', token, 'HKDF', false, ['deriveBits']);
  const part = async (info, bits) => new Uint8Array(await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new TextEncoder().encode(info) }, base, bits));
  return { id: await part('share id', 128), proof: await part('share proof', 256), key: await part('share key', 256) };
}

// Status and body; status 0 when there was no answer to rely on.
async function post(path, body) {
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout?.(20000) });
    return [answer.status, await answer.json()];
  } catch {
    return [0, {}];
  }
}

function forget() {
  for (const key of ['token', 'nonce', 'tapped']) delete memory[key];
}

// Whom to call: a number to tap, or whatever else the help desk is known by.
const phone = () => /^[+\d][\d ()./-]{4,}$/.test(brand.help)
  ? h('a', { href: `tel:${brand.help.replace(/[^+\d]/g, '')}` }, brand.help)
  : brand.help || brand.name || T.desk;

function filled(text, node) {
  const [before, after = ''] = text.split('{}');
  return [before, node, after];
}

const dead = () => {
  forget();
  screen(T.dead, h('p', {}, T.deadWhy), h('p', {}, ...filled(T.call, phone())));
};

const offline = (retry) => screen(T.title,
  h('p', { role: 'alert', class: 'bad' }, T.offline),
  h('form', { onsubmit: (e) => { e.preventDefault(); retry(); } }, h('button', { class: 'main' }, T.again)));

function clock(at) {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString([], today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
}

function showBrand() {
  memory.brand = JSON.stringify(brand);
  const line = document.getElementById('brand');
  line.textContent = say(T.from, brand.name);
  line.hidden = !brand.name;
}

async function start() {
  const fragment = location.hash.slice(1);
  if (fragment) {
    // Out of the address bar and the history before anything else.
    history.replaceState(null, '', location.pathname);
    if (memory.token !== fragment) {
      // Another link, perhaps from another help desk.
      forget();
      delete memory.brand;
      brand = { name: '', help: '' };
    }
    memory.token = fragment;
  }
  if (!crypto.subtle) return screen(T.old, h('p', {}, T.oldWhy));
  if (!/^[\w-]{22}$/.test(memory.token || '')) {
    forget();
    return screen(T.partial, h('p', {}, T.partialWhy), h('p', {}, ...filled(T.call, phone())));
  }
  // Made before the first attempt: it lets this tab, and no other, fetch again for a while.
  memory.nonce ||= encode(crypto.getRandomValues(new Uint8Array(16)));
  const keys = await derive(decode(memory.token));
  screen(T.looking, h('p', { class: 'soft wait', role: 'status' }, T.looking));
  const [status, look] = await post('/s/look', { id: encode(keys.id) });
  if (look.brand) brand = { ...look.brand, stays: !look.must_change };
  showBrand();
  if (status === 200) return ready(keys, look);
  // Opened, perhaps by this very tab before a reload or a lost answer.
  if (status === 410) return memory.tapped ? fetchAgain(keys) : dead();
  return offline(start);
}

function ready(keys, look) {
  const alert = h('p', { class: 'bad', role: 'alert', id: 'bad' });
  const input = look.code_needed && h('input', { id: 'code', inputmode: 'numeric', autocomplete: 'off', maxlength: 9, 'aria-describedby': 'why bad', required: true });
  const button = h('button', { class: 'main' }, T.reveal);
  const form = h('form', { novalidate: true, onsubmit: submit },
    input && h('label', { for: 'code' }, T.code), input, input && h('p', { class: 'small soft', id: 'why' }, T.codeWhy), alert, button);
  let busy = false;

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    const code = input ? input.value.replace(/\s/g, '') : undefined;
    if (input && !code) return refuse(T.codeMissing);
    busy = true;
    alert.textContent = '';
    button.setAttribute('aria-disabled', 'true');
    button.textContent = T.opening;
    const answer = await open(keys, code);
    busy = false;
    button.removeAttribute('aria-disabled');
    button.textContent = T.reveal;
    if (answer) refuse(answer);
  }

  function refuse(text) {
    alert.textContent = text;
    if (input) { input.setAttribute('aria-invalid', 'true'); input.focus(); input.select(); } else button.focus();
  }

  screen(T.ready,
    h('p', {}, say(T.readyWhy, brand.name || T.desk)),
    look.expires_at && h('p', { class: 'soft' }, say(T.until, clock(look.expires_at))),
    form, h('p', { class: 'small soft' }, ...filled(T.call2, phone())));
}

// Opens the link. Shows the password, or the dead page, or returns what to tell.
async function open(keys, code) {
  memory.tapped = '1';
  const [status, body] = await post('/s/open', { id: encode(keys.id), proof: encode(keys.proof), nonce: memory.nonce, code });
  if (status === 200) {
    const sealed = decode(body.sealed);
    const key = await crypto.subtle.importKey('raw', keys.key, 'AES-GCM', false, ['decrypt']);
    const clear = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.subarray(0, 12), additionalData: keys.id }, key, sealed.subarray(12));
    const left = body.grace_until - body.now;
    return reveal(new TextDecoder().decode(clear), keys, Math.min(left || SHOWN_MS, SHOWN_MS));
  }
  if (status === 410) return dead();
  if (status === 422) {
    const left = body.tries_left;
    return say(left === 1 ? T.codeWrong[0] : T.codeWrong[1], left);
  }
  return status === 429 ? T.tooMany : T.offline;
}

async function fetchAgain(keys) {
  const trouble = await open(keys);
  if (trouble) offline(() => fetchAgain(keys));
}

function reveal(password, keys, left) {
  shownUntil ||= Date.now() + left;
  const box = h('p', { class: 'pass', id: 'password', translate: 'no', role: 'group', 'aria-label': T.label });
  const status = h('p', { class: 'note', role: 'status' });
  const spelling = h('div', { id: 'spelling', hidden: true });
  const toggle = (button, on, off, change) => button.addEventListener('click', () => {
    const open = button.textContent === on;
    button.textContent = open ? off : on;
    change(open);
  });
  const draw = (shown) => box.replaceChildren(...(shown
    ? [...password.matchAll(/\d+|[A-Za-z]+|[^A-Za-z\d]/g)].map(([run]) => /\d/.test(run) ? h('i', {}, run) : /[A-Za-z]/.test(run) ? run : h('b', {}, run))
    : [h('span', { 'aria-label': T.hidden, role: 'img' }, '•'.repeat(12))]));
  const copy = h('button', { class: 'main' }, T.copy);
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(password);
      status.textContent = T.copied;
    } catch {
      draw(true);
      getSelection().selectAllChildren(box);
      status.textContent = document.execCommand('copy') ? T.copied : T.notCopied;
    }
  });
  const hide = h('button', {}, T.hide);
  toggle(hide, T.show, T.hide, (open) => draw(open));
  const spell = h('button', { 'aria-controls': 'spelling', 'aria-expanded': 'false' }, T.spell);
  toggle(spell, T.spell, T.spellNot, (open) => {
    spelling.hidden = !open;
    spell.setAttribute('aria-expanded', String(open));
    spelling.replaceChildren(...(open ? [h('h2', {}, T.spelt), h('ol', { class: 'spell' }, ...[...password].map((c) => h('li', {}, h('code', {}, c), ' ', name(c))))] : []));
  });
  draw(true);
  const link = h('a', { href: `https://${SIGN_IN}`, rel: 'noreferrer noopener', target: '_blank' }, SIGN_IN);
  screen(T.here, box,
    h('p', { class: 'key' }, T.key),
    copy, h('div', { class: 'two' }, hide, spell), status, spelling,
    h('h2', {}, T.next),
    h('ol', {}, h('li', {}, T.steps[0]), h('li', {}, ...filled(T.steps[1], link)), h('li', {}, h('strong', {}, brand.stays ? T.stays : T.steps[2]))),
    h('p', { class: 'small soft' }, T.never, ' ', ...filled(T.call2, phone())));
  const clear = (again) => {
    password = '';
    removeEventListener('pagehide', leave);
    gone(again && keys);
  };
  // The back button may bring the page back from memory: nothing must be left to see in it.
  const leave = () => clear(true);
  addEventListener('pagehide', leave);
  setTimeout(() => { if (password) { forget(); clear(false); } }, shownUntil - Date.now());
}

function gone(keys) {
  screen(T.gone, h('p', {}, T.goneWhy),
    keys && h('form', { onsubmit: (e) => { e.preventDefault(); fetchAgain(keys); } }, h('button', { class: 'main' }, T.showAgain)),
    h('p', {}, ...filled(T.call, phone())));
}

function name(c) {
  if (/\d/.test(c)) return T.digits[c];
  if (/[A-Z]/.test(c)) return say(T.capital, c);
  return /[a-z]/.test(c) ? say(T.small, c) : T.signs[c] || c;
}

// A second link opened in the same tab changes only the fragment.
addEventListener('hashchange', () => location.hash && location.reload());
start();
