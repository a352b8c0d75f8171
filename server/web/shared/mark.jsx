// The mark of the product, as both pages draw it.
import "./mark.css";

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M9 11 16 21 23 11M9 11H23" />
      <circle cx="9" cy="11" r="3.5" />
      <circle cx="23" cy="11" r="3.5" />
      <circle cx="16" cy="21.5" r="4.5" />
    </svg>
  );
}
