// The page of a verification's link: says who asks and why, takes the two digits that the technician
// says, or tells the help desk that it was not them. Whoever has the link and does not hear the
// technician gets nowhere with it. This page keeps nothing. common.js stands in front.

let look;

// Nobody is told why a link is dead.
function dead() {
  keys = undefined;
  stop(words.dead, words.dead_why);
}

// One question of ours, with what shows that we have the link.
const prove = (path, more) => post(path, Object.assign({ id: encode(keys.id), proof: encode(keys.proof) }, more));

async function start() {
  wear({});
  if (!window.crypto || !crypto.subtle) return stop(words.old, words.old_why);
  if (!whole(fragment)) return stop(words.partial, words.partial_why);
  keys = await derive(fragment, 'verify');
  return first();
}

// Looks, without any effect.
async function first() {
  const [status, body] = await post('/v/look', { id: encode(keys.id), language: page.lang });
  if (status === 410) return dead();
  if (status !== 200) return offline(first);
  look = body;
  look.until = Date.now() + look.expires_at - look.now;
  wear(look);
  return question();
}

const tries = () => say(words.tries[look.tries_left === 1 ? 0 : 1], look.tries_left);

function question() {
  const left = h('span', {}, tries(), ' ');
  const send = async (digits) => {
    const [status, body] = await prove('/v/answer', { digits });
    if (status === 200) return over(words.done, p(say(words.done_why, look.by)));
    if (status === 410) return dead();
    if (status !== 422) return `${words.offline}. ${words.offline_why}`;
    look.tries_left = body.tries_left;
    left.textContent = '';
    return `${words.wrong} ${tries()}`;
  };
  screen(words.ask, p(look.why),
    form({ why: say(words.code_why, look.by), good: /^\d\d$/ }, words.confirm, words.sending, send),
    note(left, say(words.until, clock(look.until))),
    h('button', { class: 'plain', onclick: sure }, look.deny));
}

// A program that presses buttons should raise no alarm: what it finds first leads back.
function sure() {
  const alert = h('p', { class: 'bad', role: 'alert' });
  let busy = false;
  const tell = async () => {
    if (busy) return;
    busy = true;
    alert.textContent = '';
    const [status] = await prove('/v/deny');
    busy = false;
    if (status === 410) return dead();
    if (status !== 200) {
      alert.textContent = `${words.offline}. ${words.offline_why}`;
      return;
    }
    const whom = number('') || brand.name;
    over(words.told, p(...(whom ? filled(words.told_why, whom) : [words.told_desk])));
  };
  screen(words.sure, p(say(words.sure_why, brand.name)), alert,
    h('div', { class: 'two' }, h('button', { onclick: question }, words.back), act(words.tell, tell)));
}

function over(title, why) {
  keys = undefined;
  screen(title, why);
}

start();
