// The bot's Home tab, as published with views.publish.
import { fill, h } from './dom.js';
import { draw_blocks } from './blocks.js';
import { place_of } from './press.js';
import { post, state } from './api.js';
import { view, world } from './world.js';
import { toast } from './dialogs.js';

let opened = '';
let drawn = '';

export function draw_home(column) {
  if (opened !== view.me) {
    opened = view.me;
    post('home', { user: view.me }).catch((problem) => toast(problem.message, true));
  }
  const home = state.homes[view.me];
  const looks = JSON.stringify([view.me, home ?? null]);
  if (drawn === looks && column.firstElementChild?.classList.contains('home')) return;
  drawn = looks;
  fill(column, h('div', { class: 'home', tabindex: '0', role: 'region', 'aria-label': 'Home tab' }, home ? draw_blocks(home.blocks, place_of({ view: home.id })) : empty()));
}

export const leave_home = () => { opened = ''; };

function empty() {
  return h('div', { class: 'welcome' }, h('h3', {}, `This is ${state.bot.name}’s Home tab`),
    h('p', {}, `${state.bot.name} has not published anything here for ${world.person(view.me).name} yet.`),
    h('p', {}, 'Type ', h('code', {}, '/app-request'), ' in any conversation, or ask for an app in the Apps directory.'));
}
