// In an editor Tab indents; Escape first, and the next Tab leaves the editor.
export function letTabLeaveEditors() {
  let leaving = false;
  const listen = (event) => {
    const inEditor = event.target.closest?.(".CodeMirror");
    if (inEditor && event.key === "Tab" && leaving) event.stopPropagation();
    if (event.key !== "Shift") leaving = Boolean(inEditor) && event.key === "Escape";
  };
  document.addEventListener("keydown", listen, { capture: true });
}
