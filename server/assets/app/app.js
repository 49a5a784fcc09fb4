// The pages' one script. Everything works without it but the pod; it adds local times, buttons
// that only a script can do, and fresh notes after a reset.

const byData = (name, root = document) => root.querySelectorAll(`[data-${name}]`);

function localTimes(root) {
  const words = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  for (const time of byData('local', root)) time.textContent = words.format(new Date(time.dateTime));
  for (const time of byData('hint', root)) time.title = words.format(new Date(time.dateTime));
}

// A set-up link carries its token in the fragment: out of the address bar, into the form.
for (const field of byData('fragment')) {
  const token = location.hash.slice(1);
  if (!token) continue;
  history.replaceState(null, '', location.pathname);
  field.querySelector('input').value = token;
  field.hidden = true;
  document.querySelector('#password')?.focus();
}

for (const button of byData('shows')) {
  const input = document.getElementById(button.dataset.shows);
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    button.textContent = shown ? 'Hide' : 'Show';
    button.setAttribute('aria-pressed', String(shown));
  });
  // Password managers look for a password field.
  input.form.addEventListener('submit', () => { input.type = 'password'; });
}

// What a button has done, for those who don't see it. It stands there before it says something.
const said = document.createElement('p');
said.className = 'unseen';
said.setAttribute('role', 'status');
document.body.append(said);

for (const button of byData('copies')) {
  const source = document.getElementById(button.dataset.copies);
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    // What is only spelt in groups is copied in one piece.
    const text = 'joined' in button.dataset ? source.textContent.replaceAll(' ', '') : source.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Not allowed here: it is selected, and the keyboard copies it.
      getSelection().selectAllChildren(source);
      said.textContent = 'Selected: copy it with your keyboard';
      return;
    }
    button.textContent = 'Copied';
    said.textContent = '';
    setTimeout(() => { said.textContent = 'Copied'; }, 50);
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}

// Saving and testing asks Microsoft some twenty questions: the button says that it is under way.
for (const button of byData('busy')) {
  const label = [...button.childNodes];
  const form = button.form;
  form.addEventListener('submit', (event) => {
    // A form may have another button, for a look at it.
    if (event.submitter && event.submitter !== button) return;
    if (form.ariaBusy === 'true') return event.preventDefault();
    form.ariaBusy = 'true';
    button.setAttribute('aria-disabled', 'true');
    button.textContent = button.dataset.busy;
    said.textContent = button.dataset.busy;
  });
  // Who comes back by the browser's own button finds it as it was.
  addEventListener('pageshow', () => {
    form.ariaBusy = null;
    button.removeAttribute('aria-disabled');
    button.replaceChildren(...label);
  });
}

