// What a `markdown` block may hold, the common part: headings, lists, quotes, fences, rules, emphasis, code, links.
import { h } from './dom.js';
import { link } from './mrkdwn.js';
import { emoji } from './emoji.js';

export function markdown(text, world) {
  const out = [];
  const rows = text.split('\n');
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    const heading = row.match(/^(#{1,6}) (.*)$/);
    if (/^```/.test(row)) {
      const end = rows.findIndex((line, index) => index > at && /^```/.test(line));
      const stop = end < 0 ? rows.length : end;
      out.push(h('pre', {}, rows.slice(at + 1, stop).join('\n')));
      at = stop;
    } else if (heading) {
      out.push(h('p', { class: 'markdown_heading' }, spans(heading[2], world)));
    } else if (/^(-{3,}|\*{3,})$/.test(row.trim())) {
      out.push(h('hr'));
    } else if (/^\s*([-*+]|\d+\.) /.test(row)) {
      at = list(rows, at, out, world);
    } else if (row.startsWith('>')) {
      out.push(h('blockquote', {}, spans(row.replace(/^> ?/, ''), world)));
    } else if (row.trim()) {
      out.push(h('p', {}, spans(row, world)));
    }
  }
  return out;
}

function list(rows, start, out, world) {
  const ordered = /^\s*\d/.test(rows[start]);
  const box = h(ordered ? 'ol' : 'ul');
  let at = start;
  for (; at < rows.length; at += 1) {
    const item = rows[at].match(/^\s*(?:[-*+]|\d+\.) (.*)$/);
    if (!item) break;
    box.append(entry(item[1], world));
  }
  out.push(box);
  return at - 1;
}

// A task of a tracker's list, where the page can tick it (`world.tick`); else words.
function entry(text, world) {
  const task = world.tick && text.match(/^\[([ xX])\] (.+)$/);
  if (!task) return h('li', {}, spans(text, world));
  const done = task[1] !== ' ';
  const box = h('input', { type: 'checkbox', checked: done, data: { action: `tick ${task[2]}` } });
  box.addEventListener('change', async () => {
    if (!await world.tick(task[2], !done)) box.checked = done;
  });
  return h('li', { class: 'task' }, h('label', {}, box, ' ', spans(task[2], world)));
}

const pattern = /(\\[!-\/:-@[-`{-~])|(`[^`]+`)|\*\*([^*]+)\*\*|(?<!\w)[*_]([^*_]+)[*_](?!\w)|~~([^~]+)~~|\[([^\]]+)\]\(([^)\s]+)\)|<(https?:[^>]+)>/;

function spans(text, world) {
  const found = text.match(pattern);
  if (!found) return emoji(text);
  const [all, escaped, code, bold, italic, strike, label, target, bare] = found;
  let node;
  if (escaped) node = escaped.slice(1);
  else if (code) node = h('code', {}, code.slice(1, -1));
  else if (bold) node = h('strong', {}, spans(bold, world));
  else if (italic) node = h('em', {}, spans(italic, world));
  else if (strike) node = h('del', {}, spans(strike, world));
  else node = link(target ?? bare, label, world);
  return [...emoji(text.slice(0, found.index)), node, ...spans(text.slice(found.index + all.length), world)];
}
