// Who is signed in on this browser tab: kept in sessionStorage, so it ends with the tab.
const KEY = "coeffection.session";
const SIGNED_OUT = "signed out";

export function restore(config) {
  const kept = sessionStorage.getItem(KEY);
  if (kept === SIGNED_OUT) return null;
  if (kept) return JSON.parse(kept);
  return offered(config);
}

// A development server offers the demo's own session with the page.
export function offered({ token, signedInAs }) {
  return token ? { token, name: signedInAs ?? "Demo", offered: true } : null;
}

export function keep(session) {
  if (session.offered) sessionStorage.removeItem(KEY); // the page brings it, perhaps renewed
  else sessionStorage.setItem(KEY, JSON.stringify(session));
}

export function forget() {
  sessionStorage.setItem(KEY, SIGNED_OUT);
}
