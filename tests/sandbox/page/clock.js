// The sandbox's clock: it goes with yours, and can be put forward to see what the daemon does when nobody answers.
import { fill, h } from './dom.js';
import { post, state } from './api.js';
import { toast } from './dialogs.js';

const minute = 60_000;
const now = () => Date.now() + state.ahead;
const text = (when) => when.toLocaleString([], { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });

// The next Monday to Friday, 10:00 where the policy's calendar is (UTC).
function next_working_morning() {
  const day = new Date(now());
  do {
    day.setUTCDate(day.getUTCDate() + 1);
  } while ([0, 6].includes(day.getUTCDay()));
  day.setUTCHours(10, 0, 0, 0);
  return Math.ceil((day.getTime() - now()) / minute);
}

export function build_clock(panel) {
  const shown = h('p', { class: 'clock_now', role: 'status' });
  const ahead = h('p', { class: 'note' });
  const row = (words, label, minutes) => h('div', { class: 'fault' }, h('p', {}, words),
    h('button', { type: 'button', class: 'button', on: { click: () => put_forward(minutes()) } }, label));
  fill(panel, shown, ahead,
    row('Slack’s, the tracker’s and Countersign’s clocks go on together.', '1 hour', () => 60),
    row('10:00 on the next working day. Whoever has not answered for two of them hears a reminder.', 'Next working day', next_working_morning),
    row('Long enough for a second reminder, and for an expiry notice.', '1 week', () => 7 * 24 * 60),
    h('p', { class: 'note' }, 'The clock only goes forwards, as clocks do. Start the sandbox again to come back.'));
  return () => {
    fill(shown, text(new Date(now())), ' UTC');
    const hours = Math.round(state.ahead / minute / 60);
    fill(ahead, state.ahead ? `${hours} hour${hours === 1 ? '' : 's'} ahead of your own.` : 'The same as your own.');
  };
}

let moving = false;

// The next step counts from where this one has led.
async function put_forward(minutes) {
  if (moving) return;
  moving = true;
  const before = state.ahead;
  try {
    await post('clock', { minutes });
    while (state.ahead === before) await new Promise((resolve) => { setTimeout(resolve, 50); });
    toast('The clock was put forward.');
  } catch (problem) {
    toast(problem.message, true);
  } finally {
    moving = false;
  }
}
