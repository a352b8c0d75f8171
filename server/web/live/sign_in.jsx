// The door: signing in, choosing a workspace, or making a new one.
import { useState } from "preact/hooks";
import { signIn, signUp } from "../shared/accounts.js";
import { Mark } from "../shared/mark.jsx";

export function Door({ endpoint, offer, notice, onSession }) {
  const [isNew, setNew] = useState(false);
  const [choice, setChoice] = useState(null); // the login that belongs to several workspaces
  const [problem, setProblem] = useState(notice);
  const [busy, setBusy] = useState(false);

  async function enter(attempt, given) {
    setBusy(true);
    setProblem(null);
    try {
      const { session, workspaces, problem } = await attempt(endpoint, given);
      if (session) return onSession(session);
      setChoice(workspaces ? { given, workspaces } : null);
      setProblem(problem);
    } catch (reason) {
      setProblem(reason.message);
    }
    setBusy(false);
  }

  function submit(event) {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    if (!isNew) return enter(signIn, given);
    return enter(signUp, { ...given, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  }

  const turn = () => (choice ? setChoice(null) : setNew(!isNew));
  const title = choice ? "Choose a workspace" : isNew ? "New workspace" : "Sign in to Coeffection";
  return (
    <main className="door">
      <section className="panel" aria-labelledby="door">
        <Mark />
        <h1 id="door">{title}</h1>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        {choice ? (
          choice.workspaces.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              className="quiet wide"
              disabled={busy}
              onClick={() => enter(signIn, { ...choice.given, workspaceId: id })}
            >
              {name}
            </button>
          ))
        ) : (
          <form onSubmit={submit}>
            {isNew && <About />}
            <Field label="E-mail" name="email" type="email" autocomplete="username" />
            <Field
              label="Password"
              name="password"
              type="password"
              autocomplete={isNew ? "new-password" : "current-password"}
            />
            <button type="submit" className="strong wide" disabled={busy}>
              {isNew ? "Create workspace" : "Sign in"}
            </button>
          </form>
        )}
        {offer && !choice && (
          <button type="button" className="quiet wide" onClick={() => onSession(offer)}>
            Continue as {offer.name}
          </button>
        )}
        <button type="button" className="link wide" onClick={turn}>
          {choice ? "Use another e-mail" : isNew ? "Sign in instead" : "Create a workspace"}
        </button>
      </section>
    </main>
  );
}

function About() {
  return (
    <>
      <Field label="Company" name="workspaceName" autocomplete="organization" />
      <div className="pair">
        <Field label="First name" name="firstName" autocomplete="given-name" />
        <Field label="Last name" name="lastName" autocomplete="family-name" />
      </div>
      <Field label="Currency" name="currency" value="USD" maxLength={3} />
    </>
  );
}

function Field({ label, ...rest }) {
  return (
    <label>
      {label}
      <input required {...rest} />
    </label>
  );
}
