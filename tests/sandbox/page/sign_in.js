// The sign-in page of the IT department's GitLab: a person who followed the bot's link lets it in with the code, or not.
import { h } from './dom.js';
import { post, state } from './api.js';
import { view, world } from './world.js';
import { show, toast, window_of } from './dialogs.js';

// True if the address is that page's.
export function open_sign_in(url) {
  if (!url.startsWith(`${state.sign_in.url}/`)) return false;
  const me = world.person(view.me);
  const code = h('input', { class: 'control', id: 'sign_in_code', autocomplete: 'off', maxlength: '20', value: '' });
  const error = h('p', { class: 'field_error', id: 'sign_in_error', role: 'alert' });
  code.setAttribute('aria-describedby', error.id);
  const decide = async (allow) => {
    try {
      await post('sign_in', { user: view.me, code: code.value.trim().toUpperCase(), allow });
      dialog.remove();
      toast(allow ? `${state.bot.name} may use GitLab as ${me.login}.` : 'Nothing was granted.');
    } catch (problem) {
      error.textContent = problem.message;
      code.setAttribute('aria-invalid', 'true');
      code.focus();
    }
  };
  const form = h('form', { class: 'view_form' },
    h('div', { class: 'dialog_body' },
      h('p', {}, `${state.sign_in.url} · signed in as ${me.login}`),
      h('p', {}, `${state.bot.name} asks for access to GitLab in your name. Enter the code it gave you, if you have begun this yourself.`),
      h('label', { class: 'label', for: code.id }, 'Code'), code, error),
    h('footer', {}, h('button', { type: 'button', class: 'button', on: { click: () => decide(false) } }, 'Deny'),
      h('button', { type: 'submit', class: 'button primary' }, 'Authorize')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    decide(true);
  });
  const dialog = window_of('sign_in', 'GitLab of the IT department', form, null, () => dialog.remove());
  show(dialog, code);
  return true;
}
