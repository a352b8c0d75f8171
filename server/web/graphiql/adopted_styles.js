// Style sheets that come and go with a component, adopted by the document: no <style> element is written.
import { useEffect } from "react";

export function stylesheetSingleton() {
  let users = 0;
  let sheet = null;
  return {
    add(css) {
      if (users++ > 0) return;
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets.push(sheet);
    },
    remove() {
      if (--users > 0) return;
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    },
  };
}

export function styleHookSingleton() {
  const sheet = stylesheetSingleton();
  return function useStyles(css, dynamic) {
    useEffect(() => {
      sheet.add(css);
      return () => sheet.remove();
    }, [css && dynamic]);
  };
}

export function styleSingleton() {
  const useStyles = styleHookSingleton();
  return function Styles({ styles, dynamic }) {
    useStyles(styles, dynamic);
    return null;
  };
}
