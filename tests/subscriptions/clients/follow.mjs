// Follows one subscription with a client of the npm registry: node follow.mjs ws|sse|urql URL TOKEN OPERATION
// Prints each answer as a line; the line "cut" on standard input cuts the connection under the client.
import { createInterface } from "node:readline";
import { Client, subscriptionExchange } from "@urql/core";
import { createClient as overStreams } from "graphql-sse";
import { createClient as overSockets } from "graphql-ws";
import WebSocket from "ws";

const [kind, url, token, text] = process.argv.slice(2);
const operation = JSON.parse(text);
const authorization = `Bearer ${token}`;
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

let wire;
const sockets = () =>
  overSockets({
    url: `${url.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 20,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    on: {
      connected: (opened) => {
        wire = opened;
        say({ connected: true });
      },
    },
  });
const clients = {
  ws: () => sockets().iterate(operation),
  sse: () =>
    overStreams({ url: `${url}/graphql/stream`, headers: { authorization } }).iterate(operation),
  urql: () => throughUrql(sockets()),
};

async function* throughUrql(client) {
  const forwardSubscription = ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: client.subscribe({ query, variables }, sink) }),
  });
  const exchanges = [subscriptionExchange({ forwardSubscription })];
  const urql = new Client({ url: `${url}/graphql`, exchanges, preferGetMethod: false });
  const waiting = [];
  let wake = () => {};
  urql.subscription(operation.query, operation.variables).subscribe((result) => {
    waiting.push({ data: result.data, ...(result.error && { errors: [result.error.message] }) });
    wake();
  });
  for (;;) {
    while (waiting.length) yield waiting.shift();
    await new Promise((resolve) => (wake = resolve));
  }
}

createInterface({ input: process.stdin }).on("line", () => wire.terminate());
const events = clients[kind]();
for await (const answer of events) {
  say(answer);
  const event = Object.values(answer.data ?? {})[0];
  // The client sends the operation again when it comes back: from the last cursor on.
  if (event?.cursor) operation.variables.after = event.cursor;
}
say({ complete: true });
process.exit(0);
