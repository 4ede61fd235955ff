/** Which key does what, by the list that people see (views/keys.tsx): what is not in it does nothing. Called by keys.ts and mount-chart.ts. */
export function listedKeys(of: "page" | "chart"): ReadonlyMap<string, string> {
  const rows = document.querySelectorAll<HTMLElement>(`[data-keys="${of}"] [data-actions]`);
  return new Map(
    [...rows].flatMap((row) => Object.entries(JSON.parse(row.dataset["actions"] ?? "{}") as Record<string, string>)),
  );
}
