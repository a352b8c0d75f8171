// One operation by POST, and what stands for an answer where there is none.
export async function post(endpoint, operation, headers) {
  const response = await send(endpoint, operation, headers);
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) return response.json();
  return refusal(`The server answered ${response.status} ${response.statusText}`.trim());
}

async function send(endpoint, operation, headers) {
  try {
    return await fetch(endpoint, {
      method: "POST",
      body: JSON.stringify(operation),
      headers,
      cache: "no-store",
      credentials: "omit",
    });
  } catch {
    throw new Error("The server cannot be reached. Is it running?");
  }
}

const refusal = (message) => ({ errors: [{ message }] });

export function headersFor(token, extra = {}) {
  const headers = new Headers({
    accept: "application/graphql-response+json, application/json;q=0.9",
    "content-type": "application/json",
  });
  if (token) headers.set("authorization", `Bearer ${token}`);
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  return headers;
}