// A colour that can be picked as well as typed.
for (const picker of byData('picks')) {
  const field = document.getElementById(picker.dataset.picks);
  const shown = () => {
    const text = field.value.trim() || field.placeholder;
    if (/^#?[0-9a-f]{6}$/i.test(text)) picker.value = `#${text.replace('#', '')}`.toLowerCase();
  };
  picker.hidden = false;
  picker.addEventListener('input', () => {
    field.value = picker.value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  field.addEventListener('input', shown);
  shown();
}

// A form that is looked at while it is typed into: the page in its frame, the text beside it.
for (const form of byData('previews')) {
  const button = form.querySelector('[formtarget]');
  let waits;
  let newest = 0;
  const look = async () => {
    newest += 1;
    const mine = newest;
    // A new frame each time: the old one's history would be the way back from this page.
    const old = document.getElementById(form.dataset.previews);
    const fresh = old.cloneNode();
    fresh.removeAttribute('src');
    fresh.name = button.formTarget = `${form.dataset.previews}-${mine}`;
    old.removeAttribute('id');
    // Behind the old one until it has come.
    old.before(fresh);
    form.requestSubmit(button);
    fresh.addEventListener('load', () => {
      while (fresh.nextElementSibling) fresh.nextElementSibling.remove();
    }, { once: true });
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(`${form.getAttribute('action')}/text`, { method: 'POST', body }).catch(() => null);
    if (!answer?.ok || mine !== newest) return;
    const told = await answer.json();
    told.sms.plural = told.sms.segments === 1 ? '' : 's';
    for (const part of byData('sms')) part.textContent = told.sms[part.dataset.sms];
    document.querySelector('[data-sms=text]').lang = told.sms.lang;
    notShown(told.wrong);
  };
  const soon = () => {
    clearTimeout(waits);
    waits = setTimeout(look, 300);
  };
  button.hidden = true;
  form.addEventListener('input', soon);
  // What belongs to the form and stands elsewhere.
  for (const other of form.elements) if (!form.contains(other)) other.addEventListener('input', soon);
}

// What is typed and can't be kept, so that it is not in the preview either.
function notShown(wrong) {
  const place = document.getElementById('not-shown');
  const lines = wrong.map((one) => {
    const line = document.createElement('li');
    line.textContent = one.detail;
    return line;
  });
  if (!lines.length) return place.replaceChildren();
  const head = document.createElement('p');
  head.textContent = 'Not shown, because it can’t be kept like this:';
  const list = document.createElement('ul');
  list.append(...lines);
  place.replaceChildren(head, list);
}

// The reset's note is in the ticket by the time the pod says that the reset is complete; the notes
// of what happened to its link, and of a verification that has ended, follow within a second or so.
document.addEventListener('reset-completed', () => freshNotes(0));
const noted = ['verified', 'verification-ended', 'link-replaced', 'link-resent', 'link-opened', 'link-ended', 'link-tried'];
for (const event of noted) {
  document.addEventListener(event, () => freshNotes(5));
}

async function freshNotes(looks) {
  const notes = document.getElementById('notes');
  if (!notes) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.getElementById('notes');
  if (!fresh) return;
  // What is new may be an earlier note that nobody had seen yet: the one that was told of follows.
  if (looks > 0) setTimeout(() => freshNotes(looks - 1), 1000);
  const count = (list) => list.querySelectorAll('li').length;
  if (count(fresh) === count(notes)) return;
  localTimes(fresh);
  notes.replaceWith(fresh);
  document.getElementById('notes-status').textContent = 'The notes have been updated.';
}

// A panel that never came says so.
function watchPanels(root) {
  for (const words of root.querySelectorAll('msp-password-reset > .loading')) {
    setTimeout(() => {
      if (customElements.get('msp-password-reset')) return;
      words.textContent = 'The password reset panel could not be loaded. Reload the page to try again.';
      words.setAttribute('role', 'alert');
    }, 15000);
  }
}
watchPanels(document);

// A list: a row opens beside it without a new page, and the keyboard goes through the rows.
const beside = document.querySelector('[data-list] #beside');
if (beside) list(beside);

function list(place) {
  const rows = () => [...document.querySelectorAll('.list tbody tr')];
  // The one of a row's two links that is shown at this width.
  const link = (row) => [...row.querySelectorAll('td.summary a')].find((it) => it.offsetParent);
  const current = () => document.querySelector('.list tr.current');
  for (const help of byData('keys')) help.hidden = false;
  // The back button leads through what stood beside the list.
  let newest = 0;
  // What stands there now. A way within the page, as the one past the head, changes nothing of it.
  const bare = (address) => new URL(address, location.href).href.split('#')[0];
  let shown = bare(location.href);

  const mark = (id) => {
    for (const row of rows()) {
      const is = row.id === `row-${id}`;
      row.classList.toggle('current', is);
      row.querySelector('a.opens').toggleAttribute('aria-current', is);
      if (is) row.querySelector('a.opens').setAttribute('aria-current', 'true');
    }
  };
  const show = async (address, focus) => {
    newest += 1;
    const mine = newest;
    shown = bare(address);
    mark(new URL(address, location.href).searchParams.get('open'));
    const answer = await fetch(address, { headers: { accept: 'text/html' } }).catch(() => null);
    if (mine !== newest) return;
    // Signed out, or trouble: the page itself says what it is.
    const page = answer && !answer.redirected && new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page && page.getElementById('beside');
    if (mine !== newest) return;
    if (!fresh) return location.assign(address);
    localTimes(fresh);
    document.title = page.title;
    place.replaceChildren(...fresh.children);
    watchPanels(place);
    if (focus) document.getElementById('beside-title')?.focus();
  };
  const close = (address) => {
    newest += 1;
    const row = current();
    history.pushState(null, '', address);
    shown = bare(address);
    document.title = `${document.querySelector('h1').textContent} · Password Reset`;
    mark(null);
    place.replaceChildren();
    (row && link(row))?.focus();
  };
  document.addEventListener('click', (event) => {
    const a = event.target.closest?.('a.opens, a[data-close]');
    if (!a || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if ('close' in a.dataset) return close(a.href);
    if (a.href !== location.href) history.pushState(null, '', a.href);
    // By keyboard one goes on in what has opened; a mouse is there anyway.
    show(a.href, event.detail === 0);
  });
  addEventListener('popstate', () => {
    if (bare(location.href) !== shown) show(location.href, false);
  });

  // The row's shields follow those of the pod beside it.
  for (const event of ['verified', 'verification-ended']) {
    document.addEventListener(event, async () => {
      const row = current();
      const answer = row && await fetch(location.href, { headers: { accept: 'text/html' } });
      if (!answer?.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(row.id)?.querySelector('.marks');
      if (fresh) row.querySelector('.marks').replaceWith(fresh);
    });
  }

  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const path = event.composedPath();
    // Whoever types, chooses or answers a question of the pod means that.
    if (path.some((it) => it.matches?.('input, select, textarea, dialog, [contenteditable], [role=radio]'))) return;
    const there = path.includes(place);
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (event.key === '/') {
      document.getElementById('q').focus();
    } else if (event.key === 'Escape' && place.querySelector('[data-close]')) {
      close(place.querySelector('[data-close]').href);
    } else if (step && !there) {
      const links = rows().map(link).filter(Boolean);
      const at = links.indexOf(document.activeElement);
      const from = at >= 0 ? at : rows().indexOf(current());
      const next = links[from < 0 ? (step > 0 ? 0 : links.length - 1) : from + step];
      if (!next) return;
      next.focus();
      next.scrollIntoView({ block: 'nearest' });
    } else {
      return;
    }
    event.preventDefault();
  });
}

// What goes on by itself is looked at again, while somebody looks. Without this there is a link.
for (const { dataset } of document.querySelectorAll('[data-reloads]')) {
  setInterval(() => {
    if (!document.hidden && dataset.reloads) location.reload();
  }, dataset.reloads * 1000);
}

localTimes(document);
