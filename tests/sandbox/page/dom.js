// Elements without markup strings: every text goes in as a text node, so nothing a person typed can become HTML.
// The page's content security policy (Trusted Types) forbids innerHTML altogether.

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') element.className = value;
    else if (name === 'on') for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    else if (name === 'data') Object.assign(element.dataset, value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  add(element, children);
  return element;
}

export function add(element, ...children) {
  const real = children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);
  element.append(...real);
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren();
  return add(element, ...children);
}

const shapes = {
  menu: 'M3 6h18M3 12h18M3 18h18',
  close: 'M6 6l12 12M18 6L6 18',
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  apps: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  hash: 'M9 4L7 20M17 4l-2 16M4 9h16M4 15h16',
  issue: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 9a3 3 0 100 6 3 3 0 000-6z',
  clock: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3.5 2.5',
  log: 'M4 6h16M4 12h10M4 18h13',
  fault: 'M13 3L5 14h6l-1 7 8-11h-6z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  down: 'M6 9l6 6 6-6',
  send: 'M4 5l16 7-16 7 3-7z',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  guide: 'M12 3a9 9 0 100 18 9 9 0 000-18zM15.5 8.5l-2 5-5 2 2-5z',
  warning: 'M12 4l9 16H3zM12 10v4M12 17v.5',
};

export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', shapes[name]);
  svg.append(path);
  return svg;
}

// Only what a browser may open safely; "javascript:" and friends give null.
export function safe_url(text) {
  try {
    const url = new URL(text);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

// A person's or an app's picture: initials on a colour that its id decides.
export function avatar(id, name, small = false) {
  let hue = 7;
  for (const letter of id) hue = (hue * 31 + letter.codePointAt(0)) % 12;
  const initials = [...name.replace(/[^\p{L}\p{N} ]/gu, '').split(/\s+/).map((word) => [...word][0] ?? '')];
  const text = (initials[0] ?? '?') + (initials.length > 1 ? initials.at(-1) : '');
  return h('span', { class: `avatar hue${hue}${small ? ' small' : ''}`, 'aria-hidden': 'true' }, text.toUpperCase());
}

// Moves the focus with the arrow keys inside a group of buttons (menus, lists).
export function arrow_keys(container, selector) {
  container.addEventListener('keydown', (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    const items = [...container.querySelectorAll(selector)].filter((item) => item.offsetParent !== null);
    const at = items.indexOf(document.activeElement);
    if (at < 0) return;
    const next = Math.min(items.length - 1, Math.max(0, at + steps[event.key]));
    items[next].focus();
    event.preventDefault();
  });
}
