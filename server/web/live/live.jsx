// The page at /live: who is signed in, the connection's state, and the board or the dashboard.
import { render } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { signOut } from "../shared/accounts.js";
import { Mark } from "../shared/mark.jsx";
import { forget, keep, offered, restore } from "../shared/session.js";
import { BoardView } from "./board_view.jsx";
import { connect } from "./connection.js";
import { Dashboard } from "./dashboard.jsx";
import { Choice } from "./parts.jsx";
import { Door } from "./sign_in.jsx";
import { useBoard } from "./use_board.js";
import "./live.css";

const config = JSON.parse(document.getElementById("config").textContent);
const STATES = {
  connecting: "Connecting…",
  live: "Live",
  reconnecting: "Reconnecting…",
  offline: "Offline",
};

const EVERYBODY = { id: "", name: "Every owner" };

function Page() {
  const [session, setSession] = useState(() => restore(config));
  const [notice, setNotice] = useState(null);

  function enter(next) {
    keep(next);
    setNotice(null);
    setSession(next);
  }

  function leave(reason) {
    forget();
    setNotice(reason);
    setSession(null);
  }

  // The demo's own session is the server's to keep: leaving it here must not end it elsewhere.
  function quit() {
    if (!session.offered) signOut(config.endpoint, session.token).catch(() => undefined);
    leave(null);
  }

  if (!session) return <Door {...config} offer={offered(config)} notice={notice} onSession={enter} />;
  return <Room key={session.token} {...{ session, leave, quit }} />;
}

function Room({ session, leave, quit }) {
  const [state, setState] = useState("connecting");
  const [start, setStart] = useState(null);
  const [view, setView] = useState(location.hash === "#dashboard" ? "dashboard" : "board");
  const [spoken, say] = useState("");
  const [toast, setToast] = useState(null);
  const warn = useCallback((text) => setToast({ text, bad: true }), []);

  const line = useMemo(() => {
    const onState = (next, again) => {
      setState(next);
      if (again) say("The connection is back, and nothing was missed.");
    };
    return connect({ endpoint: config.endpoint, token: session.token, onState, onEnd: leave });
  }, []);
  useEffect(() => {
    line.ask("Start").then(setStart, (reason) => warn(reason.message));
    return line.close;
  }, []);
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(() => setToast(null), toast.bad ? 12_000 : 6_000);
    return () => clearTimeout(timer);
  }, [toast]);

  function choose(next) {
    history.replaceState(null, "", `#${next}`);
    setView(next);
  }

  const shared = { line, start, say, warn, onToast: setToast };
  return (
    <>
      <header className="top">
        <Mark />
        <h1 className="unseen">Coeffection live</h1>
        <nav aria-label="Views">
          {["board", "dashboard"].map((one) => (
            <button key={one} type="button" aria-current={view === one && "page"} onClick={() => choose(one)}>
              {one === "board" ? "Board" : "Dashboard"}
            </button>
          ))}
        </nav>
        <span className={`state ${state}`} role="status">
          {STATES[state]}
        </span>
        <span className="who">
          {start ? `${start.viewer.user.name}, ${start.viewer.workspace.name}` : session.name}
        </span>
        <button type="button" className="quiet" onClick={quit}>
          Sign out
        </button>
      </header>
      <main>{start && (view === "board" ? <BoardPage {...shared} /> : <Dashboard {...shared} />)}</main>
      <p className="ticker" aria-live="polite">
        {spoken || "What others do is told here."}
      </p>
      {toast && <Toast {...toast} onClose={() => setToast(null)} />}
    </>
  );
}

function Toast({ text, bad, act, onClose }) {
  return (
    <div className={bad ? "toast bad" : "toast"} role={bad ? "alert" : "status"}>
      <span>{text}</span>
      {act && (
        <button type="button" onClick={act}>
          Undo
        </button>
      )}
      <button type="button" className="icon" aria-label="Close this message" onClick={onClose}>
        ×
      </button>
    </div>
  );
}

function BoardPage({ line, start, say, warn, onToast }) {
  const [pipelineId, setPipeline] = useState(start.pipelines.nodes[0]?.id);
  const [ownerId, setOwner] = useState("");
  const [words, setWords] = useState("");
  const typed = ({ target }) => setWords(target.value);
  const search = useSettled(words.trim(), 250);
  const filter = filterOf(ownerId, search);

  async function undo(operationId) {
    onToast(null);
    const { userErrors } = await line.act("Undo", { operationId }).catch(refused);
    if (userErrors.length) warn(`It was not undone: ${userErrors[0].message}`);
    else say("Undone.");
  }
  const offerUndo = (text, operationId) => onToast({ text, act: () => undo(operationId) });
  const { columns, move, more } = useBoard(line, pipelineId, filter, { say, warn, offerUndo });

  async function create(given) {
    const { userErrors } = await line.act("Create", given).catch(refused);
    return userErrors[0]?.message;
  }

  return (
    <>
      <div className="tools">
        <Choice label="Pipeline" value={pipelineId} onChange={setPipeline} of={start.pipelines.nodes} />
        <Choice label="Owner" value={ownerId} onChange={setOwner} of={[EVERYBODY, ...start.users.nodes]} />
        <label className="search">
          <span className="unseen">Search</span>
          <input type="search" placeholder="Search deals" value={words} onInput={typed} />
        </label>
      </div>
      {columns ? (
        <BoardView key={pipelineId} {...{ columns, say }} onMove={move} onMore={more} onCreate={create} />
      ) : (
        <p className="empty">Reading the board…</p>
      )}
    </>
  );
}

const refused = (reason) => ({ userErrors: [reason] });

// The snapshot and the feed are given the same filter; a card that stops fitting leaves by itself.
function filterOf(ownerId, search) {
  const found = [{ name: { contains: search } }, { company: { name: { contains: search } } }];
  return { and: [...(ownerId ? [{ ownerId: { eq: ownerId } }] : []), ...(search ? [{ or: found }] : [])] };
}

function useSettled(value, wait) {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(settle, wait, value);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

render(<Page />, document.getElementById("page"));
