// The page at /graphql: who is signed in, and GraphiQL on their behalf.
import { useEffect, useMemo, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { GraphiQL } from "graphiql";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { nameOf, signOut } from "../shared/accounts.js";
import { Mark } from "../shared/mark.jsx";
import { forget, keep, offered, restore } from "../shared/session.js";
import { examplesPlugin } from "./examples.jsx";
import { letTabLeaveEditors } from "./keyboard.js";
import { createFetcher } from "./requests.js";
import { SignIn } from "./sign_in.jsx";
import { storage } from "./storage.js";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./graphiql.css";

const config = JSON.parse(document.getElementById("config").textContent);
const plugins = [explorerPlugin({ showAttribution: false }), examplesPlugin(config.tabs)];

function Page() {
  const [session, setSession] = useState(() => restore(config));
  const [switching, setSwitching] = useState(false);
  const [notice, setNotice] = useState(null);

  useEffect(() => {
    if (!session?.offered) return;
    nameOf(config.endpoint, session.token).then(
      (name) => name && setSession((now) => (now?.token === session.token ? { ...now, name } : now)),
      () => undefined, // GraphiQL itself says that the server cannot be reached
    );
  }, [session?.token]);

  function enter(next) {
    keep(next);
    setSession(next);
    setSwitching(false);
    setNotice(null);
  }

  function leave(reason) {
    forget();
    setSession(null);
    setNotice(reason);
  }

  // The demo's own session is the server's to keep: leaving it here must not end it elsewhere.
  function quit() {
    if (!session.offered) signOut(config.endpoint, session.token).catch(() => undefined);
    leave(null);
  }

  const panel = { endpoint: config.endpoint, offer: offered(config), onSession: enter };
  if (!session) {
    return (
      <main className="door">
        <SignIn {...panel} title="Sign in to Coeffection" notice={notice} />
      </main>
    );
  }
  return (
    <>
      <Header name={session.name} onSwitch={() => setSwitching(true)} onSignOut={quit} />
      <Workbench
        key={session.token}
        token={session.token}
        onExpired={() => leave("Your session has ended. Please sign in again.")}
      />
      {switching && (
        <Modal onClose={() => setSwitching(false)}>
          <SignIn {...panel} title="Switch user" onCancel={() => setSwitching(false)} />
        </Modal>
      )}
    </>
  );
}

function Header({ name, onSwitch, onSignOut }) {
  return (
    <header className="bar">
      <Mark />
      <span className="brand">Coeffection</span>
      <span className="who">
        Signed in as <strong>{name}</strong>
      </span>
      <button type="button" className="quiet" onClick={onSwitch}>
        Switch user
      </button>
      <button type="button" className="quiet" onClick={onSignOut}>
        Sign out
      </button>
    </header>
  );
}

function Workbench({ token, onExpired }) {
  const fetcher = useMemo(() => createFetcher({ endpoint: config.endpoint, token, onExpired }), [token]);
  return (
    <main className="workbench">
      <GraphiQL
        fetcher={fetcher}
        plugins={plugins}
        storage={storage}
        shouldPersistHeaders={false}
        defaultTabs={config.tabs.length ? config.tabs : undefined}
        inputValueDeprecation
      >
        <GraphiQL.Logo>
          <span className="logo">GraphiQL</span>
        </GraphiQL.Logo>
      </GraphiQL>
    </main>
  );
}

function Modal({ children, onClose }) {
  const dialog = useRef(null);
  useEffect(() => dialog.current.showModal(), []);
  return (
    <dialog ref={dialog} className="modal" aria-labelledby="sign-in-title" onClose={onClose}>
      {children}
    </dialog>
  );
}

// GraphiQL's choice of theme also holds for the sign-in panel, which is there before GraphiQL is.
const theme = storage.getItem("graphiql:theme");
if (theme) document.body.classList.add(`graphiql-${theme}`);
letTabLeaveEditors();
createRoot(document.getElementById("page")).render(<Page />);
