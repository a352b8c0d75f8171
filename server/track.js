// Tells of visits by who is known: <script async src="https://…/track.js" data-key="coeff_t_…">.
// Without a token of a form or a mail nothing is sent and nothing is stored; there are no cookies.
(() => {
  const script = document.currentScript;
  const key = script?.dataset.key;
  if (!key) return;
  const target = new URL(`track/${key}`, script.src);
  const name = `coeffection ${key}`;

  const kept = () => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };

  const keep = (visitor) => {
    try {
      localStorage.setItem(name, visitor);
    } catch {
      // Where nothing may be stored, this page is the only one that knows.
    }
  };

  const id = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("-");

  const tell = (visitor) => {
    const visit = {
      eventId: id(),
      url: location.href.split("#")[0].slice(0, 2000),
      title: document.title.slice(0, 500),
      referrer: document.referrer.slice(0, 2000),
      visitor,
    };
    navigator.sendBeacon(target, JSON.stringify(visit));
  };

  // Forms that are sent by a script hand on what their answer calls `visitor`.
  window.coeffection = {
    visitor(visitor) {
      keep(visitor);
      tell(visitor);
    },
  };

  const here = new URL(location.href);
  const brought = here.searchParams.get("cv");
  if (brought) {
    keep(brought);
    here.searchParams.delete("cv");
    history.replaceState(history.state, "", here);
  }
  const visitor = brought || kept();
  if (visitor) tell(visitor);
})();
