// The board: columns of cards that are moved by hand or by key, and that glide when others move them.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { find, place } from "./board.js";
import { drag } from "./drag.js";
import { Details, NewDeal } from "./dialogs.jsx";
import { day, initials, money } from "./words.js";

const HOW = "Space picks the card up, arrows move it, Space drops it, Escape puts it back; Enter opens it.";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function BoardView({ columns, onMove, onMore, onCreate, say }) {
  const board = useRef();
  const [held, setHeld] = useState(null); // where the card that is picked up would go
  const [opened, setOpened] = useState(null);
  const latest = useRef();
  latest.current = { columns, held };
  useGliding(board, columns);
  useFocusThatStays(board);
  useStillPage(board);

  function lift(id, byKey) {
    const { column, at, card } = find(latest.current.columns, id);
    setHeld({ ...place(latest.current.columns, id, column.stage.id, at), byKey });
    say(`${card.name} picked up. ${byKey ? HOW : ""}`);
  }

  function hover(id, x, y) {
    const list = document.elementFromPoint(x, y)?.closest("[data-stage]");
    if (!list) return;
    const others = [...list.querySelectorAll("[data-card]")].filter(({ dataset }) => dataset.card !== id);
    const above = others.filter((card) => middle(card) < y).length;
    setHeld(place(latest.current.columns, id, list.dataset.stage, above));
  }

  function drop() {
    const { columns, held } = latest.current;
    setHeld(null);
    const known = held && find(columns, held.id);
    if (!known) return;
    if (known.column.stage.id === held.stageId && known.at === held.at) return say("Left where it was.");
    onMove(known.card, held);
  }

  function cancel() {
    setHeld(null);
    say("Put back.");
  }

  // An arrow moves the card that is held, and otherwise the focus.
  function step(id, [aside, down]) {
    const { column, at } = find(columns, id);
    const from = held ?? { stageId: column.stage.id, at };
    const index = columns.findIndex(({ stage }) => stage.id === from.stageId);
    const next = columns[index + aside];
    if (!next) return;
    if (!held) return focus(board, next.cards[Math.min(at + down, next.cards.length - 1)]?.id);
    const target = place(columns, id, next.stage.id, from.at + down);
    setHeld({ ...target, byKey: true });
    say(`${next.stage.name}, place ${target.at + 1} of ${next.cards.length + (next === column ? 0 : 1)}.`);
  }

  function press(event, id) {
    const arrow = ARROWS[event.key];
    if (arrow) step(id, arrow);
    else if (event.key === " " || (event.key === "Enter" && held)) held ? drop() : lift(id, true);
    else if (event.key === "Enter") setOpened(id);
    else if (event.key === "Escape" && held) cancel();
    else return;
    event.preventDefault();
  }

  const touched = (event, id) =>
    event.button === 0 &&
    drag(event, { lift: () => lift(id, false), over: (x, y) => hover(id, x, y), drop, cancel });

  const card = { press, touched, open: setOpened };
  const shown = opened && find(columns, opened);
  return (
    <div className="board" ref={board}>
      <p id="how" hidden>
        {HOW}
      </p>
      {columns.map((column) => (
        <Column key={column.stage.id} {...{ column, held, card, onMore, onCreate }} />
      ))}
      {shown && <Details {...shown} columns={columns} onMove={onMove} onClose={() => setOpened(null)} />}
    </div>
  );
}

function Column({ column, held, card, onMore, onCreate }) {
  const { stage, count, sums, cards, more } = column;
  const [adding, setAdding] = useState(false);
  const rows = cards.map((one) => <Card key={one.id} one={one} held={held?.id === one.id} {...card} />);
  const slot = held?.stageId === stage.id ? slotIndex(cards, held) : null;
  if (slot !== null) rows.splice(slot, 0, <Slot key="slot" byKey={held.byKey} />);
  return (
    <section className="column" aria-label={`${stage.name}, ${count} deals`}>
      <header>
        <Dot color={stage.color} />
        <h2>{stage.name}</h2>
        <span className="count">{count}</span>
        <button
          type="button"
          className="icon"
          aria-label={`New deal in ${stage.name}`}
          onClick={() => setAdding(true)}
        >
          +
        </button>
        <p className="sums">
          {sums.map((sum) => (
            <span key={sum.currency}>{money(sum)}</span>
          ))}
        </p>
      </header>
      <ul data-stage={stage.id}>
        {rows}
        {more && (
          <li>
            <button type="button" className="quiet wide" onClick={() => onMore(column)}>
              Show more of {count}
            </button>
          </li>
        )}
        {!rows.length && <li className="empty">No deals</li>}
      </ul>
      {adding && <NewDeal stage={stage} onCreate={onCreate} onClose={() => setAdding(false)} />}
    </section>
  );
}

