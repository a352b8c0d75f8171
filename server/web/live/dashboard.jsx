// A dashboard: what its widgets show, redrawn as the server tells that it changed.
import { useEffect, useState } from "preact/hooks";
import { Bars, Columns, Ring, figure } from "./charts.jsx";
import { Choice } from "./parts.jsx";
import { ago, clock, money, number, plain } from "./words.js";

export function Dashboard({ line, start, warn }) {
  const [id, setId] = useState(start.dashboards.nodes.find(({ isMain }) => isMain)?.id);
  const [scope, setScope] = useState("");
  const view = useDashboard(line, id, SCOPES[scope]?.() ?? (scope ? { teamId: scope } : null), warn);
  return (
    <>
      <div className="tools">
        <Choice label="Dashboard" value={id} onChange={setId} of={start.dashboards.nodes} />
        <Choice label="Whose records" value={scope} onChange={setScope} of={scopes(start.viewer)} />
      </div>
      {view && (
        <div className="dashboard">
          {view.widgets.map(({ widget, data }) => (
            <section
              key={widget.id}
              className={`widget ${widget.kind.toLowerCase()}`}
              aria-label={widget.title}
              style={{ gridArea: areaOf(widget) }}
            >
              <h2>{widget.title}</h2>
              <Data data={data} />
            </section>
          ))}
        </div>
      )}
    </>
  );
}

function useDashboard(line, dashboardId, scope, warn) {
  const [view, setView] = useState(null);
  useEffect(() => {
    const shown = ({ dashboardView }) => {
      setView(dashboardView);
      return dashboardView?.eventCursor;
    };
    const happened = ({ widgetId, title, data }) => setView((now) => changed(now, widgetId, title, data));
    const failed = (reason) => warn(reason.message);
    return line.watch(["Dashboard", "DashboardEvents"], { dashboardId, scope }, { shown, happened, failed });
  }, [line, dashboardId, JSON.stringify(scope)]);
  return view;
}

const changed = (view, widgetId, title, data) => ({
  ...view,
  widgets: view.widgets.map((one) =>
    one.widget.id === widgetId ? { widget: { ...one.widget, title }, data } : one,
  ),
});

const areaOf = ({ x, y, width, height }) => `${y + 1} / ${x + 1} / span ${height} / span ${width}`;

const SCOPES = { mine: () => ({ mine: true }), all: () => ({ all: true }) };
const WIDE = new Set(["EXECUTIVE", "ADMIN"]);

const scopes = ({ teams, role }) => [
  { id: "", name: "My role’s view" },
  { id: "mine", name: "My own" },
  ...teams,
  ...(WIDE.has(role) ? [{ id: "all", name: "Everybody’s" }] : []),
];

const DRAWN = {
  MetricData: Metric,
  SeriesData: Series,
  TableData: ({ records }) => <Lines of={records.map((one) => [one.id, nameOf(one), amountOf(one)])} />,
  TaskListData: Tasks,
  ForecastData: Forecast,
  FeedData: Feed,
  UnavailableData: () => <p className="empty">Not available yet.</p>,
};

function Data({ data }) {
  const Drawn = DRAWN[data.__typename];
  return <Drawn {...data} />;
}

function Metric({ value, deltaAbsolute, deltaPercent, deltaDisplay, format, currency }) {
  const written = (amount) => (format === "MONEY" ? money({ amount, currency }, true) : number(amount));
  const size = (change) => change.replace("-", ""); // the mark says which way
  const percent = deltaPercent && `${number(size(deltaPercent))}%`;
  const delta = deltaDisplay === "PERCENT" ? percent : deltaAbsolute && written(size(deltaAbsolute));
  const [way, mark] = Number(deltaAbsolute) < 0 ? ["down", "▼"] : ["up", "▲"];
  return (
    <>
      <p className="figure">{written(value)}</p>
      <p className={`delta ${delta ? way : ""}`}>
        {delta ? `${mark} ${delta} against last month` : "No month to compare with"}
      </p>
    </>
  );
}

function Series({ points }) {
  if (!points.length) return <p className="empty">Nothing to show.</p>;
  const drawn = points.map(({ keys, count, amount }) => ({
    label: keys.map(labelOf).join(" · "),
    color: keys[0]?.record?.color,
    value: amount ? Number(amount.amount) : count,
    text: figure(count, amount),
  }));
  return points[0].keys[0]?.__typename === "MonthKey" ? <Columns points={drawn} /> : <Bars points={drawn} />;
}

function Forecast({ wonThisMonth, weightedOpen, total }) {
  return (
    <Ring part={Number(wonThisMonth.amount)} whole={Number(total.amount)}>
      <p className="figure">{money(total, true)}</p>
      <p>
        <i className="won" /> {money(wonThisMonth, true)} won
      </p>
      <p>
        <i /> {money(weightedOpen, true)} expected
      </p>
    </Ring>
  );
}

function Tasks({ tasks }) {
  if (!tasks.length) return <p className="empty">Nothing is due in the next two days.</p>;
  const line = ({ id, title, dueAt, isOverdue }) => [id, title, clock(dueAt), isOverdue && "late"];
  return <Lines of={tasks.map(line)} />;
}

function Feed({ items }) {
  if (!items.length) return <p className="empty">Nothing has happened yet.</p>;
  const line = ({ actor, verb, subjectName, amount, occurredAt }, index) => [
    `${index} ${occurredAt}`,
    <>
      {actor && `${actor} ${done(verb)} `}
      <strong>{subjectName}</strong>
      {!actor && ` was ${done(verb)}`}
      {amount && ` · ${money(amount, true)}`}
    </>,
    ago(occurredAt),
  ];
  return <Lines of={items.map(line)} />;
}

const done = (verb) => plain(verb).toLowerCase();

function Lines({ of }) {
  return (
    <ul className="lines">
      {of.map(([key, text, aside, state]) => (
        <li key={key} className={state || undefined}>
          <span>{text}</span>
          <small>{aside}</small>
        </li>
      ))}
    </ul>
  );
}

const nameOf = ({ name, title, subject, number: code }) =>
  [code, name ?? title ?? subject].filter(Boolean).join(" ");

const amountOf = ({ value, total }) => (value ?? total) && money(value ?? total, true);

const labelOf = ({ value, month, record, label }) =>
  (record && nameOf(record)) ?? label ?? (month ?? (value && plain(value))) ?? "None";
