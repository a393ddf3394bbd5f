// Sends a press on something drawn from Block Kit and shows that it is under way; says so if nobody answers in time.
import { acknowledgement, post } from './api.js';
import { lone_field } from './inputs.js';
import { view, world } from './world.js';
import { toast } from './dialogs.js';

// `origin` tells where the blocks are: { channel, ts } or { view }.
export function place_of(origin) {
  const place = { world, field: (block, element) => lone_field(block, element, place), act };
  async function act(block, element, node) {
    if (node.getAttribute('aria-busy')) return;
    node.setAttribute('aria-busy', 'true');
    try {
      const { envelope } = await post('press', {
        ...origin, user: view.me, action: element.action_id ?? '', block: block.block_id ?? '', selected: element.selected ?? '',
      });
      await acknowledgement(envelope);
    } catch (problem) {
      toast(problem.message, true);
    } finally {
      node.removeAttribute('aria-busy');
    }
  }
  return place;
}
