// Puts the page together and redraws it whenever the sandbox's state or the address changes.
import { fill, h, icon } from './dom.js';
import { on_change, poll_now, state } from './api.js';
import { build_calls } from './calls.js';
import { build_clock } from './clock.js';
import { build_composer } from './composer.js';
import { draw_directory } from './directory.js';
import { build_faults } from './faults.js';
import { build_guide, steps } from './guide.js';
import { draw_home, leave_home } from './home.js';
import { draw_messages } from './messages.js';
import { draw_modals } from './modals.js';
import { build_sidebar, waiting } from './sidebar.js';
import { open_sign_in } from './sign_in.js';
import { draw_tracker, select_issue } from './tracker.js';
import { go, on_link, start_view, view, world } from './world.js';

const column = document.getElementById('column');
const title = document.getElementById('title');
const drawer = document.getElementById('drawer');
const tools = [
  ['guide', 'Try this', 'guide'], ['tracker', 'Vendor issues', 'issue'], ['clock', 'Clock', 'clock'], ['calls', 'API log', 'log'],
  ['faults', 'Faults', 'fault'],
];
const phone = matchMedia('(max-width: 760px)');
let redraw_tool = {};
let shown_tool = null;
let parts = null;

on_change(() => {
  if (!parts) start();
  redraw();
});
document.addEventListener('redraw', () => redraw());
poll_now();

function start() {
  start_view(redraw);
  const composer = build_composer();
  document.getElementById('main').append(composer);
  parts = { sidebar: build_sidebar(document.getElementById('sidebar')), composer };
  fill(document.getElementById('tools'), tools.map(([name, label, sign]) => h('button', {
    type: 'button', class: 'tool', id: `tool_${name}`, 'aria-expanded': 'false', 'aria-controls': 'drawer',
    on: { click: () => show_tool(shown_tool === name ? null : name) },
  }, icon(sign), h('span', {}, label))));
  const menu = document.getElementById('menu');
  fill(menu, icon('menu')).addEventListener('click', () => {
    document.body.classList.toggle('show_sidebar');
    document.getElementById('you').focus();
  });
  document.getElementById('skip').addEventListener('click', () => column.firstElementChild?.focus());
  document.getElementById('shade').addEventListener('click', () => document.body.classList.remove('show_sidebar'));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
    if (document.body.classList.contains('show_sidebar')) {
      document.body.classList.remove('show_sidebar');
      menu.focus();
    } else if (drawer.contains(document.activeElement)) show_tool(null);
  });
  on_link((url) => {
    if (!select_issue(url)) return false;
    show_tool('tracker');
    return true;
  });
  on_link(open_sign_in);
  on_link((url) => {
    if (!state.apps.some((app) => url.endsWith(`/apps/${app.id}`))) return false;
    go('apps');
    return true;
  });
  if (!phone.matches) show_tool('guide', false);
}

function show_tool(name, take_focus = true) {
  const before = shown_tool;
  shown_tool = name;
  drawer.hidden = !name;
  document.body.classList.toggle('with_drawer', Boolean(name));
  for (const [other] of tools) document.getElementById(`tool_${other}`).setAttribute('aria-expanded', String(other === name));
  if (!name) return document.getElementById(`tool_${before}`)?.focus();
  const label = tools.find(([other]) => other === name)[1];
  const body = h('div', { class: `drawer_body ${name}` });
  const close = h('button', { type: 'button', class: 'plain', 'aria-label': `Close ${label}`, on: { click: () => show_tool(null) } }, icon('close'));
  fill(drawer, h('header', {}, h('h2', {}, label), close), body);
  drawer.setAttribute('aria-label', label);
  redraw_tool = {
    guide: () => build_guide(body, () => phone.matches && show_tool(null)), tracker: () => () => draw_tracker(body),
    calls: () => build_calls(body), faults: () => build_faults(body), clock: () => build_clock(body),
  }[name]();
  redraw_tool();
  if (take_focus) close.focus();
}

function redraw() {
  if (!parts) return;
  if (view.place !== 'home') leave_home();
  if (view.place === 'home') draw_home(column);
  else if (view.place === 'apps') draw_directory(column);
  else draw_messages(column);
  parts.sidebar();
  draw_title();
  parts.composer.redraw();
  draw_modals(state);
  if (shown_tool) redraw_tool();
  const list = steps();
  document.querySelector('#tool_guide span').textContent = `Try this ${list.filter((step) => step.done).length}/${list.length}`;
}

function draw_title() {
  const channel = world.channel(view.place);
  const names = { home: `${state.bot.name} Home`, dm: state.bot.name, slackbot: 'Slackbot', apps: 'Apps directory' };
  const name = channel ? `# ${channel.name}` : names[view.place];
  const topic = channel?.topic ?? { dm: 'Direct message with the app', slackbot: 'What Slack itself tells you', home: 'What the app shows you', apps: 'Ask for an app' }[view.place];
  const me = world.person(view.me).name;
  const news = waiting(view.me);
  const menu = document.getElementById('menu');
  menu.setAttribute('aria-label', `People and channels${news ? `, ${news} unread` : ''}`);
  menu.classList.toggle('news', news > 0);
  if (title.dataset.looks === name + me) return;
  title.dataset.looks = name + me;
  fill(title, h('strong', {}, name), h('small', {}, h('span', { class: 'narrow' }, `You are ${me}`), h('span', { class: 'wide' }, topic)));
  document.title = `${name} · ${state.team.name} · Sandbox`;
}
