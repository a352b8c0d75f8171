// A GraphiQL plugin that lists the example operations and opens one in a tab of its own.
import { useEffect, useState } from "react";
import { useEditorContext } from "@graphiql/react";

export const examplesPlugin = (examples) => ({
  title: "Examples",
  icon: Icon,
  content: () => <Examples examples={examples} />,
});

function Examples({ examples }) {
  const { addTab, tabs, activeTabIndex, queryEditor } = useEditorContext({ nonNull: true });
  const [opening, setOpening] = useState(null);

  // A new tab starts with GraphiQL's welcome text; the example replaces it once the tab is there.
  useEffect(() => {
    if (opening === null || tabs.length !== opening.tabs) return;
    queryEditor.setValue(opening.query);
    queryEditor.focus();
    setOpening(null);
  }, [opening, tabs.length, activeTabIndex, queryEditor]);

  function open({ query }) {
    setOpening({ query, tabs: tabs.length + 1 });
    addTab();
  }

  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      <p>Each opens in a new tab.</p>
      <ul>
        {examples.map((example) => (
          <li key={example.title}>
            <button type="button" onClick={() => open(example)}>
              {example.title}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Icon(props) {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" {...props}>
      <path strokeLinejoin="round" d="M5 4h10l4 4v12H5zM15 4v4h4M8.5 12h7M8.5 15.5h7" />
    </svg>
  );
}
