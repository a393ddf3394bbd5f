// The message box: words, or a slash command, whose list appears while it is typed.
import { arrow_keys, fill, h, icon } from './dom.js';
import { acknowledgement, post, state } from './api.js';
import { key_of_place, view, world } from './world.js';
import { toast } from './dialogs.js';

const drafts = new Map();

export function build_composer() {
  const box = h('textarea', {
    id: 'composer', rows: 1, autocomplete: 'off', spellcheck: 'false', 'aria-autocomplete': 'list', 'aria-controls': 'commands',
  });
  const list = h('div', { id: 'commands', class: 'popup commands', hidden: true, role: 'group', 'aria-label': 'Commands' });
  const send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send' }, icon('send'));
  const form = h('form', { class: 'composer' }, list, h('label', { for: 'composer', class: 'hidden' }, 'Message'), box, send);
  const here = () => `${view.me}/${view.place}`;

  const suggest = () => {
    drafts.set(here(), box.value);
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
    send.disabled = !box.value.trim();
    const typing = /^\/[^\s]*$/.test(box.value);
    const fits = typing ? state.commands.filter((entry) => entry.command.startsWith(box.value)) : [];
    const shortcuts = typing ? state.shortcuts.filter((entry) => entry.name.toLowerCase().includes(box.value.slice(1).toLowerCase())) : [];
    list.hidden = !fits.length && !shortcuts.length;
    fill(list, fits.map((entry) => h('button', { type: 'button', on: { click: () => take(entry) } },
      h('strong', {}, entry.command), ' ', h('span', { class: 'usage' }, entry.usage), h('small', {}, entry.description))),
    shortcuts.map((entry) => h('button', { type: 'button', on: { click: () => start(entry) } },
      h('strong', {}, entry.name), h('small', {}, entry.description))));
  };
  const start = async (entry) => {
    box.value = '';
    suggest();
    try {
      const { envelope } = await post('shortcut', { user: view.me, callback: entry.callback });
      await acknowledgement(envelope);
    } catch (problem) {
      toast(`${entry.name} failed: ${problem.message}`, true);
    }
  };
  const take = (entry) => {
    box.value = `${entry.command} `;
    suggest();
    box.focus();
  };

  box.addEventListener('input', suggest);
  box.addEventListener('keydown', (event) => {
    const first = list.hidden ? null : list.querySelector('button');
    if (event.key === 'ArrowUp' && first) list.lastElementChild.focus();
    else if (event.key === 'ArrowDown' && first) first.focus();
    else if (event.key === 'Tab' && first && !event.shiftKey) first.click();
    else if (event.key === 'Escape' && first) list.hidden = true;
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) form.requestSubmit();
    else return;
    event.preventDefault();
  });
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') box.focus();
  });
  arrow_keys(list, 'button');

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    const channel = key_of_place(view.place, view.me);
    const [command] = text.split(/\s+/);
    if (text.startsWith('/') && !state.commands.some((entry) => entry.command === command)) {
      return toast(`${command} is not a command of this workspace. Try ${state.commands.map((entry) => entry.command).join(' or ')}.`, true);
    }
    try {
      const sent = text.startsWith('/')
        ? post('command', { user: view.me, channel, command, text: text.slice(command.length).trim() })
        : post('say', { user: view.me, channel, text });
      const { envelope } = await sent;
      box.value = '';
      suggest();
      if (envelope) await acknowledgement(envelope);
    } catch (problem) {
      toast(text.startsWith('/') ? `${command} failed: ${problem.message}` : problem.message, true);
    }
  });

  let shown_for = '';
  form.redraw = () => {
    const hidden = ['home', 'apps', 'slackbot'].includes(view.place);
    form.hidden = hidden;
    const name = view.place === 'dm' ? state.bot.name : `#${world.channel(view.place)?.name}`;
    box.placeholder = `Message ${name}, or type / for commands`;
    if (shown_for === here()) return;
    shown_for = here();
    box.value = drafts.get(here()) ?? '';
    suggest();
  };
  return form;
}
