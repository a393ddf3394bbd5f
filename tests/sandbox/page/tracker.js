// The GitLab project where vendors are reviewed: its issues, and what the person one is can do to them.
import { fill, h, icon } from './dom.js';
import { post, state } from './api.js';
import { markdown } from './markdown.js';
import { view, world } from './world.js';
import { toast } from './dialogs.js';

let selected = null; // an issue's address, or 'new'
let drawn = '';
const drafts = new Map();

export function draw_tracker(panel) {
  const looks = JSON.stringify([selected, view.me, state.tracker]);
  if (drawn === looks && panel.firstChild) return;
  drawn = looks;
  const focused = panel.contains(document.activeElement) && document.activeElement.dataset.action;
  const issue = state.tracker.issues.find((entry) => entry.url === selected);
  const page = issue ? issue_page(issue) : selected === 'new' ? new_issue() : issue_list();
  fill(panel, h('p', { class: 'crumbs' }, state.tracker.project.split('/').join(' › ')), page);
  if (focused) panel.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
}

const redraw = () => document.dispatchEvent(new Event('redraw'));
const title_focus = () => document.querySelector('.drawer_body.tracker h3')?.focus();

// An address in this tracker opens here: an issue's page, the form for a new one, else the list. Anything else is not ours.
export function select_issue(url) {
  if (!url.startsWith(`${state.tracker.url}/`)) return false;
  const form = /\/issues\/new\b/.test(url);
  selected = form ? 'new' : state.tracker.issues.find((entry) => entry.url === url.split('#')[0])?.url ?? null;
  return true;
}

function choose(what) {
  selected = what;
  redraw();
  title_focus();
}

// What the person one is does to an issue. True if it went through.
async function act(verb, body) {
  try {
    return await post('issue', { user: view.me, act: verb, ...body });
  } catch (problem) {
    toast(problem.message, true);
    return null;
  }
}

function issue_list() {
  return [
    h('button', { type: 'button', class: 'button new_issue', on: { click: () => choose('new') } }, 'New issue'),
    h('ul', { class: 'issues' }, state.tracker.issues.map((issue) => h('li', {},
      h('button', { type: 'button', class: 'issue_title', on: { click: () => choose(issue.url) } }, issue.title),
      h('span', { class: 'issue_meta' }, `#${issue.iid} · ${issue.open ? 'open' : 'closed'} · by ${name_of(issue.author)}`),
      labels(issue), copy(issue.url, issue.title)))),
    h('h3', {}, 'Links that are refused'),
    h('p', { class: 'note' }, 'Each has its own reason, shown at the field.'),
    h('ul', { class: 'issues' }, state.tracker.refused.map((entry) => h('li', {},
      h('span', { class: 'issue_title' }, entry.why), h('code', { class: 'address' }, entry.url), copy(entry.url, entry.why)))),
  ];
}

function new_issue() {
  const title = h('input', { class: 'control', id: 'issue_title', value: 'App integration: ', maxlength: '255', autocomplete: 'off' });
  const text = h('textarea', { class: 'control', id: 'issue_text', rows: '9', value: `**Purpose**\n\n\n**Data**\n${state.tracker.template}` });
  const form = h('form', {}, h('label', { class: 'label', for: title.id }, 'Title'), title,
    h('label', { class: 'label', for: text.id }, 'Description'), text,
    h('p', {}, h('button', { type: 'submit', class: 'button primary' }, 'Create issue')));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const made = await act('open', { title: title.value.trim(), value: text.value });
    if (made) choose(`${state.tracker.url}/${state.tracker.project}/-/issues/${made.iid}`);
  });
  return [back(), h('h3', { tabindex: '-1' }, 'New issue'), form];
}

