// The reveal page. Asks what its link is, opens it after a tap, decrypts here. This page never keeps
// the password. common.js stands in front.

const SHOWN_MS = 5 * 60 * 1000;
const LONGEST_MS = 30 * 60 * 1000;
const SIGN_IN = 'www.office.com';

let password = '';
// When it leaves the screen, and until when this tab may fetch it again.
let shownUntil = 0;
let graceUntil = 0;

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

// Whom to ask, at the end of a screen that needs nobody.
function doubt() {
  const whom = number('') || brand.name;
  return whom ? filled(words.doubt, whom) : [words.doubt_desk];
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
  stop(words.dead, words.dead_why, late);
}

const nonce = () => encode(crypto.getRandomValues(new Uint8Array(16)));

async function start() {
  if (fragment) {
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
  if (!window.crypto || !crypto.subtle) return stop(words.old, words.old_why);
  if (memory.over) return dead();
  if (!whole(memory.token)) {
    delete memory.token;
    return stop(words.partial, words.partial_why);
  }
  // Made before the first attempt: it lets this tab, and no other, fetch again for a while.
  memory.nonce = memory.nonce || nonce();
  keys = await derive(memory.token, 'share');
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
  screen(words.ready,
    p(brand.intro || say(words.ready_why, brand.name)),
    form(look.code_needed && { why: words.code_why, good: /\d/ }, words.reveal, words.opening, open),
    note(say(words.until, clock(Date.now() + look.expires_at - look.now))),
    note(...doubt()));
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
  silent = false;
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
    note(words.never, ' ', ...doubt()));
}

function gone(again) {
  password = '';
  silent = page.sample;
  screen(words.gone, p(words.gone_why),
    again ? act(words.show_again, () => { put(pending); fetchAgain(); }) : '',
    ...(again ? [note(...doubt())] : call()));
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

start();
