// Block Kit as elements. `place` is { world, act(element, node) } where act sends a press.
import { h } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { markdown } from './markdown.js';
import { rich_text } from './rich_text.js';
import { emoji } from './emoji.js';
import { idle_field, input } from './inputs.js';
import { confirm_dialog } from './dialogs.js';

export function draw_blocks(blocks, place) {
  return blocks.map((block) => {
    const drawn = (draw[block.type] ?? unknown)(block, place);
    drawn.classList.add('block', `block_${block.type}`);
    return drawn;
  });
}

export function text_object(text, world) {
  if (!text) return [];
  if (text.type === 'mrkdwn') return mrkdwn(text.text, world);
  const rows = text.text.split('\n');
  return rows.flatMap((row, at) => [at ? h('br') : null, ...(text.emoji === false ? [row] : emoji(row))]);
}

const unknown = (block) => h('div', { class: 'unknown' }, `The sandbox cannot draw the block "${block.type}".`);

const draw = {
  header: (block, { world }) => h('h3', {}, text_object(block.text, world)),

  section: (block, place) => h('div', {},
    h('div', { class: 'section_text' },
      block.text && h('div', { class: 'text' }, text_object(block.text, place.world)),
      block.fields && h('div', { class: 'fields' },
        block.fields.map((field) => h('div', { class: 'text' }, text_object(field, place.world))))),
    block.accessory && h('div', { class: 'accessory' }, draw_element(block.accessory, place))),

  context: (block, { world }) => h('div', {}, block.elements.map((element) =>
    element.type === 'image' ? picture(element, 'context_image') : h('span', { class: 'text' }, text_object(element, world)))),

  divider: () => h('hr'),
  actions: (block, place) => h('div', {}, block.elements.map((element) => draw_element(element, place))),
  image: (block, { world }) => h('figure', {},
    block.title && h('figcaption', {}, text_object(block.title, world)), picture(block, 'picture')),
  rich_text: (block, { world }) => h('div', { class: 'text' }, rich_text(block, world)),
  markdown: (block, { world }) => h('div', { class: 'text' }, markdown(block.text, world)),
  input: (block, place) => input(block, place),

  table: (block, { world }) => h('div', { class: 'table_scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h('table', {}, block.rows.map((row, at) => h('tr', {}, row.map((cell) =>
      h(at ? 'td' : 'th', {}, cell.type === 'rich_text' ? rich_text(cell, world) : cell.text)))))),
};

function draw_element(element, place) {
  switch (element.type) {
    case 'button': return button(element, place);
    case 'image': return picture(element, 'thumbnail');
    default: return idle_field(element, place);
  }
}

function button(element, place) {
  const style = ['primary', 'danger'].includes(element.style) ? ` ${element.style}` : '';
  const node = h('button', {
    type: 'button', class: `button${style}`, 'aria-label': element.accessibility_label,
    data: { action: element.action_id ?? '' },
  }, text_object(element.text, place.world));
  node.addEventListener('click', async () => {
    if (element.url) place.world.open_link(element.url) || window.open(element.url, '_blank', 'noopener');
    if (element.confirm && !(await confirm_dialog(element.confirm, place.world))) return;
    place.act(element, node);
  });
  return node;
}

// Pictures from elsewhere are not loaded: the sandbox makes no call beyond this machine.
function picture(element, kind) {
  const inside = /^data:image\//.test(element.image_url ?? '');
  if (inside) return h('img', { class: kind, src: element.image_url, alt: element.alt_text ?? '' });
  return h('span', { class: `${kind} no_image`, role: 'img', 'aria-label': element.alt_text ?? 'image' },
    kind === 'picture' ? (element.alt_text ?? 'image') : '▦');
}
