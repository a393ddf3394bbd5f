// Modal windows on <dialog>: the browser keeps the focus inside, makes the rest inert and gives the focus back.
import { h, icon } from './dom.js';
import { text_object } from './blocks.js';

// Slack's confirm object. Resolves to true only if the person said yes.
export function confirm_dialog(confirm, world) {
  return new Promise((resolve) => {
    const style = confirm.style === 'danger' ? 'danger' : 'primary';
    const yes = h('button', { type: 'button', class: `button ${style}`, on: { click: () => done(true) } },
      text_object(confirm.confirm, world));
    const no = h('button', { type: 'button', class: 'button', on: { click: () => done(false) } },
      text_object(confirm.deny, world));
    const dialog = window_of('confirm', text_object(confirm.title, world),
      h('div', { class: 'dialog_body text' }, text_object(confirm.text, world)),
      h('footer', {}, no, yes), () => done(false));
    const done = (answer) => {
      dialog.remove();
      resolve(answer);
    };
    show(dialog, yes);
  });
}

export function window_of(kind, title, body, footer, close) {
  const id = `title_${kind}_${Math.trunc(performance.now())}`;
  const dialog = h('dialog', { class: kind, 'aria-labelledby': id },
    h('header', {}, h('h2', { id }, title),
      h('button', { type: 'button', class: 'plain', 'aria-label': 'Close', on: { click: close } }, icon('close'))),
    body, footer);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    close();
  });
  return dialog;
}

export function show(dialog, first) {
  const before = document.activeElement;
  const path = before && { node: before, action: before.dataset?.action, message: before.closest?.('[data-message]')?.dataset.message };
  document.body.append(dialog);
  dialog.showModal();
  first?.focus();
  // The button that opened the window may have been redrawn meanwhile: go back to its successor.
  const observer = new MutationObserver(() => {
    if (dialog.isConnected) return;
    observer.disconnect();
    if (document.querySelector('dialog[open]') || document.activeElement !== document.body) return;
    if (path?.node.isConnected) path.node.focus();
    else if (path?.message) {
      const message = document.querySelector(`[data-message="${CSS.escape(path.message)}"]`);
      (message?.querySelector(`[data-action="${CSS.escape(path.action ?? '')}"]`) ?? message)?.focus();
    }
  });
  observer.observe(document.body, { childList: true });
}

// A line that goes by itself. Failures are announced at once, the rest when the reader has time.
export function toast(text, failure = false) {
  const place = document.getElementById(failure ? 'failures' : 'notices');
  const line = h('div', { class: `toast${failure ? ' failure' : ''}` }, failure ? icon('warning') : icon('check'),
    h('span', {}, text),
    h('button', { type: 'button', class: 'plain', 'aria-label': 'Dismiss', on: { click: () => line.remove() } }, icon('close')));
  place.append(line);
  setTimeout(() => line.remove(), failure ? 9000 : 5000);
}