// A place is counted without the held card, which still stands in its column; its own needs no slot.
function slotIndex(cards, { id, at }) {
  const own = cards.findIndex((card) => card.id === id);
  if (own === at) return null;
  return own >= 0 && own < at ? at + 1 : at;
}

function Slot({ byKey }) {
  const slot = useRef();
  useEffect(() => byKey && slot.current.scrollIntoView({ block: "nearest", inline: "nearest" }));
  return <li className="slot" ref={slot} aria-hidden="true" />;
}

function Dot({ color }) {
  return (
    <svg className="dot" viewBox="0 0 10 10" aria-hidden="true">
      <circle cx="5" cy="5" r="5" fill={color} />
    </svg>
  );
}

function Card({ one, held, press, touched, open }) {
  const element = useRef();
  useEffect(() => one.lit && flash(element.current), [one.lit]);
  const states = ["card", held && "held", one.waiting && "waiting"].filter(Boolean).join(" ");
  return (
    <li>
      <div
        ref={element}
        className={states}
        data-card={one.id}
        role="button"
        tabIndex={0}
        aria-roledescription="card"
        aria-describedby="how"
        aria-pressed={held}
        onKeyDown={(event) => press(event, one.id)}
        onPointerDown={(event) => touched(event, one.id)}
        onContextMenu={(event) => event.pointerType === "touch" && event.preventDefault()}
        onClick={() => open(one.id)}
      >
        <span className="row">
          <strong>{one.name}</strong>
          {one.owner && (
            <span className="avatar" title={one.owner.name}>
              <span aria-hidden="true">{initials(one.owner.name)}</span>
              <span className="unseen">{one.owner.name}</span>
            </span>
          )}
        </span>
        <span className="company">{one.company?.name ?? "No company"}</span>
        <span className="row">
          <b>{money(one.value)}</b>
          <span className="facts">
            {one.probability}% · {day(one.closeDate)}
          </span>
        </span>
      </div>
    </li>
  );
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const middle = (card) => {
  const { top, height } = card.getBoundingClientRect();
  return top + height / 2;
};

const at = (board, id) => board.current?.querySelector(`[data-card="${id}"]`);

const focus = (board, id) => id && at(board, id)?.focus();

function flash(card) {
  const glow = [{ boxShadow: "0 0 0 3px var(--accent)" }, { boxShadow: "0 0 0 3px transparent" }];
  card.animate(glow, { duration: still() ? 1 : 1600, easing: "ease-out" });
}

// Cards glide from where they were; places within the board do not change when it is scrolled.
function useGliding(board, columns) {
  const places = useRef(new Map());
  useLayoutEffect(() => {
    const now = new Map();
    for (const card of board.current.querySelectorAll("[data-card]")) {
      const [left, top] = [card.offsetLeft, card.offsetTop];
      const was = places.current.get(card.dataset.card);
      now.set(card.dataset.card, { left, top });
      if (!was || still() || (was.left === left && was.top === top)) continue;
      const from = { transform: `translate(${was.left - left}px, ${was.top - top}px)` };
      card.animate([from, { transform: "none" }], { duration: 260, easing: "cubic-bezier(.2,.7,.2,1)" });
    }
    places.current = now;
  }, [columns]);
}

// A card that changes its column is a new element: the focus goes with it.
function useFocusThatStays(board) {
  const last = useRef(null);
  useEffect(() => {
    const note = ({ target }) => (last.current = target.closest?.("[data-card]")?.dataset.card ?? null);
    document.addEventListener("focusin", note);
    document.addEventListener("pointerdown", note);
    return () => {
      document.removeEventListener("focusin", note);
      document.removeEventListener("pointerdown", note);
    };
  }, []);
  useLayoutEffect(() => {
    if (last.current && document.activeElement === document.body) focus(board, last.current);
  });
}

// While a finger carries a card, it does not scroll.
function useStillPage(board) {
  useEffect(() => {
    const hold = (event) => document.body.classList.contains("dragging") && event.preventDefault();
    board.current.addEventListener("touchmove", hold, { passive: false });
  }, []);
}
