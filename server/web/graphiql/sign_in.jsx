// The sign-in panel: e-mail and password, then a workspace where the person has several.
import { useState } from "react";
import { signIn } from "../shared/accounts.js";
import { Mark } from "../shared/mark.jsx";

export function SignIn({ title, endpoint, notice, offer, onSession, onCancel }) {
  const [login, setLogin] = useState({ email: "", password: "" });
  const [workspaces, setWorkspaces] = useState(null);
  const [problem, setProblem] = useState(notice);
  const [busy, setBusy] = useState(false);

  async function submit(workspaceId) {
    setBusy(true);
    setProblem(null);
    try {
      const answer = await signIn(endpoint, { ...login, workspaceId });
      if (answer.session) return onSession(answer.session);
      setWorkspaces(answer.workspaces ?? null);
      setProblem(answer.problem);
    } catch (failure) {
      setProblem(failure.message);
    }
    setBusy(false);
  }

  return (
    <section className="sign-in" aria-labelledby="sign-in-title">
      <Mark />
      <h1 id="sign-in-title">{workspaces ? "Choose a workspace" : title}</h1>
      <p className="hint">
        {workspaces ? "This e-mail belongs to more than one." : "Queries run with your own permissions."}
      </p>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {workspaces ? (
        <Workspaces {...{ workspaces, busy }} onChoose={submit} onBack={() => setWorkspaces(null)} />
      ) : (
        <Login {...{ login, setLogin, busy }} onSubmit={() => submit(null)} />
      )}
      {!workspaces && offer && (
        <button type="button" className="quiet wide" onClick={() => onSession(offer)}>
          Continue as {offer.name}
        </button>
      )}
      {onCancel && (
        <button type="button" className="quiet wide" onClick={onCancel}>
          Cancel
        </button>
      )}
    </section>
  );
}

function Login({ login, setLogin, busy, onSubmit }) {
  const change = ({ target }) => setLogin({ ...login, [target.name]: target.value });
  const submit = (event) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit}>
      <label>
        E-mail
        <input
          name="email"
          type="email"
          autoComplete="username"
          autoFocus
          required
          value={login.email}
          onChange={change}
        />
      </label>
      <label>
        Password
        <input
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={login.password}
          onChange={change}
        />
      </label>
      <button type="submit" className="strong wide" disabled={busy}>
        {busy ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}

function Workspaces({ workspaces, busy, onChoose, onBack }) {
  return (
    <div className="workspaces">
      {workspaces.map(({ id, name }, index) => (
        <button
          key={id}
          type="button"
          className="choice wide"
          autoFocus={index === 0}
          disabled={busy}
          onClick={() => onChoose(id)}
        >
          {name}
        </button>
      ))}
      <button type="button" className="quiet wide" onClick={onBack}>
        Use another e-mail
      </button>
    </div>
  );
}
