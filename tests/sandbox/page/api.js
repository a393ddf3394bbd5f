// The sandbox's own small API (API.md): one state, polled; a few POSTs. Nobody else is ever called.
const listeners = [];
const waiting = new Map();
let polling;

export let state = null;

export const on_change = (run) => listeners.push(run);

// Does something as a person. Answers the envelope's id, or throws an Error with a sentence for people.
export async function post(path, body) {
  let answer;
  try {
    const response = await fetch(`/api/${path}`, {
      method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' },
    });
    answer = await response.json();
  } catch {
    throw new Error('The sandbox does not answer. Is it still running?');
  }
  poll_now();
  if (!answer.ok) throw new Error(answer.error);
  return answer;
}

export const get = async (path) => (await fetch(`/api/${path}`)).json();

// What the daemon put into the acknowledgement of an envelope; throws after Slack's three seconds.
export function acknowledgement(envelope, limit = 3000) {
  return new Promise((resolve, reject) => {
    const give_up = setTimeout(() => {
      waiting.delete(envelope);
      reject(new Error('Countersign did not answer within 3 seconds.'));
    }, limit);
    waiting.set(envelope, (payload) => {
      clearTimeout(give_up);
      waiting.delete(envelope);
      resolve(payload);
    });
    settle();
  });
}

function settle() {
  for (const [envelope, resolve] of [...waiting]) {
    if (state && envelope in state.acks) resolve(state.acks[envelope]);
  }
}

export function poll_now() {
  clearTimeout(polling);
  polling = setTimeout(poll, 0);
}

let failures = 0;
let busy = false;

async function poll() {
  if (busy) return;
  busy = true;
  try {
    const response = await fetch(`/api/state?since=${state?.changes ?? 0}`);
    const answer = await response.json();
    failures = 0;
    if (answer.people) {
      state = answer;
      settle();
      listeners.forEach((run) => run(state));
    }
  } catch (problem) {
    if (!(problem instanceof TypeError) && !(problem instanceof SyntaxError)) throw problem;
    failures += 1;
  } finally {
    busy = false;
    document.getElementById('lost').hidden = failures < 3;
    polling = setTimeout(poll, document.hidden ? 1500 : 200);
  }
}
