// The main column: a list of messages. A message whose content did not change keeps its elements (and the focus in it).
import { avatar, fill, h, icon } from './dom.js';
import { draw_blocks } from './blocks.js';
import { mrkdwn } from './mrkdwn.js';
import { place_of } from './press.js';
import { acknowledgement, post, state } from './api.js';
import { toast } from './dialogs.js';
import { dismissed, key, messages_in, view, world } from './world.js';

let drawn = new Map();
let drawn_for = '';

export function draw_messages(column) {
  const here = `${view.me}/${view.place}`;
  const log = column.firstElementChild?.classList.contains('log') && drawn_for === here
    ? column.firstElementChild
    : fill(column, h('div', { class: 'log', role: 'log', 'aria-label': 'Messages', tabindex: '0' })).firstElementChild;
  const at_end = drawn_for !== here || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  if (drawn_for !== here) drawn = new Map();
  drawn_for = here;

  const list = messages_in(view.place);
  const next = new Map();
  const nodes = [];
  if (!list.length) nodes.push(welcome());
  list.forEach((message, at) => {
    const before = list[at - 1];
    if (!before || day(before) !== day(message)) nodes.push(h('div', { class: 'day' }, h('span', {}, day(message))));
    const compact = Boolean(before) && same_speaker(before, message);
    const looks = JSON.stringify([message, compact]);
    const old = drawn.get(key(message));
    const entry = old?.looks === looks ? old : { looks, node: one(message, compact, Boolean(old)) };
    next.set(key(message), entry);
    nodes.push(entry.node);
  });
  drawn = next;
  place_nodes(log, nodes);
  if (at_end) log.scrollTop = log.scrollHeight;
}

// Puts the nodes in order without touching those that already stand right, so that the focus survives.
function place_nodes(log, nodes) {
  const focused = document.activeElement;
  const inside = log.contains(focused) && focused.closest('[data-message]')?.dataset.message;
  const action = focused?.dataset?.action;
  const keep = new Set(nodes);
  for (const child of [...log.children]) if (!keep.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (log.children[at] !== node) log.insertBefore(node, log.children[at] ?? null);
  });
  if (inside && !focused.isConnected) {
    const message = log.querySelector(`[data-message="${CSS.escape(inside)}"]`);
    (message?.querySelector(`[data-action="${CSS.escape(action ?? '')}"]`) ?? message)?.focus();
  }
}

const when = (message) => new Date(Number(message.ts) * 1000);
const clock = (message) => when(message).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });

function day(message) {
  const today = new Date().toDateString();
  return when(message).toDateString() === today ? 'Today'
    : when(message).toLocaleDateString('en', { weekday: 'long', month: 'long', day: 'numeric' });
}

// A card always says who speaks; lines of one speaker follow each other without.
const same_speaker = (before, message) => before.user === message.user && day(before) === day(message) && !message.blocks.length
  && Number(message.ts) - Number(before.ts) < 300 && !before.ephemeral_to && !message.ephemeral_to;

function one(message, compact, changed) {
  const speaker = world.person(message.user) ?? state.bot;
  const bot = speaker.id === state.bot.id;
  const time = h('time', { datetime: when(message).toISOString(), title: when(message).toLocaleString() }, clock(message));
  const body = h('div', { class: 'body' },
    message.ephemeral_to && h('p', { class: 'only_you' }, icon('eye'), 'Only visible to you'),
    h('div', { class: 'who' }, h('strong', {}, speaker.name), bot && h('span', { class: 'app_tag' }, 'APP'), time),
    message.blocks.length
      ? draw_blocks(message.blocks, place_of({ channel: message.channel, ts: message.ts }))
      : h('div', { class: 'text' }, mrkdwn(message.text, world)),
    message.edits > 0 && h('span', { class: 'edited', title: `Changed ${message.edits} times` }, '(edited)'),
    message.ephemeral_to && h('button', { type: 'button', class: 'plain dismiss', on: { click: () => dismiss(message) } },
      'Dismiss message'));
  return h('article', {
    class: `message${compact ? ' compact' : ''}${message.ephemeral_to ? ' ephemeral' : ''}${changed ? ' changed' : ''}`,
    tabindex: '-1', data: { message: key(message) }, 'aria-label': `${speaker.name}, ${clock(message)}`,
  }, h('div', { class: 'gutter' }, compact ? time.cloneNode(true) : avatar(speaker.id, speaker.name)), body,
  !bot && !message.ephemeral_to && shortcuts(message));
}

// A message's own menu, as far as the app has put something into it.
function shortcuts(message) {
  return h('div', { class: 'message_tools' }, state.message_shortcuts.map((entry) => h('button', {
    type: 'button', class: 'plain', data: { action: entry.callback }, on: { click: () => use(entry, message) },
  }, entry.name)));
}

async function use(entry, message) {
  try {
    const { envelope } = await post('shortcut', { user: view.me, callback: entry.callback, channel: message.channel, ts: message.ts });
    await acknowledgement(envelope);
  } catch (problem) {
    toast(`${entry.name} failed: ${problem.message}`, true);
  }
}

function dismiss(message) {
  dismissed.add(key(message));
  document.dispatchEvent(new Event('redraw'));
}

function welcome() {
  if (view.place === 'slackbot') {
    return h('div', { class: 'welcome' }, avatar('USLACKBOT', 'Slackbot'), h('h3', {}, 'Slackbot'),
      h('p', {}, 'What Slack itself tells you: requests to install, if you manage apps, and what became of yours.'));
  }
  if (view.place === 'dm') {
    return h('div', { class: 'welcome' }, avatar(state.bot.id, state.bot.name), h('h3', {}, state.bot.name),
      h('p', {}, `This is the start of ${world.person(view.me).name}’s conversation with ${state.bot.name}. `,
        'News about your app requests arrive here.'));
  }
  const channel = world.channel(view.place);
  return h('div', { class: 'welcome' }, h('h3', {}, `# ${channel.name}`), h('p', {}, channel.topic), h('p', {}, 'Nothing here yet.'));
}
