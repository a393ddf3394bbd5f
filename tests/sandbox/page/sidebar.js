// The left column: who you are, and the places to go, with what is unread.
import { add, arrow_keys, avatar, fill, h, icon } from './dom.js';
import { post, state } from './api.js';
import { go, mark_read, unread, view, world } from './world.js';

const languages = { 'en-US': 'Slack in English', 'de-DE': 'Slack auf Deutsch', 'fr-FR': 'Slack en français' };
const groups = [['employee', 'Employees'], ['party', 'Parties'], ['admin', 'Admins']];

export function build_sidebar(panel) {
  const who = h('button', { type: 'button', id: 'you', class: 'you', 'aria-haspopup': 'true', 'aria-expanded': 'false', 'aria-controls': 'people' });
  const menu = h('div', { id: 'people', class: 'popup people', hidden: true, role: 'group', 'aria-label': 'You are' });
  const places = h('nav', { 'aria-label': 'Conversations' });
  const status = h('p', { class: 'status', role: 'status' });
  const language = h('select', { id: 'language', 'aria-label': 'Language of this person’s Slack' },
    Object.entries(languages).map(([locale, name]) => h('option', { value: locale }, name)));
  language.addEventListener('change', () => speak(language.value));
  fill(panel, h('header', { class: 'workspace' }, h('h1', {}, state.team.name), h('span', {}, 'Sandbox')),
    h('div', { class: 'switcher' }, who, menu), h('div', { class: 'language' }, icon('eye'), language), places, status);

  const toggle = (on) => {
    menu.hidden = !on;
    who.setAttribute('aria-expanded', String(on));
    if (on) menu.querySelector('[aria-current]')?.focus();
  };
  who.addEventListener('click', () => toggle(menu.hidden));
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    toggle(false);
    who.focus();
  });
  document.addEventListener('click', (event) => {
    if (!menu.hidden && !event.composedPath().includes(who.parentElement)) toggle(false);
  });
  arrow_keys(menu, 'button');
  arrow_keys(places, 'button');

  const choose = (person) => {
    toggle(false);
    who.focus();
    go(view.place, person.id);
  };
  return () => {
    mark_read(view.place);
    draw_who(who);
    if (document.activeElement !== language) language.value = state.locales[view.me] ?? 'en-US';
    if (menu.hidden || !menu.firstChild) draw_people(menu, choose);
    draw_places(places);
    draw_status(status);
  };
}

// The app learns it when this person opens its Home tab.
async function speak(locale) {
  const user = view.me;
  go('home');  // now: whoever looks at the page may be somebody else by the time of the answers
  await post('language', { user, locale });
  await post('home', { user });
}

function draw_who(who) {
  const me = world.person(view.me);
  update(who, [me.id], () => [avatar(me.id, me.name),
    h('span', { class: 'name' }, h('small', {}, 'You are '), h('strong', {}, `${me.name} `), h('small', {}, me.title)),
  h('span', { class: 'hidden' }, ' (change person)'), icon('down')]);
}

function draw_people(menu, choose) {
  const looks = state.people.map((person) => [person.id, waiting(person.id)]);
  update(menu, [view.me, looks], () => groups.map(([role, title]) => [
    h('h2', {}, title),
    state.people.filter((person) => person.role === role).map((person) => h('button', {
      type: 'button', class: 'person', 'aria-current': person.id === view.me ? 'true' : undefined, on: { click: () => choose(person) },
      data: { person: person.id },
    }, avatar(person.id, person.name, true), h('span', { class: 'name' }, h('strong', {}, person.name), h('small', {}, person.title)),
      badge(waiting(person.id)))),
  ]));
}

// Messages that call this person and were not read.
export const waiting = (id) => unread('dm', id).badge + unread('slackbot', id).badge + state.channels.reduce((sum, channel) => sum + unread(channel.id, id).badge, 0);
const badge = (count) => count > 0 && h('span', { class: 'badge' }, String(count), h('span', { class: 'hidden' }, ' unread'));

function draw_places(places) {
  const channels = state.channels.map((channel) => [channel.id, channel.name, icon_of.channel, unread(channel.id)]);
  const [dm, slackbot] = [unread('dm'), unread('slackbot')];
  update(places, [view, channels.map((entry) => entry[3]), dm, slackbot, state.bot], () => [
    entry('home', [icon('home')], `${state.bot.name} Home`), entry('apps', [icon('apps')], 'Apps directory'),
    h('h2', {}, 'Channels'), channels.map(([id, name, sign, news]) => entry(id, [sign()], name, news)),
    h('h2', {}, 'Direct messages'), entry('dm', [avatar(state.bot.id, state.bot.name, true)], state.bot.name, dm, 'APP'),
    state.workspace_mode && entry('slackbot', [avatar('USLACKBOT', 'Slackbot', true)], 'Slackbot', slackbot),
  ]);
}

const icon_of = { channel: () => icon('hash') };

function entry(place, sign, name, news = { any: false, badge: 0 }, tag) {
  const leave = () => {
    document.body.classList.remove('show_sidebar');
    go(place);
  };
  return h('button', {
    type: 'button', class: `place${news.any ? ' fresh' : ''}`, data: { place, action: place },
    'aria-current': view.place === place ? 'page' : undefined, on: { click: leave },
  }, sign, h('span', { class: 'name' }, name), tag && h('span', { class: 'app_tag' }, tag), badge(news.badge));
}

function draw_status(status) {
  const { state: daemon, pid } = state.daemon;
  const text = daemon === 'running' && state.connections > 0
    ? `Running · pid ${pid} · ${state.connections} socket${state.connections === 1 ? '' : 's'}`
    : daemon === 'running' ? `Running · pid ${pid} · not connected` : `Countersign is ${daemon}…`;
  update(status, [text], () => [h('span', { class: `lamp ${daemon === 'running' && state.connections ? 'on' : 'off'}` }), text]);
}

// Redraws only if something changed, and keeps the focus on the same entry.
function update(element, looks, make) {
  const text = JSON.stringify(looks);
  if (element.dataset.looks === text) return;
  element.dataset.looks = text;
  const action = element.contains(document.activeElement) && document.activeElement.dataset.action;
  add(element, element.replaceChildren(), make());
  if (action) element.querySelector(`[data-action="${CSS.escape(action)}"]`)?.focus();
}
