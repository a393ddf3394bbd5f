// The second half of "Try this": what is installed is connected, breaks, and is mended. Ticked by what people were told.
import { state } from './api.js';
import { world } from './world.js';

const alarm_channel = 'C0ITALARMS';
const told = (place, words) => (state.messages[place] ?? []).filter((message) => message.text.includes(words)).length;

export function installed_steps() {
  const admin = state.people.find((person) => person.role === 'admin').id;
  const member = state.people.find((person) => person.role === 'employee').id;
  const [boss, ada] = [world.person(admin).name, world.person(member).name];
  const removed = told(alarm_channel, 'integrations that used it work again') > 0;
  return [
    {
      title: 'Store an authorization', done: removed || told(admin, 'Connected.') > 0, go: ['home', admin],
      text: `As ${boss}, press “Add an authorization”, follow the link in the bot’s message, enter the code, and press “Keep”.`,
    },
    {
      title: 'Build two integrations on it', done: removed || told(member, 'Connected.') > 1, go: ['home', member],
      text: `As ${ada}, press “Add an integration” twice: for the tracker “it” and for the tracker “changes”. No token is ever shown.`,
    },
    {
      title: 'Delete the authorization', done: removed, go: ['home', admin],
      text: `As ${boss}, choose “Authorizations”, press “Remove”: the form names what stops working.`,
    },
    { title: 'See both break', done: told(member, 'has stopped') > 1, go: ['dm', member], text: `The bot tells ${ada} once for each, with a button that mends it.` },
    {
      title: 'Reconnect, and see both heal', done: told(alarm_channel, '2 of 2 integrations') > 0, go: ['dm', member],
      text: `As ${boss}, store an authorization again; as ${ada}, press “Reconnect” on both messages.`,
    },
  ];
}
