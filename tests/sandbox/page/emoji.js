// The short codes that a business-like bot uses. An unknown code stays as it was written, as in Slack.
import { h } from './dom.js';

const known = {
  white_check_mark: '✅', heavy_check_mark: '✔️', ballot_box_with_check: '☑️', x: '❌', negative_squared_cross_mark: '❎',
  no_entry: '⛔', no_entry_sign: '🚫', warning: '⚠️', information_source: 'ℹ️', question: '❓', grey_question: '❔',
  exclamation: '❗', hourglass: '⌛', hourglass_flowing_sand: '⏳', stopwatch: '⏱️', alarm_clock: '⏰', clock3: '🕒',
  lock: '🔒', unlock: '🔓', key: '🔑', closed_lock_with_key: '🔐', shield: '🛡️', rotating_light: '🚨', bell: '🔔',
  no_bell: '🔕', eyes: '👀', mag: '🔍', link: '🔗', memo: '📝', clipboard: '📋', page_facing_up: '📄', scroll: '📜',
  package: '📦', electric_plug: '🔌', gear: '⚙️', hammer_and_wrench: '🛠️', wrench: '🔧', robot_face: '🤖', tada: '🎉',
  rocket: '🚀', wave: '👋', thumbsup: '👍', '+1': '👍', thumbsdown: '👎', '-1': '👎', raised_hand: '✋', speech_balloon: '💬',
  bust_in_silhouette: '👤', busts_in_silhouette: '👥', office: '🏢', globe_with_meridians: '🌐', scales: '⚖️',
  moneybag: '💰', shopping_trolley: '🛒', computer: '💻', red_circle: '🔴', large_orange_circle: '🟠',
  large_yellow_circle: '🟡', large_green_circle: '🟢', large_blue_circle: '🔵', white_circle: '⚪', white_small_square: '▫️', black_small_square: '▪️', black_circle: '⚫',
  large_green_square: '🟩', large_yellow_square: '🟨', large_red_square: '🟥', arrow_right: '➡️', arrow_left: '⬅️',
  arrows_counterclockwise: '🔄', repeat: '🔁', back: '🔙', new: '🆕', heavy_minus_sign: '➖', heavy_plus_sign: '➕',
  pause_button: '⏸️', double_vertical_bar: '⏸️', pencil2: '✏️', pushpin: '📌', bulb: '💡', inbox_tray: '📥',
  outbox_tray: '📤', wastebasket: '🗑️', recycle: '♻️', chart_with_upwards_trend: '📈', calendar: '📆', spiral_calendar_pad: '🗓️',
};

export function emoji(text) {
  return text.split(/(:[a-z0-9_+-]+:)/).map((part) => {
    const sign = part.startsWith(':') && known[part.slice(1, -1)];
    return sign ? h('span', { class: 'emoji', role: 'img', 'aria-label': part.slice(1, -1).replaceAll('_', ' ') }, sign) : part;
  });
}
