// The Apps directory: asking for an app as Slack offers it ("Request to install").
import { fill, h } from './dom.js';
import { post, state } from './api.js';
import { view, world } from './world.js';
import { avatar } from './dom.js';
import { show, toast, window_of } from './dialogs.js';

let drawn = '';
const kinds = { marketplace: 'Slack Marketplace', internal: 'Built in-house', unlisted: 'Not listed' };

export function draw_directory(column) {
  const pending = state.requests.filter((request) => !request.resolved);
  const looks = JSON.stringify([state.apps, pending, view.me]);
  if (drawn === looks && column.firstElementChild?.classList.contains('directory')) return;
  drawn = looks;
  const focused = column.contains(document.activeElement) && document.activeElement.dataset.action;
  fill(column, h('div', { class: 'directory', tabindex: '0', role: 'region', 'aria-label': 'Apps directory' },
    h('p', { class: 'lead' }, `Apps need approval in ${state.team.name}. Choose one and ask for it, as anybody would in Slack.`),
    h('div', { class: 'apps' }, state.apps.map((app) => card(app, pending.find((request) => request.app_id === app.id))))));
  if (focused) column.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}

function card(app, request) {
  const verdict = { approved: 'Approved for this workspace', restricted: 'Restricted by an admin' }[app.resolution];
  const who = request && (world.person(request.user)?.name ?? request.user);
  return h('article', { class: 'app' },
    avatar(app.id, app.name),
    h('div', {}, h('h3', {}, app.name), h('span', { class: `kind ${app.kind}` }, kinds[app.kind])),
    h('p', {}, app.description),
    h('p', { class: 'permissions' }, `${app.scopes.length} permission${app.scopes.length === 1 ? '' : 's'}`,
      app.scopes.some((scope) => scope.is_sensitive) && h('span', { class: 'sensitive' }, ' · some sensitive')),
    verdict && h('p', { class: `verdict ${app.resolution}` }, verdict),
    request
      ? h('p', { class: 'verdict' }, `Requested by ${who}`)
      : app.resolution !== 'approved' && h('button', {
        type: 'button', class: 'button', data: { action: `request ${app.id}` }, 'aria-label': `Request to install ${app.name}`,
        on: { click: () => ask(app) },
      }, 'Request to install'));
}

function ask(app) {
  const note = h('textarea', { id: 'request_note', class: 'control', rows: 4, placeholder: 'Why do you need it? You may paste the vendor issue link here.' });
  const send = h('button', { type: 'submit', class: 'button primary' }, 'Submit request');
  const close = () => dialog.remove();
  const form = h('form', { class: 'view_form' },
    h('div', { class: 'dialog_body' },
      h('p', {}, h('strong', {}, app.name), ' will be able to:'),
      h('ul', { class: 'scopes' }, app.scopes.map((scope) => h('li', {}, scope.description, ' ', h('code', {}, scope.name),
        scope.token_type === 'user' && h('span', { class: 'sensitive' }, ' acts as the person')))),
      h('label', { class: 'label', for: 'request_note' }, 'Add a note for the reviewers', h('span', { class: 'optional' }, ' (optional)')),
      note),
    h('footer', {}, h('button', { type: 'button', class: 'button', on: { click: close } }, 'Cancel'), send));
  const dialog = window_of('modal', `Request ${app.name}`, form, null, close);
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.setAttribute('aria-busy', 'true');
    try {
      await post('request', { user: view.me, app: app.id, message: note.value });
      close();
      toast(`Slack sent your request for ${app.name} to the admins. ${state.bot.name} will write to you.`);
    } catch (problem) {
      toast(problem.message, true);
      send.removeAttribute('aria-busy');
    }
  });
  show(dialog, note);
}
