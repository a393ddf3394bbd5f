// "Try this": the main job in a few steps. A step is ticked when the workspace shows that it happened, however it was done.
import { fill, h, icon } from './dom.js';
import { state } from './api.js';
import { installed_steps } from './guide_installed.js';
import { go, messages_in, view, world } from './world.js';

const seen_news = new Set();

export function steps() {
  const last = state.requests.at(-1);
  // A request that was refused or taken back has had its answer; the job starts again with the next one.
  const request = ['cancelled', 'restricted'].includes(last?.outcome) ? undefined : last;
  const who = request?.user ?? state.people.find((person) => person.role === 'employee').id;
  const app = state.apps.find((entry) => entry.id === request?.app_id);
  const name = world.person(who)?.name ?? who;
  const cards = Object.values(state.messages[state.review_channel] ?? []).map((message) => all_text(message));
  const card = cards.findLast((text) => app && text.includes(app.name)) ?? '';
  const news = messages_in('dm', who).some((message) => app && request.resolved && /approved|restricted|denied/i.test(message.text));
  if (news && view.me === who && view.place === 'dm') seen_news.add(request.id);
  const parties = [...new Set(state.people.filter((person) => person.party).map((person) => person.party))];
  const admin = state.people.find((person) => person.role === 'admin');
  const decided = Boolean(request?.resolved);
  return [
    { title: 'Request an app', text: `As ${name}, choose one in the Apps directory, or type /app-request.`, done: Boolean(request), go: ['apps', who] },
    {
      title: 'Link the vendor issue', text: `The bot asks ${name} for it. Press “Create vendor issue”, or copy a link from “Vendor issues” and paste it into the form.`,
      done: decided || card.includes(state.tracker.url), go: ['dm', who],
    },
    ...parties.map((party) => {
      const member = state.people.find((person) => person.party === party);
      return {
        title: `Approve as ${party}`, text: `As ${member.name}, press “Approve” on the card, or put the label on the vendor issue.`,
        done: decided || has_approved(card, party), go: [state.review_channel, member.id],
      };
    }),
    state.workspace_mode
      ? { title: 'Approve in Slack itself', text: `As ${admin.name}, follow the bot’s link and press Slackbot’s own button.`, done: decided, go: ['dm', admin.id] }
      : { title: 'Approve the app', text: `As ${admin.name}, press “Approve app” and confirm.`, done: decided, go: [state.review_channel, admin.id] },
    { title: 'Read the news', text: `As ${name}, open the conversation with ${state.bot.name}.`, done: Boolean(request) && seen_news.has(request.id), go: ['dm', who] },
  ];
}

const all_text = (message) => `${message.text}\n${JSON.stringify(message.blocks)}`;

// The card's plain text has a line for each party.
const has_approved = (card, party) => card.split('\n').some((line) => line.startsWith(`${party}: approved by`) && !/\(\d+ of \d+\)/.test(line));

export function build_guide(panel, close_on_phone) {
  let drawn = '';
  return () => {
    const [list, installed] = [steps(), installed_steps()];
    const looks = JSON.stringify([list, installed]);
    if (drawn === looks) return;
    drawn = looks;
    const focused = panel.contains(document.activeElement) && document.activeElement.dataset.action;
    fill(panel,
      h('p', {}, 'One app request, from the wish to the answer. Switch between people at the top left, or let the steps take you there.'),
      draw_steps(list, close_on_phone),
      list.every((step) => step.done) && h('p', { class: 'finished' }, 'That was the whole job. Now try “Reject” or “Need info”, or kill the daemon half-way.'),
      h('p', {}, 'And once apps are in: what they are connected to, and how it is mended.'),
      draw_steps(installed, close_on_phone));
    if (focused) panel.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
  };
}

function draw_steps(list, leave) {
  const next = list.findIndex((step) => !step.done);
  return h('ol', { class: 'steps' }, list.map((step, at) => h('li', { class: step.done ? 'done' : at === next ? 'next' : undefined },
    h('span', { class: 'tick', role: 'img', 'aria-label': step.done ? 'done' : 'to do' }, step.done ? icon('check') : String(at + 1)),
    h('div', {}, h('h3', {}, step.title), h('p', {}, step.text)),
    h('button', {
      type: 'button', class: `button${at === next ? ' primary' : ''}`, data: { action: step.title }, 'aria-label': `Go to: ${step.title}`,
      on: { click: () => { leave(); go(...step.go); } },
    }, 'Go'))));
}
