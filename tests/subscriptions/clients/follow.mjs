// Follows one subscription with a client of the npm registry: node follow.mjs ws|sse URL TOKEN OPERATION
// Prints each answer as a line; the line "cut" on standard input cuts the connection under the client.
import { createInterface } from "node:readline";
import { createClient as overStreams } from "graphql-sse";
import { createClient as overSockets } from "graphql-ws";
import WebSocket from "ws";

const [kind, url, token, text] = process.argv.slice(2);
const operation = JSON.parse(text);
const authorization = `Bearer ${token}`;
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

let wire;
const clients = {
  ws: () =>
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
    }),
  sse: () => overStreams({ url: `${url}/graphql/stream`, headers: { authorization } }),
};

createInterface({ input: process.stdin }).on("line", () => wire.terminate());
const events = clients[kind]().iterate(operation);
for await (const answer of events) {
  say(answer);
  const event = Object.values(answer.data ?? {})[0];
  // The client sends the operation again when it comes back: from the last cursor on.
  if (event?.cursor) operation.variables.after = event.cursor;
}
say({ complete: true });
process.exit(0);
