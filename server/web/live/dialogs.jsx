// What opens over the board: a card's details, and a new deal.
import { useEffect, useRef, useState } from "preact/hooks";
import { place } from "./board.js";
import { day, money } from "./words.js";

// Closed by the browser, so that the focus returns to where it was.
const close = ({ target }) => target.closest("dialog").close();

function Dialog({ label, onClose, children }) {
  const dialog = useRef();
  useEffect(() => dialog.current.showModal(), []);
  const outside = (event) => event.target === dialog.current && close(event);
  return (
    <dialog ref={dialog} aria-label={label} onClose={onClose} onClick={outside}>
      <div className="panel">{children}</div>
    </dialog>
  );
}

// It shows the card as it is now: while it is open, too, others may change it.
export function Details({ card, column, columns, onMove, onClose }) {
  const move = ({ target }) => onMove(card, place(columns, card.id, target.value, 0));
  const facts = [
    ["Company", card.company?.name ?? "–"],
    ["Value", money(card.value)],
    ["Probability", `${card.probability}%`],
    ["Closes", day(card.closeDate)],
    ["Owner", card.owner?.name ?? "–"],
    ["In this stage", card.daysInStage === 1 ? "1 day" : `${card.daysInStage} days`],
  ];
  return (
    <Dialog label={card.name} onClose={onClose}>
      <h2>{card.name}</h2>
      <dl>
        {facts.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <label>
        Stage
        <select value={column.stage.id} onChange={move}>
          {columns.map(({ stage }) => (
            <option key={stage.id} value={stage.id}>
              {stage.name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" className="quiet wide" onClick={close}>
        Close
      </button>
    </Dialog>
  );
}

export function NewDeal({ stage, onCreate, onClose }) {
  const [problem, setProblem] = useState(null);
  async function submit(event) {
    event.preventDefault();
    const form = event.target;
    const { name, amount } = Object.fromEntries(new FormData(form));
    const refused = await onCreate({ name, stageId: stage.id, ...(amount && { value: { amount } }) });
    if (refused) setProblem(refused);
    else close({ target: form });
  }
  return (
    <Dialog label={`New deal in ${stage.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <h2>New deal in {stage.name}</h2>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <label>
          Name
          <input name="name" required />
        </label>
        <label>
          Value
          <input name="amount" inputMode="decimal" placeholder="10000" />
        </label>
        <button type="submit" className="strong wide">
          Create
        </button>
        <button type="button" className="quiet wide" onClick={close}>
          Cancel
        </button>
      </form>
    </Dialog>
  );
}
