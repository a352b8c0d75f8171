// How GraphiQL talks to the server: operations by POST, subscriptions by WebSocket.
import { getOperationAST } from "graphql";
import { createClient } from "graphql-ws";
import { headersFor, post } from "../shared/http.js";

export function createFetcher({ endpoint, token, onExpired }) {
  const sockets = createSockets(endpoint, token);
  return (operation, { headers, documentAST } = {}) => {
    const definition = documentAST && getOperationAST(documentAST, operation.operationName);
    if (definition?.operation === "subscription") return watch(sockets, operation);
    return query(operation, headers);
  };

  async function query(operation, headers) {
    const answer = await post(endpoint, operation, headersFor(token, headers ?? {}));
    if (isExpired(answer) && !hasOwnCredentials(headers)) onExpired();
    return answer;
  }
}

const isExpired = ({ errors }) => errors?.some(({ extensions }) => extensions?.code === "UNAUTHENTICATED");

const hasOwnCredentials = (headers) =>
  Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "authorization");

function createSockets(endpoint, token) {
  const url = new URL(endpoint, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return createClient({
    url: url.href,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 2,
  });
}

function watch(sockets, operation) {
  const events = sockets.iterate(operation);
  return {
    next: () => events.next().catch(explain),
    return: () => events.return(),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function explain(reason) {
  if (reason instanceof CloseEvent) {
    throw new Error(`The socket was closed: ${reason.code} ${reason.reason}`.trim());
  }
  if (reason instanceof Event) throw new Error("The server opened no WebSocket for the subscription.");
  throw reason;
}
