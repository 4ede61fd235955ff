/** Changes the theme at once, and for the next page. The form without a script asks theme.ts of the server for the same. */
const NEXT: Readonly<Record<string, string>> = { "": "dark", dark: "light", light: "" };
const COOKIE_S = 365 * 86_400;

export function startTheme(): void {
  document.querySelector("#theme")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const { dataset } = document.documentElement;
    const theme = NEXT[dataset["theme"] ?? ""] ?? "";
    if (theme === "") delete dataset["theme"];
    else dataset["theme"] = theme;
    document.cookie = `theme=${theme}; Path=/; Max-Age=${theme === "" ? 0 : COOKIE_S}; SameSite=Lax`;
  });
}
