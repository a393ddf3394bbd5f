// Every call the daemon makes to Slack and to GitLab, as it happens, newest first.
import { fill, h } from './dom.js';
import { get, state } from './api.js';

export function build_calls(panel) {
  const filter = h('input', { type: 'search', class: 'control', id: 'call_filter', placeholder: 'Filter by method, e.g. chat. or issues', autocomplete: 'off' });
  const list = h('ol', { class: 'calls', 'aria-label': 'Calls, newest first' });
  const count = h('p', { class: 'note', role: 'status' });
  fill(panel, h('label', { for: filter.id, class: 'hidden' }, 'Filter'), filter, count, list);
  const drawn = new Map();
  const calls = [];
  let fetching = false;
  const more = async () => {
    if (fetching || state.calls <= calls.length) return;
    fetching = true;
    try {
      calls.push(...(await get(`calls?after=${calls.length}`)).calls);
    } finally {
      fetching = false;
    }
    redraw();
  };
  const redraw = () => {
    more();
    const wanted = calls.filter((call) => call.method.includes(filter.value.trim()));
    count.textContent = `${calls.length} calls${wanted.length === calls.length ? '' : `, ${wanted.length} shown`}`;
    const nodes = wanted.toReversed().map((call) => {
      if (!drawn.has(call.n)) drawn.set(call.n, row(call));
      return drawn.get(call.n);
    });
    for (const child of [...list.children]) if (!nodes.includes(child)) child.remove();
    nodes.forEach((node, at) => list.children[at] !== node && list.insertBefore(node, list.children[at] ?? null));
  };
  filter.addEventListener('input', redraw);
  return redraw;
}

function row(call) {
  const failed = call.status >= 400 || call.status === 0 || call.answer?.ok === false;
  const verdict = call.status === 200 ? (call.answer?.ok === false ? call.answer.error : 'ok') : call.status === 0 ? 'no answer' : String(call.status);
  const line = [h('span', { class: 'method' }, call.method), h('span', { class: `verdict ${failed ? 'bad' : 'good'}` }, verdict),
    h('span', { class: 'token' }, call.token)];
  // A tracker's call is told by method, path and status alone.
  if (!('args' in call)) return h('li', { class: 'told' }, line);
  return h('li', {}, h('details', {},
    h('summary', {}, line),
    h('h4', {}, 'Sent'), h('pre', { tabindex: '0' }, pretty(call.args)), h('h4', {}, 'Answer'), h('pre', { tabindex: '0' }, pretty(call.answer))));
}

// Arguments that are JSON in a string (blocks, view) are shown as what they are.
function pretty(value) {
  const opened = (name, inner) => {
    if (typeof inner !== 'string' || !/^[[{]/.test(inner)) return inner;
    try {
      return JSON.parse(inner);
    } catch {
      return inner;
    }
  };
  return JSON.stringify(value, opened, 2) ?? '';
}
