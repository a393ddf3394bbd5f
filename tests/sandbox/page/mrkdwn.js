// Slack's mrkdwn as elements. The wire form escapes & < > only; everything else in <…> is a reference.
import { h, safe_url } from './dom.js';
import { emoji } from './emoji.js';

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (found) => entities[found]);
const tags = { '*': 'strong', _: 'em', '~': 'del' };
const word = /[\p{L}\p{N}]/u;

// `world` answers what an id is called: { person(id), group(id), channel(id), me, open_link(url) }.
export function mrkdwn(text, world) {
  const out = [];
  // The line break beside a code block belongs to the block.
  const parts = text.split(/\n?```\n?([\s\S]*?)\n?```\n?/);
  parts.forEach((part, index) => {
    if (index % 2) out.push(h('pre', {}, unescape(part)));
    else if (part) out.push(...lines(part, world));
  });
  return out;
}

function lines(text, world) {
  const out = [];
  let quote = null;
  let list = null;
  let flow = null;
  const rows = text.split('\n');
  rows.forEach((row, index) => {
    const quoted = row.match(/^(?:&gt;|>) ?(.*)$/);
    const item = row.match(/^(\s*)(?:[•◦▪-]|\d+[.)]) (.*)$/);
    if (quoted) {
      quote ? quote.append(h('br')) : out.push((quote = h('blockquote')));
      quote.append(...inline(quoted[1], world));
    } else if (item) {
      const ordered = /^\s*\d/.test(row);
      if (!list || list.tagName !== (ordered ? 'OL' : 'UL')) {
        out.push((list = ordered ? h('ol', { start: parseInt(row, 10) }) : h('ul')));
      }
      list.append(h('li', { class: item[1].length > 1 ? 'deep' : undefined }, inline(item[2], world)));
    } else {
      if (!flow || quote || list) out.push((flow = h('span', { class: 'flow' })));
      flow.append(...inline(row, world));
      if (index < rows.length - 1) flow.append(h('br'));
    }
    if (!quoted) quote = null;
    if (!item) list = null;
    if (quoted || item) flow = null;
  });
  return out;
}

export function inline(text, world) {
  const out = [];
  let plain = '';
  const flush = () => {
    if (plain) out.push(...emoji(unescape(plain)));
    plain = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '<') {
      const end = text.indexOf('>', at);
      if (end > at + 1) {
        flush();
        out.push(reference(text.slice(at + 1, end), world));
        at = end;
        continue;
      }
    } else if (sign === '`') {
      const end = text.indexOf('`', at + 1);
      if (end > at + 1) {
        flush();
        out.push(h('code', {}, unescape(text.slice(at + 1, end))));
        at = end;
        continue;
      }
    } else if (tags[sign] && !word.test(text[at - 1] ?? ' ')) {
      const end = closing(text, at);
      if (end > 0) {
        flush();
        out.push(h(tags[sign], {}, inline(text.slice(at + 1, end), world)));
        at = end;
        continue;
      }
    }
    plain += sign;
  }
  flush();
  return out;
}

// Where the mark at `start` ends: not after a space, not before a letter, not inside a reference; -1 if nowhere.
function closing(text, start) {
  if (/[\s*_~]/.test(text[start + 1] ?? ' ') && !tags[text[start + 1]]) return -1;
  if (text[start + 1] === text[start]) return -1;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\n') return -1;
    if (text[at] === '<') at = Math.max(at, text.indexOf('>', at));
    else if (text[at] === text[start] && at > start + 1 && text[at - 1] !== ' ' && !word.test(text[at + 1] ?? ' ')) return at;
  }
  return -1;
}

export function mention(kind, id, label, world) {
  if (kind === 'user') {
    const me = id === world.me;
    return h('span', { class: `mention${me ? ' me' : ''}` }, `@${world.person(id)?.name ?? label ?? id}`);
  }
  if (kind === 'group') {
    const group = world.group(id);
    const me = group?.members.includes(world.me);
    return h('span', { class: `mention${me ? ' me' : ''}` }, `@${group?.name ?? label ?? id}`);
  }
  if (kind === 'channel') return h('span', { class: 'mention' }, `#${world.channel(id)?.name ?? label ?? id}`);
  return h('span', { class: 'mention me' }, `@${id}`);
}

export function link(url, label, world) {
  const href = safe_url(url);
  if (!href) return label ?? url;
  const open = (event) => {
    if (world.open_link(href)) event.preventDefault();
  };
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer', on: { click: open } }, label ?? url);
}

function reference(body, world) {
  const [target, ...rest] = body.split('|');
  const label = rest.length ? unescape(rest.join('|')) : undefined;
  if (/^@[UW]/.test(target)) return mention('user', target.slice(1), label, world);
  if (/^#C/.test(target)) return mention('channel', target.slice(1), label, world);
  if (target.startsWith('!subteam^')) return mention('group', target.split('^')[1], label, world);
  if (/^!(here|channel|everyone)$/.test(target)) return mention('broadcast', target.slice(1), label, world);
  if (target.startsWith('!date^')) return date(target.split('^'), label);
  if (target.startsWith('!')) return label ?? `<${target}>`;
  return link(unescape(target), label, world);
}

const month = (when, style) => when.toLocaleDateString('en', { month: style });
const clock = (when, seconds) =>
  when.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit', second: seconds ? '2-digit' : undefined });

function near(when, otherwise) {
  const day = (date_) => new Date(date_).setHours(0, 0, 0, 0);
  const days = Math.round((day(when) - day(Date.now())) / 86_400_000);
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days] ?? otherwise;
}

// <!date^1700000000^{date_short} at {time}^https://link|fallback>
export function date([, seconds, format, target], fallback) {
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return fallback ?? '';
  const long = `${month(when, 'long')} ${when.getDate()}, ${when.getFullYear()}`;
  const short = `${month(when, 'short')} ${when.getDate()}, ${when.getFullYear()}`;
  const full = `${when.toLocaleDateString('en', { weekday: 'long' })}, ${long}`;
  const iso = `${when.getFullYear()}-${String(when.getMonth() + 1).padStart(2, '0')}-${String(when.getDate()).padStart(2, '0')}`;
  const forms = {
    date: long, date_pretty: near(when, long), date_short: short, date_short_pretty: near(when, short), date_long: full,
    date_long_pretty: near(when, full), date_num: iso, date_slash: iso.replaceAll('-', '/'), time: clock(when, false),
    time_secs: clock(when, true), ago: ago(when),
  };
  const text = unescape(format ?? '').replace(/\{(\w+)\}/g, (found, name) => forms[name] ?? found);
  const shown = h('time', { datetime: when.toISOString(), title: when.toLocaleString() }, text || fallback);
  const href = target && safe_url(target);
  return href ? h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, shown) : shown;
}

export function ago(when) {
  const seconds = Math.round((when - Date.now()) / 1000);
  const units = [['day', 86_400], ['hour', 3600], ['minute', 60]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}
