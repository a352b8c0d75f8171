// What graphql-ws does by itself: one source of events, executed and written for each subscriber.
// node serve.mjs PORT; each POST is an event.
import { createServer } from "node:http";
import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const schema = buildSchema(`
  type Query { hello: String }
  type Money { amount: String! currency: String! }
  type Person { id: ID! }
  type Record { id: ID! name: String! version: Int! value: Money! owner: Person }
  type RecordChanged { cursor: String! changed: [String!]! record: Record! }
  type Subscription { recordEvents: RecordChanged! }
`);
const waiting = new Set();

async function* events() {
  const queue = [];
  let wake = () => undefined;
  const push = (event) => {
    queue.push(event);
    wake();
  };
  waiting.add(push);
  try {
    for (;;) {
      while (queue.length) yield { recordEvents: queue.shift() };
      await new Promise((resolve) => (wake = resolve));
    }
  } finally {
    waiting.delete(push);
  }
}

let version = 0;
const server = createServer((_request, response) => {
  version += 1;
  const owner = { id: "usr_01M8AE6HC0FHMR5JDBNWGBNS7Q" };
  const value = { amount: "48000.00", currency: "USD" };
  const record = { id: "deal_01M8AE6QRNFY2RRPPRA7QHRFWX", name: `Name ${version}`, version, value, owner };
  for (const push of waiting) push({ cursor: `${version}`, changed: ["name"], record });
  response.end("{}");
});
const wss = new WebSocketServer({ server, path: "/graphql" });
useServer({ schema, roots: { subscription: { recordEvents: events } } }, wss);
server.listen(Number(process.argv[2]), "127.0.0.1");
