// Form fields. Each drawn control carries `read()`: what a person sees in it, for choices the text of the option.
import { h, add } from './dom.js';
import { text_object } from './blocks.js';

let serial = 0;

export function input(block, place) {
  const id = `field${(serial += 1)}`;
  const control = field(block.element, place, id);
  const hint = block.hint && h('p', { class: 'hint', id: `${id}_hint` }, text_object(block.hint, place.world));
  const error = h('p', { class: 'field_error', id: `${id}_error`, role: 'alert' });
  const group = ['radio_buttons', 'checkboxes', 'multi_static_select', 'multi_users_select'].includes(block.element.type);
  const target = control.focus_target ?? control;
  target.setAttribute('aria-describedby', `${id}_error${hint ? ` ${id}_hint` : ''}`);
  const label = [text_object(block.label, place.world), block.optional && h('span', { class: 'optional' }, ' (optional)')];
  const box = group
    ? h('fieldset', {}, h('legend', { class: 'label' }, label), control, hint, error)
    : h('div', {}, h('label', { class: 'label', for: id }, label), control, hint, error);
  box.dataset.block = block.block_id ?? '';
  box.field = { block, label: block.label.text, read: control.read, target, show_error: (text) => show(text) };
  const show = (text) => {
    error.replaceChildren(text ?? '');
    target.setAttribute('aria-invalid', text ? 'true' : 'false');
    box.classList.toggle('wrong', Boolean(text));
  };
  return box;
}

// A control outside a form, where a choice would be a press. The sandbox's Slack carries buttons only: drawn, not usable.
export function idle_field(element, place) {
  const control = field(element, place, `field${(serial += 1)}`);
  control.setAttribute('aria-label', element.placeholder?.text ?? element.type);
  control.title = 'The sandbox draws this control but cannot press it.';
  control.disabled = true;
  return control;
}

function field(element, place, id) {
  const make = fields[element.type] ?? missing;
  const control = make(element, place, id);
  control.dataset.action = element.action_id ?? '';
  return control;
}

function missing(element) {
  const box = h('div', { class: 'unknown' }, `The sandbox cannot draw the field "${element.type}".`);
  box.read = () => '';
  return box;
}

function text_input(type) {
  return (element, place, id) => {
    const many = type === 'text' && element.multiline;
    const control = h(many ? 'textarea' : 'input', {
      id, type: many ? undefined : type, rows: many ? 4 : undefined, class: 'control',
      placeholder: element.placeholder?.text, maxlength: element.max_length, minlength: element.min_length,
      autocomplete: 'off', min: element.min_value, max: element.max_value, step: element.is_decimal_allowed ? 'any' : undefined,
      autofocus: element.focus_on_load, value: element.initial_value ?? '',
    });
    control.read = () => control.value;
    return control;
  };
}

function picker(type, initial) {
  return (element, place, id) => {
    const control = h('input', { id, type, class: 'control', value: element[initial] ?? '' });
    control.read = () => control.value;
    return control;
  };
}

const all_options = (element) => element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);

function select(element, place, id) {
  const chosen = element.initial_option?.value;
  const option = (entry) => h('option', { value: entry.name ?? entry.text.text, selected: entry.value === chosen }, entry.text.text);
  const groups = element.option_groups?.map((group) => h('optgroup', { label: group.label.text }, group.options.map(option)));
  const control = h('select', { id, class: 'control' },
    h('option', { value: '' }, element.placeholder?.text ?? 'Select an option'), groups ?? element.options.map(option));
  control.read = () => control.value;
  return control;
}

function choices(type) {
  return (element, place, id) => {
    const first = [element.initial_option, ...(element.initial_options ?? [])].filter(Boolean).map((entry) => entry.value);
    const boxes = all_options(element).map((entry, at) => {
      const box = h('input', { type, name: id, id: `${id}_${at}`, value: entry.name ?? entry.text.text, checked: first.includes(entry.value) });
      return h('div', { class: 'choice' }, box, h('label', { for: `${id}_${at}` }, text_object(entry.text, place.world),
        entry.description && h('small', {}, text_object(entry.description, place.world))));
    });
    const control = add(h('div', { class: 'choices' }), boxes);
    control.focus_target = control.querySelector('input') ?? control;
    control.read = () => [...control.querySelectorAll('input:checked')].map((box) => box.value).join(',');
    return control;
  };
}

function people(element, place, id) {
  const options = place.world.people.map((person) => ({ value: person.id, name: person.id, text: { text: person.name } }));
  return select({ ...element, options, initial_option: { value: element.initial_user } }, place, id);
}

function several_people(element, place, id) {
  const options = place.world.people.map((person) => ({ value: person.id, name: person.id, text: { type: 'plain_text', text: person.name } }));
  const initial_options = (element.initial_users ?? []).map((value) => ({ value }));
  return choices('checkbox')({ ...element, options, initial_options }, place, id);
}

function channels(element, place, id) {
  const options = place.world.channels.map((channel) => ({ value: channel.id, name: channel.id, text: { text: `#${channel.name}` } }));
  const chosen = element.initial_channel ?? element.initial_conversation;
  return select({ ...element, options, initial_option: { value: chosen } }, place, id);
}

const fields = {
  plain_text_input: text_input('text'),
  url_text_input: text_input('url'),
  email_text_input: text_input('email'),
  number_input: text_input('number'),
  static_select: select,
  multi_static_select: choices('checkbox'),
  checkboxes: choices('checkbox'),
  radio_buttons: choices('radio'),
  users_select: people,
  multi_users_select: several_people,
  channels_select: channels,
  conversations_select: channels,
  datepicker: picker('date', 'initial_date'),
  timepicker: picker('time', 'initial_time'),
};
