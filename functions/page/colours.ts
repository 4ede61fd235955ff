/**
 * The colours of the pages: roles in two themes.
 * Invariant: text has a contrast of 4.5 at least to what may lie behind it, the border of a control one of 3 (WCAG 2.2); the strongest
 * text has it also where all is dimmed.
 */
type Role =
  | "text"
  | "strongest"
  | "muted"
  | "link"
  | "border"
  | "healthy"
  | "degraded"
  | "down"
  | "unknown"
  | "maintenance"
  | "page"
  | "surface"
  | "sunken";

/** Of text, by theme; the last three are what lies behind it. */
export const COLOURS: Readonly<Record<"light" | "dark", Readonly<Record<Role, string>>>> = {
  light: {
    text: "#10151c",
    strongest: "#000000",
    muted: "#4f5b6b",
    link: "#0757b5",
    border: "#7a8696",
    healthy: "#17713a",
    degraded: "#8a5a00",
    down: "#b4231c",
    unknown: "#5b6675",
    maintenance: "#2a5bd0",
    page: "#ffffff",
    surface: "#f5f7fa",
    sunken: "#e9edf2",
  },
  dark: {
    text: "#e8edf3",
    strongest: "#ffffff",
    muted: "#9fabb9",
    link: "#79b8ff",
    border: "#6b7888",
    healthy: "#4cc97b",
    degraded: "#e3a93a",
    down: "#ff7b72",
    unknown: "#a3aebb",
    maintenance: "#8ab4ff",
    page: "#0d1116",
    surface: "#151b23",
    sunken: "#1f2731",
  },
};

/** How much is left of what a stale page says. */
export const DIMMED = 0.6;
