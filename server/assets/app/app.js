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
    await navigator.clipboard.writeText(text);
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

// The reset's note is in the ticket by the time the pod says that the reset is complete; the notes
// that the link was opened or replaced follow within a second or so.
document.addEventListener('reset-completed', () => freshNotes(0));
document.addEventListener('link-opened', () => freshNotes(5));
document.addEventListener('link-replaced', () => freshNotes(5));

async function freshNotes(looks) {
  const notes = document.getElementById('notes');
  if (!notes) return;
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.getElementById('notes');
  if (!fresh) return;
  const count = (list) => list.querySelectorAll('li').length;
  if (looks > 0 && count(fresh) === count(notes)) {
    setTimeout(() => freshNotes(looks - 1), 1000);
    return;
  }
  localTimes(fresh);
  notes.replaceWith(fresh);
  document.getElementById('notes-status').textContent = 'The notes have been updated.';
}

// A panel that never came says so.
for (const words of document.querySelectorAll('msp-password-reset > .loading')) {
  setTimeout(() => {
    if (customElements.get('msp-password-reset')) return;
    words.textContent = 'The password reset panel could not be loaded. Reload the page to try again.';
    words.setAttribute('role', 'alert');
  }, 15000);
}

localTimes(document);
