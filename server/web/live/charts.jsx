// Small charts in SVG; their words and figures are text, so that everybody can read them.
import { money, number } from "./words.js";

const LIGHTEST = 0.35;

// One bar a group, with its name and its figure.
export function Bars({ points }) {
  const most = Math.max(1, ...points.map(({ value }) => value));
  return (
    <ul className="bars">
      {points.map(({ label, value, color, text }, index) => (
        <li key={label}>
          <span>{label}</span>
          <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect className="track" width="100" height="1" />
            <rect
              className="bar"
              width={(100 * value) / most}
              height="1"
              style={{ fill: color, opacity: color ? 1 : Math.max(LIGHTEST, 1 - index * 0.12) }}
            />
          </svg>
          <b>{text}</b>
        </li>
      ))}
    </ul>
  );
}

// One column a month, from left to right.
export function Columns({ points }) {
  const most = Math.max(1, ...points.map(({ value }) => value));
  return (
    <ol className="months">
      {points.map(({ label, value, text }) => (
        <li key={label}>
          <b>{text}</b>
          <svg viewBox="0 0 1 100" preserveAspectRatio="none" aria-hidden="true">
            <rect className="bar" y={100 - (100 * value) / most} width="1" height={(100 * value) / most} />
          </svg>
          <span>{label}</span>
        </li>
      ))}
    </ol>
  );
}

const RADIUS = 42;
const ROUND = 2 * Math.PI * RADIUS;

// A ring that is full when `part` is all of `whole`.
export function Ring({ part, whole, children }) {
  const share = whole > 0 ? Math.min(1, part / whole) : 0;
  return (
    <div className="ring">
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle className="track" cx="50" cy="50" r={RADIUS} />
        <circle
          className="arc"
          cx="50"
          cy="50"
          r={RADIUS}
          transform="rotate(-90 50 50)"
          stroke-dasharray={`${share * ROUND} ${ROUND}`}
        />
      </svg>
      <div>{children}</div>
    </div>
  );
}

export const figure = (count, amount) =>
  amount ? `${number(count)} · ${money(amount, true)}` : number(count);
