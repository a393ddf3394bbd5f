// A stand-in for the GitLab project where vendors are reviewed: issues, their pages, links to copy.
import { fill, h, icon } from './dom.js';
import { state } from './api.js';
import { mrkdwn } from './mrkdwn.js';
import { world } from './world.js';
import { toast } from './dialogs.js';

let selected = null;
let drawn = '';

export function draw_tracker(panel) {
  const looks = JSON.stringify([selected, state.tracker]);
  if (drawn === looks && panel.firstChild) return;
  drawn = looks;
  const issue = state.tracker.issues.find((entry) => entry.url === selected);
  fill(panel, h('p', { class: 'crumbs' }, state.tracker.project.split('/').join(' › ')), issue ? issue_page(issue, panel) : issue_list(panel));
}

// An address in this tracker opens here: an issue's page, else the list. Anything else is not ours.
export function select_issue(url) {
  if (!url.startsWith(`${state.tracker.url}/`)) return false;
  selected = state.tracker.issues.find((entry) => entry.url === url.split('#')[0])?.url ?? null;
  if (/\/issues\/new\b/.test(url)) toast('Here GitLab would show its form for a new issue. Take one of these instead.');
  return true;
}

function issue_list(panel) {
  const open = (issue) => {
    selected = issue.url;
    draw_tracker(panel);
    panel.querySelector('h3')?.focus();
  };
  return [
    h('ul', { class: 'issues' }, state.tracker.issues.map((issue) => h('li', {},
      h('button', { type: 'button', class: 'issue_title', on: { click: () => open(issue) } }, issue.title),
      h('span', { class: 'issue_meta' }, `#${issue.iid} · opened by ${issue.author}`), labels(issue), copy(issue.url, issue.title)))),
    h('h3', {}, 'Links that are refused'),
    h('p', { class: 'note' }, 'Each has its own reason, shown at the field.'),
    h('ul', { class: 'issues' }, state.tracker.refused.map((entry) => h('li', {},
      h('span', { class: 'issue_title' }, entry.why), h('code', { class: 'address' }, entry.url), copy(entry.url, entry.why)))),
  ];
}

function issue_page(issue, panel) {
  const back = () => {
    selected = null;
    draw_tracker(panel);
  };
  return [
    h('button', { type: 'button', class: 'plain back', on: { click: back } }, '← All issues'),
    h('h3', { tabindex: '-1' }, issue.title, h('span', { class: 'issue_meta' }, ` #${issue.iid}`)),
    h('p', {}, h('span', { class: 'issue_state' }, 'Open'), h('span', { class: 'issue_meta' }, ` opened by ${issue.author}`)),
    labels(issue),
    h('div', { class: 'text issue_text' }, mrkdwn(issue.description, world)),
    h('code', { class: 'address' }, issue.url),
    copy(issue.url, issue.title),
    h('p', { class: 'note' }, 'This is a stand-in page. Countersign keeps the link; the parties answer in Slack.'),
  ];
}

const labels = (issue) => h('p', { class: 'labels' }, issue.labels.map((label) => {
  const [scope, value] = label.split('::');
  return h('span', { class: 'issue_label' }, h('span', {}, scope), value && h('b', {}, value));
}));

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
