// Views that the daemon opened for the person who is looking: one <dialog>, redrawn when the view is updated.
import { h } from './dom.js';
import { draw_blocks, text_object } from './blocks.js';
import { place_of } from './press.js';
import { acknowledgement, post } from './api.js';
import { view, world } from './world.js';
import { show, toast, window_of } from './dialogs.js';

let open = null;  // { id, looks, dialog }
const closed = new Set();

export function draw_modals(state) {
  const wanted = state.modals.filter((entry) => entry.user === view.me && !closed.has(entry.id)).at(-1);
  if (!wanted) return put_away();
  const looks = JSON.stringify(wanted.view);
  if (open?.id === wanted.id && open.looks === looks) return;
  const kept = open?.id === wanted.id ? values(open.dialog) : new Map();
  put_away();
  open = { id: wanted.id, looks, dialog: build(wanted.id, wanted.view) };
  for (const field of fields(open.dialog)) if (kept.has(field.block.block_id)) restore(field, kept.get(field.block.block_id));
  show(open.dialog, first_field(open.dialog) ?? open.dialog.querySelector('footer .button'));
}

function put_away() {
  open?.dialog.remove();
  open = null;
}

const fields = (dialog) => [...dialog.querySelectorAll('.block_input')].map((box) => box.field);
const values = (dialog) => new Map(fields(dialog).map((field) => [field.block.block_id, field.read()]));
const first_field = (dialog) => dialog.querySelector('[autofocus]') ?? dialog.querySelector('.block_input .control, .block_input input');

function restore(field, value) {
  if ('value' in field.target) field.target.value = value;
}

function build(id, content) {
  const place = place_of({ view: id });
  const form = h('form', { class: 'view_form', novalidate: true });
  const submit = content.submit && h('button', { type: 'submit', class: 'button primary' }, text_object(content.submit, world));
  const cancel = h('button', { type: 'button', class: 'button', on: { click: () => close(id) } },
    content.close ? text_object(content.close, world) : content.submit ? 'Cancel' : 'Close');
  form.append(h('div', { class: 'dialog_body' }, draw_blocks(content.blocks, place)), h('footer', {}, cancel, submit));
  const dialog = window_of('modal', text_object(content.title, world), form, null, () => close(id));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(id, form, submit);
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  return dialog;
}

// A choice that was not made is not sent; an emptied text is.
const filled = (field) => field.read() !== '' || /input/.test(field.block.element.type);

async function send(id, form, button) {
  const all = fields(form);
  // Slack itself refuses an empty required field before anything is sent.
  const errors = Object.fromEntries(all.filter((field) => !field.block.optional && !field.read().trim())
    .map((field) => [field.block.block_id, 'Please complete this required field.']));
  if (show_errors(all, errors)) return;
  button.setAttribute('aria-busy', 'true');
  try {
    const { envelope } = await post('submit', {
      user: view.me, view: id, fields: Object.fromEntries(all.filter(filled).map((field) => [field.label, field.read()])),
    });
    const answer = await acknowledgement(envelope);
    if (answer?.response_action === 'errors') show_errors(all, answer.errors);
    else if (!['update', 'push'].includes(answer?.response_action)) forget(id);
  } catch (problem) {
    toast(`${problem.message} Nothing is lost: press again.`, true);
  } finally {
    button.removeAttribute('aria-busy');
  }
}

function show_errors(all, errors) {
  all.forEach((field) => field.show_error(errors[field.block.block_id]));
  const first = all.find((field) => errors[field.block.block_id]);
  first?.target.focus();
  return Boolean(first);
}

function forget(id) {
  closed.add(id);
  if (open?.id === id) put_away();
  document.dispatchEvent(new Event('redraw'));
}

function close(id) {
  forget(id);
  post('close', { user: view.me, view: id }).catch((problem) => toast(problem.message, true));
}
