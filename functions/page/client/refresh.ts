/**
 * Asks the service for what is new: whether there is something, and the page itself, of which what is different is taken over.
 * Called by page.ts, follow-now.ts and follow-page.ts. Invariants: what is taken is the page at its own address, without what was said once;
 * whoever asks has an answer or a rejection within `PATIENCE_MS`.
 */
import { morph, parsePage } from "./morph.ts";
import { writeTimes } from "./times.ts";

/** A frozen service takes the connection and never answers. */
const PATIENCE_MS = 10_000;

let etag = "";
let known = "";

interface ClusterHealth {
  readonly timestamp: string;
  readonly alerts: readonly string[];
  readonly services: Readonly<Record<string, { readonly since?: string | null }>>;
}

export interface News {
  /** The instant of the last commit. */
  readonly at: string;
  /** Something has happened since, or has been asked for the first time: it was not only checked again. */
  readonly isChange: boolean;
}

/** When the service has committed something since it was asked last. Rejects when it does not answer. */
export async function findNews(): Promise<News | null> {
  const answer = await load("/cluster_health", { headers: { "if-none-match": etag } });
  askWhoOneIs(answer);
  if (!answer.ok) return null; // 304 as well
  const { timestamp: at, alerts, services } = (await answer.json()) as ClusterHealth;
  etag = answer.headers.get("etag") ?? "";
  const before = known;
  known = [alerts, Object.values(services).map(({ since }) => since)].join();
  return { at, isChange: before !== known };
}

/** Whoever has signed out in another tab sees nothing more here. Never rejects. */
export async function findReader(): Promise<void> {
  await load("/cluster_health", { method: "HEAD" }).then(askWhoOneIs, () => {});
}

/** The page itself does. */
function askWhoOneIs({ status }: Response): void {
  if (status === 401) location.reload();
}

/** Rejects when the service does not answer with the page. What tab and body say of it follows (`Freshness.show`). */
export async function refresh(address: string): Promise<void> {
  const answer = await load(address);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const next = parsePage(await answer.text());
  writeTimes(next);
  for (const id of ["main", "currency"]) {
    const [element, to] = [document.getElementById(id), next.getElementById(id)];
    if (element && to) morph(element, to);
  }
}

export function load(address: string, init: RequestInit = {}): Promise<Response> {
  return fetch(address, { ...init, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
}