function issue_page(issue) {
  const { iid } = issue;
  return [
    back(),
    h('h3', { tabindex: '-1' }, issue.title, h('span', { class: 'issue_meta' }, ` #${iid}`)),
    h('p', {}, h('span', { class: `issue_state${issue.open ? '' : ' closed'}` }, issue.open ? 'Open' : 'Closed'),
      issue.confidential && h('span', { class: 'issue_state closed' }, 'Confidential'),
      h('span', { class: 'issue_meta' }, ` opened by ${name_of(issue.author)}`)),
    labels(issue, true),
    h('div', { class: 'text issue_text' }, markdown(visible(issue.description), issue_world(issue))),
    h('code', { class: 'address' }, issue.url),
    copy(issue.url, issue.title),
    h('h3', {}, 'Activity'),
    h('ol', { class: 'notes' }, issue.notes.map((note) => h('li', { class: note.system ? 'system' : undefined },
      h('strong', {}, name_of(note.author)), ' ',
      note.system ? spans(note.body) : h('div', { class: 'text' }, markdown(visible(note.body), world))))),
    comment_form(issue),
    h('p', { class: 'issue_acts' },
      does(issue.open ? 'Close issue' : 'Reopen issue', issue.open ? 'close' : 'reopen', { iid }),
      does(issue.confidential ? 'Make public' : 'Make confidential', 'confidential', { iid, value: String(!issue.confidential) }),
      does('Change the text', 'edit', { iid, value: `${issue.description.trimEnd()}\n\nChanged later by ${world.person(view.me).name}.` })),
    h('p', { class: 'note' }, `You act as ${world.person(view.me).name}. Only the people of a party sign for it, with its label, its box, or a comment “approved: Party”; what anybody else does here is shown on the card and not counted.`),
  ];
}

// HTML comments and the signs that make a text inert are not seen on GitLab's page either.
const visible = (text) => text.replace(/<!--[\s\S]*?-->/g, '');
const spans = (text) => text.replace(/\*\*/g, '');
const name_of = (login) => state.people.find((person) => person.login === login)?.name ?? (login.includes('bot') ? state.bot.name : login);

const issue_world = (issue) => ({ ...world, tick: (item, done) => act(done ? 'tick' : 'untick', { iid: issue.iid, value: item }) });

const does = (label, verb, body) => h('button', {
  type: 'button', class: 'button', data: { action: verb }, on: { click: () => act(verb, body) },
}, label);

function comment_form(issue) {
  const box = h('textarea', { class: 'control', id: 'issue_comment', rows: '2', placeholder: 'Comment, e.g. approved: Legal', value: drafts.get(issue.iid) ?? '', data: { action: 'comment_text' } });
  box.addEventListener('input', () => drafts.set(issue.iid, box.value));
  const form = h('form', {}, h('label', { class: 'label', for: box.id }, 'Comment'), box,
    h('p', {}, h('button', { type: 'submit', class: 'button', data: { action: 'comment' } }, 'Comment')));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const value = box.value.trim();
    if (!value) return;
    drafts.delete(issue.iid);
    await act('comment', { iid: issue.iid, value });
  });
  return form;
}

const back = () => h('button', { type: 'button', class: 'plain back', on: { click: () => choose(null) } }, '← All issues');

// The labels on the issue; with `hands`, the person can take them off and put others on.
function labels(issue, hands = false) {
  const on = issue.labels.map((label) => {
    const [scope, value] = label.split('::');
    return h('span', { class: 'issue_label' }, h('span', {}, scope), value && h('b', {}, value),
      hands && h('button', { type: 'button', 'aria-label': `Remove label ${label}`, on: { click: () => act('unsign', { iid: issue.iid, value: label }) } }, '×'));
  });
  const free = state.tracker.labels.filter((label) => !issue.labels.includes(label));
  const more = hands && free.length > 0 && h('span', { class: 'more_labels' }, free.map((label) => h('button', {
    type: 'button', class: 'add_label', 'aria-label': `Add label ${label}`, on: { click: () => act('sign', { iid: issue.iid, value: label }) },
  }, `+ ${label.split('::')[0]}`)));
  return h('p', { class: 'labels' }, on, more);
}

function copy(url, title) {
  const node = h('button', { type: 'button', class: 'button copy', 'aria-label': `Copy link: ${title}` }, icon('copy'), 'Copy link');
  node.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(url);
      toast('Link copied. Paste it into the form in Slack.');
    } catch {
      toast(`Your browser does not let this page copy. The link is ${url}`, true);
    }
  });
  return node;
}
