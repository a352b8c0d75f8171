// What a board is, as plain values: from a snapshot, through events, and with moves under way.
export function fromSnapshot({ columns }) {
  return columns.map(({ stage, count, totalValue, unconverted, cards }) => ({
    stage,
    count,
    sums: sums(totalValue, unconverted),
    cards: cards.nodes,
    more: cards.pageInfo.hasNextPage ? cards.pageInfo.endCursor : null,
  }));
}

// An event holds the whole card and whole totals: what is applied twice changes nothing.
export function applied(columns, event) {
  switch (event.__typename) {
    case "CardUpserted":
      return upserted(columns, event);
    case "CardRemoved":
      return without(columns, event.cardId);
    case "ColumnTotalsChanged":
      return columns.map((column) =>
        column.stage.id === event.stageId
          ? { ...column, count: event.count, sums: sums(event.totalValue, event.unconverted) }
          : column,
      );
    default:
      return columns;
  }
}

function upserted(columns, { card, stageId, rank }) {
  const known = find(columns, card.id);
  if (known?.card.version > card.version) return columns;
  const fresh = { ...card, rank };
  return without(columns, card.id).map((column) =>
    column.stage.id === stageId ? { ...column, cards: sorted(column, fresh) } : column,
  );
}

// Ranks are compared by their code units. What lies below the last card that was read comes with it.
function sorted({ cards, more }, card) {
  const at = cards.findIndex(({ rank }) => rank > card.rank);
  if (at < 0) return more ? cards : [...cards, card];
  return cards.toSpliced(at, 0, card);
}

export function extended(columns, stageId, page) {
  return columns.map((column) => {
    if (column.stage.id !== stageId) return column;
    const known = new Set(column.cards.map(({ id }) => id));
    const cards = [...column.cards, ...page.nodes.filter(({ id }) => !known.has(id))];
    return { ...column, cards, more: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
  });
}

// A move that the server has not answered yet: the card at its new place, marked.
export function moved(columns, { id, stageId, afterId }) {
  const known = find(columns, id);
  if (!known) return columns;
  const card = { ...known.card, waiting: true, lit: null };
  return without(columns, id).map((column) => {
    if (column.stage.id !== stageId) return column;
    const at = column.cards.findIndex((other) => other.id === afterId) + 1;
    return { ...column, cards: column.cards.toSpliced(at, 0, card) };
  });
}

const without = (columns, id) =>
  columns.map((column) =>
    column.cards.some((card) => card.id === id)
      ? { ...column, cards: column.cards.filter((card) => card.id !== id) }
      : column,
  );

export function find(columns, id) {
  for (const column of columns) {
    const at = column.cards.findIndex((card) => card.id === id);
    if (at >= 0) return { column, at, card: column.cards[at] };
  }
  return null;
}

// The place at a number of a column, counted without the card itself.
export function place(columns, id, stageId, at) {
  const { cards } = columns.find(({ stage }) => stage.id === stageId);
  const others = cards.filter((card) => card.id !== id);
  const index = Math.max(0, Math.min(at, others.length));
  const [afterId, beforeId] = [others[index - 1]?.id ?? null, others[index]?.id ?? null];
  return { id, stageId, at: index, afterId, beforeId };
}

// One sum in the workspace's currency, and one for each currency that has no rate to it.
const sums = (total, unconverted) => [total, ...unconverted];
