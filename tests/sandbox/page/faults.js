// What can go wrong between Slack and the daemon, on demand; and the daemon's own pulse.
import { fill, h } from './dom.js';
import { post, state } from './api.js';
import { toast } from './dialogs.js';

const switches = [
  ['rate_limit', 'Too many requests', 'Slack answers every call with 429 and Retry-After: 1. Nothing is lost; it arrives when you switch this off.'],
  ['slow', 'Slow answers', 'Every Web API answer takes two seconds.'],
  ['outage', 'Outage', 'Slack refuses all connections and drops those that are open.'],
];
const actions = [
  ['disconnect', 'Disconnect', 'Slack says goodbye on every socket. The daemon connects again.'],
  ['refresh', 'Refresh a socket', 'Slack warns, then asks for a fresh connection. No envelope may be lost.'],
];

// What somebody has just switched, until the sandbox says the same: an answer already on its way knows nothing of it.
const wanted = new Map();

export function build_faults(panel) {
  const toggles = switches.map(([name, title, text]) => {
    const box = h('input', { type: 'checkbox', role: 'switch', id: `fault_${name}`, class: 'switch', 'aria-describedby': `about_${name}` });
    box.addEventListener('change', async () => {
      wanted.set(name, box.checked);
      if (!await set(name, box.checked)) wanted.delete(name);
    });
    return { name, box, row: h('div', { class: 'fault' }, h('label', { for: box.id }, title), box, h('p', { id: `about_${name}` }, text)) };
  });
  const buttons = actions.map(([name, title, text]) => h('div', { class: 'fault' }, h('p', {}, text),
    h('button', { type: 'button', class: 'button', on: { click: () => set(name, true, `${title}: done.`) } }, title)));
  const behind = h('div', {});
  const pulse = h('p', { class: 'pulse', role: 'status' });
  const kill = h('button', { type: 'button', class: 'button danger', on: { click: end } }, 'Kill the daemon');
  const log = h('pre', { class: 'daemon_log', tabindex: '0', 'aria-label': 'The daemon’s log' });
  fill(panel, h('h3', {}, 'Slack'), toggles.map((toggle) => toggle.row), buttons,
    h('h3', {}, 'Behind Countersign’s back'), behind,
    h('h3', {}, 'Countersign'), pulse,
    h('p', { class: 'note' }, 'kill -9: no goodbye, no clean-up. It is started again at once and goes on where it was; nothing is lost, nothing happens twice.'),
    kill, h('h3', {}, 'Its log'), log);
  return () => {
    for (const { name, box } of toggles) {
      const is = Boolean(state.faults[name]);
      if (wanted.get(name) === is) wanted.delete(name);
      box.checked = wanted.get(name) ?? is;
    }
    draw_behind(behind);
    const { state: daemon, pid, restarts } = state.daemon;
    fill(pulse, h('strong', {}, daemon), pid ? ` · pid ${pid}` : '', ` · ${restarts} restart${restarts === 1 ? '' : 's'} · ${state.connections} sockets`);
    kill.disabled = !pid;
    const text = state.daemon.log.join('\n');
    if (log.textContent === text) return;
    const at_end = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    fill(log, text);
    if (at_end) log.scrollTop = log.scrollHeight;
  };
}

// What an admin or an app may do in Slack itself while the review goes on.
function draw_behind(box) {
  const request = state.requests.findLast((entry) => !entry.resolved);
  if (box.dataset.request === (request?.id ?? 'none')) return;
  box.dataset.request = request?.id ?? 'none';
  if (!request) return fill(box, h('p', { class: 'note' }, 'For an open app request; there is none now.'));
  const name = state.apps.find((app) => app.id === request.app_id)?.name ?? request.app_id;
  const act = (verb, body, said) => post(verb, { request: request.id, ...body })
    .then(() => toast(said), (problem) => toast(problem.message, true));
  const row = (text, label, run) => h('div', { class: 'fault' }, h('p', {}, text),
    h('button', { type: 'button', class: 'button', on: { click: run } }, label));
  return fill(box, h('p', { class: 'note' }, 'Countersign notices within a minute, and looks again before it applies anything.'),
    row(`An admin approves ${name} in Slack’s own pages.`, 'Decide outside', () => act('outside', { decision: 'approve' }, `${name} was approved in Slack itself.`)),
    row(`${name} asks for one more permission. Votes given before do not cover it.`, 'Grow scopes', () => act('grow', {}, `${name} now asks for more.`)));
}

async function set(name, value, said) {
  try {
    await post('fault', { name, value });
    if (said) toast(said);
    return true;
  } catch (problem) {
    toast(problem.message, true);
    return false;
  }
}

async function end() {
  const { pid } = state.daemon;
  try {
    await post('kill', {});
    toast(`Process ${pid} was killed. A new one is starting.`);
  } catch (problem) {
    toast(problem.message, true);
  }
}
