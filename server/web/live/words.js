// Amounts, days and times as the reader's language writes them.
const SHORT = { notation: "compact", maximumFractionDigits: 1 };

export function money({ amount, currency }, short = false) {
  const compact = short && Math.abs(amount) >= 10_000;
  const shape = compact ? SHORT : { trailingZeroDisplay: "stripIfInteger" };
  return new Intl.NumberFormat(undefined, { style: "currency", currency, ...shape }).format(amount);
}

export const number = (value) => new Intl.NumberFormat().format(value);

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });

export const day = (date) => DAY.format(new Date(date));

export const clock = (time) => TIME.format(new Date(time));

const STEPS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(time) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

export const initials = (name) =>
  name
    .split(/\s+/)
    .map(([letter]) => letter)
    .join("")
    .slice(0, 2);

// NO_LONGER_VISIBLE -> No longer visible
export const plain = (code) => (code[0] + code.slice(1).toLowerCase()).replaceAll("_", " ");
