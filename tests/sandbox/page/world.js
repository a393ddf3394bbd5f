// Who is looking, at what; and what ids are called. The address bar holds it, so that "back" and a reload work.
import { state } from './api.js';

export const view = { me: '', place: 'apps' };
let changed = () => {};

export function start_view(run) {
  changed = run;
  addEventListener('hashchange', () => {
    read_address();
    changed();
  });
  read_address();
}

function read_address() {
  const [me, place] = location.hash.slice(1).split('/');
  view.me = state.people.some((person) => person.id === me) ? me : state.people[0].id;
  const known = ['home', 'dm', 'slackbot', 'apps', ...state.channels.map((channel) => channel.id)];
  view.place = known.includes(place) ? place : 'apps';
}

export function go(place, me = view.me) {
  const next = `#${me}/${place}`;
  if (location.hash === next) changed();
  else location.hash = next;
}

const slackbot = { id: 'USLACKBOT', name: 'Slackbot' };
const by_id = (list, id) => list.find((entry) => entry.id === id);
const link_openers = [];
export const on_link = (opener) => link_openers.push(opener);

export const world = {
  get me() { return view.me; },
  get people() { return state.people; },
  get channels() { return state.channels; },
  person: (id) => by_id(state.people, id) ?? (id === state.bot.user ? state.bot : id === slackbot.id ? slackbot : undefined),
  group: (id) => by_id(state.groups, id),
  channel: (id) => by_id(state.channels, id),
  // True if some part of the page shows this address itself.
  open_link: (url) => link_openers.some((opener) => opener(url)),
};

export const key_of_place = (place, me) => (place === 'dm' ? me : place === 'slackbot' ? `slackbot/${me}` : place);

// What this person can see in a channel, or in the conversation with the bot.
export function messages_in(place, me = view.me) {
  const all = state.messages[key_of_place(place, me)] ?? [];
  return all.filter((message) => (!message.ephemeral_to || message.ephemeral_to === me) && !dismissed.has(key(message)));
}

export const key = (message) => `${message.channel}/${message.ts}${message.ephemeral_to}`;
export const dismissed = new Set();

// --- what has been read ---
const storage_key = (place, me) => `read/${me}/${place}`;

export function mark_read(place) {
  const last = messages_in(place).at(-1);
  if (last) sessionStorage.setItem(storage_key(place, view.me), last.ts);
}

export function unread(place, me = view.me) {
  const seen = Number(sessionStorage.getItem(storage_key(place, me)) ?? 0);
  const fresh = messages_in(place, me).filter((message) => Number(message.ts) > seen && message.user !== me);
  const called = ['dm', 'slackbot'].includes(place) ? fresh : fresh.filter((message) => message.ephemeral_to || calls_me(message, me));
  return { any: fresh.length > 0, badge: called.length };
}

function calls_me(message, me) {
  const text = message.text + JSON.stringify(message.blocks);
  return text.includes(`<@${me}>`) || state.groups.some((group) => group.members.includes(me) && text.includes(`<!subteam^${group.id}`));
}
