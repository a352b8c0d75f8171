// One socket for everything: questions, acts, and feeds that go on where they stopped.
import { createClient } from "graphql-ws";
import query from "./operations.graphql";

const PING_EVERY = 10_000;
const PONG_WITHIN = 5_000;
const LONGEST_PAUSE = 8_000;
const UNAUTHORIZED = 4401;
const ENDED = "Your session has ended. Sign in again.";
const ANEW = new Set(["ResyncRequired", "StagesChanged"]);

// The states: connecting, live, reconnecting, and offline where the device has no network.
// It ends where trying again is of no use: onEnd is told why.
export function connect({ endpoint, token, onState, onEnd }) {
  let overdue;
  const url = new URL(endpoint, location.href);
  url.protocol = url.protocol.replace("http", "ws");

  const client = createClient({
    url: url.href,
    connectionParams: { authorization: `Bearer ${token}` },
    lazy: false, // there from the start, and while nothing is asked
    onNonLazyError: (reason) => onEnd(reason.code === UNAUTHORIZED ? ENDED : sentence(reason)),
    keepAlive: PING_EVERY,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: pause,
    on: {
      connecting: (again) => onState(again ? cut() : "connecting"),
      connected: (_socket, _payload, again) => onState("live", again),
      closed() {
        clearTimeout(overdue);
        onState(cut());
      },
      // A link may die without a word: an unanswered ping is a break, too.
      ping: (received) => {
        if (!received) overdue = setTimeout(client.terminate, PONG_WITHIN);
      },
      pong: (received) => received && clearTimeout(overdue),
    },
  });
  addEventListener("offline", client.terminate);

  // Waits for the answer however long the connection is away; acts carry an idempotency key, so that
  // one that is sent again after a break is still done once.
  function ask(operationName, variables = {}) {
    return new Promise((resolve, reject) => {
      client.subscribe(
        { query, operationName, variables },
        {
          next: ({ data, errors }) => (errors ? reject(new Error(errors[0].message)) : resolve(data)),
          error: (reason) => reject(new Error(sentence(reason))),
          complete: () => reject(new Error("The connection was closed.")),
        },
      );
    });
  }

  async function act(name, input) {
    const { answer } = await ask(name, { input: { ...input, idempotencyKey: key() } });
    return answer;
  }

  // graphql-ws sends this very payload again after a break: with the last cursor in it nothing is missed.
  function follow(operationName, variables, { next, error }) {
    const payload = { query, operationName, variables: { ...variables } };
    return client.subscribe(payload, {
      next({ data, errors }) {
        if (errors) return error(new Error(errors[0].message));
        const [event] = Object.values(data);
        next(event);
        payload.variables.after = event.cursor ?? payload.variables.after;
      },
      error: (reason) => error(new Error(sentence(reason))),
      complete: () => undefined,
    });
  }

  // A picture that stays true: read it, follow what happens behind it, and read it anew when told to.
  function watch([snapshot, feed], variables, { shown, happened, failed }) {
    let over = false;
    let stop = () => undefined;
    const fail = (reason) => over || failed(reason);
    const next = (event) => (ANEW.has(event.__typename) ? begin() : happened(event));
    function begin() {
      stop();
      ask(snapshot, variables).then((data) => {
        if (over) return;
        const after = shown(data);
        if (after) stop = follow(feed, { ...variables, after }, { next, error: fail });
      }, fail);
    }
    begin();
    return () => {
      over = true;
      stop();
    };
  }

  function close() {
    removeEventListener("offline", client.terminate);
    client.dispose();
  }

  return { ask, act, watch, close };
}

const cut = () => (navigator.onLine ? "reconnecting" : "offline");

// Longer each time, never two clients in step, and at once when the device is back in a network.
function pause(retries) {
  return new Promise((resume) => {
    setTimeout(resume, Math.min(LONGEST_PAUSE, 250 * 2 ** retries) * (0.5 + Math.random()));
    addEventListener("online", resume, { once: true });
  });
}

function sentence(reason) {
  if (Array.isArray(reason)) return reason[0].message;
  if (reason?.code) return `The server closed the connection: ${reason.reason || reason.code}.`;
  return reason?.message ?? "The server cannot be reached.";
}

// crypto.randomUUID is there on https and localhost only.
const key = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
