// A board as a hook: its snapshot, its feed, and moves that are shown before they are answered.
import { useEffect, useReducer, useRef } from "preact/hooks";
import { applied, extended, find, fromSnapshot, moved } from "./board.js";

const AGAIN = "The board was read anew.";

export function useBoard(line, pipelineId, filter, { say, warn, offerUndo }) {
  const [, draw] = useReducer((count) => count + 1, 0);
  const { current: it } = useRef({ columns: null, moves: [], versions: new Map(), acts: new Set() });

  function show(columns) {
    it.columns = columns;
    draw();
  }

  useEffect(() => {
    let times = 0;
    if (it.pipelineId !== pipelineId) show(null);
    it.pipelineId = pipelineId;
    const shown = ({ pipelineBoard }) => {
      if (times++) say(AGAIN);
      show(pipelineBoard ? fromSnapshot(pipelineBoard) : []);
      return pipelineBoard?.eventCursor;
    };
    const happened = (event) => {
      // An act's echo may come before its answer.
      const foreign = !it.acts.has(event.operationId) && !it.moves.some(({ id }) => id === event.card?.id);
      if (foreign) tell(it.columns, event, say);
      const lit = foreign && event.card && { ...event, card: { ...event.card, lit: event.cursor } };
      show(applied(it.columns, lit || event));
    };
    const failed = (reason) => warn(reason.message);
    return line.watch(["Board", "BoardEvents"], { pipelineId, filter }, { shown, happened, failed });
  }, [line, pipelineId, JSON.stringify(filter)]);

  // The card goes where it was put at once; a refusal takes it back and says why, in the server's words.
  function move(card, target) {
    const pending = { ...target };
    it.moves = [...it.moves.filter(({ id }) => id !== card.id), pending];
    draw();
    const settled = () => {
      it.moves = it.moves.filter((other) => other !== pending);
      draw();
    };
    // One after the other: each is sent with the version that the one before left.
    it.queue = Promise.resolve(it.queue)
      .then(() => send(card, target))
      .catch((reason) => warn(reason.message))
      .then(settled);
  }

  async function send(card, { id, stageId, afterId, beforeId }) {
    const expectedVersion = Math.max(card.version, it.versions.get(id) ?? 0);
    const input = { id, toStageId: stageId, afterCardId: afterId, beforeCardId: beforeId, expectedVersion };
    const { deal, warnings, spawnedTasks, userErrors, operationId } = await line.act("Move", input);
    if (userErrors.length) return warn(`${card.name} went back: ${userErrors[0].message}`);
    it.acts.add(operationId);
    if (!deal || !it.columns) return;
    it.versions.set(id, deal.version);
    const { stage, rank } = deal;
    show(applied(it.columns, { __typename: "CardUpserted", card: deal, stageId: stage.id, rank }));
    const more = [...(warnings ?? []).map(({ message }) => message), ...tasks(spawnedTasks)];
    offerUndo([`Moved ${deal.name} to ${stage.name}.`, ...more].join(" "), operationId);
  }

  async function more({ stage, more: after }) {
    const narrowed = { and: [filter, { stageId: { eq: stage.id } }] };
    try {
      const { pipelineBoard } = await line.ask("MoreCards", { pipelineId, filter: narrowed, after });
      const page = pipelineBoard.columns.find((column) => column.stage.id === stage.id)?.cards;
      if (page) show(extended(it.columns, stage.id, page));
    } catch (reason) {
      warn(reason.message);
    }
  }

  const columns = it.columns && it.moves.reduce(moved, it.columns);
  return { columns, move, more };
}

const tasks = (spawned) => (spawned.length ? [`Tasks added: ${spawned.length}.`] : []);

function tell(columns, event, say) {
  if (event.__typename !== "CardUpserted") return;
  const who = event.actor?.name ?? "Somebody";
  const stage = columns.find((column) => column.stage.id === event.stageId)?.stage.name;
  const { name, id } = event.card;
  if (!find(columns, id)) say(`${who} brought ${name} to ${stage}.`);
  else if (event.changed.includes("stage")) say(`${who} moved ${name} to ${stage}.`);
  else if (event.changed.length) say(`${who} changed ${name}.`);
}
