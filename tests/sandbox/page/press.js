// Sends a press on a button drawn from Block Kit and shows that it is under way; says so if nobody answers in time.
import { acknowledgement, post } from './api.js';
import { view, world } from './world.js';
import { toast } from './dialogs.js';

// `origin` tells where the blocks are: { channel, ts } or { view }.
export function place_of(origin) {
  return { world, act };
  async function act(element, node) {
    if (node.getAttribute('aria-busy')) return;
    node.setAttribute('aria-busy', 'true');
    try {
      const label = element.text?.text ?? '';
      const { envelope } = await post('press', { ...origin, user: view.me, action: element.action_id ?? '', label, value: element.value ?? '' });
      if (envelope) await acknowledgement(envelope); // Slackbot's own buttons reach no app
    } catch (problem) {
      toast(problem.message, true);
    } finally {
      node.removeAttribute('aria-busy');
    }
  }
}
