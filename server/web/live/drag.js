// Dragging a card with a mouse, a pen or a finger: lifted by a pull, or by a long press on touch screens.
const PULL = 6;
const PRESS_MS = 280;
const EDGE = 56;

// Calls lift() once it begins, over(x, y) on the way, and drop() or cancel() at its end.
export function drag(down, { lift, over, drop, cancel }) {
  const card = down.currentTarget;
  const byTouch = down.pointerType === "touch";
  const listening = new AbortController();
  const { signal } = listening;
  let at = { x: down.clientX, y: down.clientY };
  let ghost = null;
  const timer = byTouch && setTimeout(begin, PRESS_MS);

  function begin() {
    ghost = ghostOf(card);
    document.body.classList.add("dragging");
    lift();
    follow();
    requestAnimationFrame(scroll);
  }

  function follow() {
    ghost.style.transform = `translate(${at.x - down.clientX}px, ${at.y - down.clientY}px) rotate(1.5deg)`;
    over(at.x, at.y);
  }

  // Near an edge, what is beyond it comes into sight.
  function scroll() {
    if (!ghost) return;
    const under = document.elementFromPoint(at.x, at.y);
    const [row, list] = [document.querySelector(".board"), under?.closest(".column")?.querySelector("ul")];
    const [across, along] = [row, list].map((element) => element?.getBoundingClientRect());
    if (row) row.scrollLeft += speed(at.x, across.left, across.right);
    if (list) list.scrollTop += speed(at.y, along.top, along.bottom);
    over(at.x, at.y);
    requestAnimationFrame(scroll);
  }

  function end(last) {
    clearTimeout(timer);
    listening.abort();
    if (!ghost) return;
    ghost.remove();
    ghost = null;
    document.body.classList.remove("dragging");
    const swallow = (event) => event.stopPropagation(); // the click that ends a drag opens nothing
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    last();
  }

  function move(event) {
    at = { x: event.clientX, y: event.clientY };
    if (ghost) return follow();
    const pulled = Math.hypot(at.x - down.clientX, at.y - down.clientY) > PULL;
    if (pulled && byTouch) end(cancel); // a finger that moves at once scrolls
    else if (pulled) begin();
  }

  const own = (act) => (event) => event.pointerId === down.pointerId && act(event);
  addEventListener("pointermove", own(move), { signal });
  addEventListener("pointerup", own(() => end(drop)), { signal });
  addEventListener("pointercancel", own(() => end(cancel)), { signal });
  addEventListener("keydown", ({ key }) => key === "Escape" && end(cancel), { signal });
}

function ghostOf(card) {
  const { left, top, width } = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  ghost.classList.add("ghost");
  ghost.ariaHidden = "true";
  Object.assign(ghost.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
  document.body.append(ghost);
  return ghost;
}

function speed(at, from, to) {
  if (at < from + EDGE) return -Math.min(14, (from + EDGE - at) / 3);
  if (at > to - EDGE) return Math.min(14, (at - to + EDGE) / 3);
  return 0;
}
