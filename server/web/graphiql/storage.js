// GraphiQL's tabs, history and sizes in localStorage, without request headers: they may hold keys.
const withoutHeaders = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), (key, value) => (key === "headers" ? null : value));
  } catch {
    return text;
  }
};

export const storage = {
  getItem: (key) => localStorage.getItem(key),
  removeItem: (key) => localStorage.removeItem(key),
  setItem(key, value) {
    if (key !== "graphiql:headers") localStorage.setItem(key, withoutHeaders(value));
  },
  get length() {
    return keys().length;
  },
  clear() {
    for (const key of keys()) localStorage.removeItem(key);
  },
};

const keys = () => Object.keys(localStorage).filter((key) => key.startsWith("graphiql:"));
