// `rich_text` blocks: sections, lists, quotes and preformatted text.
import { h } from './dom.js';
import { date, link, mention } from './mrkdwn.js';
import { emoji } from './emoji.js';

export function rich_text(block, world) {
  return (block.elements ?? []).map((part) => {
    const inside = () => (part.elements ?? []).map((element) => span(element, world));
    if (part.type === 'rich_text_list') {
      const items = part.elements.map((item) => h('li', {}, (item.elements ?? []).map((element) => span(element, world))));
      return h(part.style === 'ordered' ? 'ol' : 'ul', { class: part.indent ? 'deep' : undefined }, items);
    }
    if (part.type === 'rich_text_quote') return h('blockquote', {}, inside());
    if (part.type === 'rich_text_preformatted') return h('pre', {}, inside());
    return h('p', {}, inside());
  });
}

function span(element, world) {
  switch (element.type) {
    case 'text': return styled(element.text.split('\n').flatMap((row, at) => (at ? [h('br'), row] : [row])), element.style);
    case 'link': return styled([link(element.url, element.text, world)], element.style);
    case 'user': return mention('user', element.user_id, undefined, world);
    case 'usergroup': return mention('group', element.usergroup_id, undefined, world);
    case 'channel': return mention('channel', element.channel_id, undefined, world);
    case 'broadcast': return mention('broadcast', element.range, undefined, world);
    case 'emoji': return h('span', {}, emoji(`:${element.name}:`));
    case 'date': return date(['', element.timestamp, element.format, element.url], element.fallback);
    default: return h('span', { class: 'unknown' }, `[${element.type}]`);
  }
}

function styled(children, style = {}) {
  const marks = { bold: 'strong', italic: 'em', strike: 'del', code: 'code' };
  let inside = children;
  for (const [name, tag] of Object.entries(marks)) if (style[name]) inside = [h(tag, {}, inside)];
  return inside.length === 1 ? inside[0] : h('span', {}, inside);
}
