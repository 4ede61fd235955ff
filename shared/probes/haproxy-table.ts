/**
 * The table of a balancer's backends that is kept from one check to the next: for rates, and for whoever asks GET /haproxy.
 * Pure. Used by haproxy.ts. Invariants: it fits into a baseline, however many backends there are, and has no secret in it.
 */
import { packTable, type BalancerTable, type KeptBackend } from "../domain/monitoring/balancer-table.ts";
import { utf8Bytes } from "../domain/monitoring/body-data.ts";
import { redactJson, type Redact } from "../domain/text/redact.ts";
import { showText } from "../domain/text/show-text.ts";
import { stateOf, type BackendState } from "./haproxy-state.ts";
import { follow, type Seen, type Trend } from "./haproxy-trend.ts";

/** A baseline has 32,768. */
const MOST_BYTES = 32_000;
const MOST_NAME_LENGTH = 64;
/** As many as may find room: 200 bytes each at least. */
const MOST_KEPT = 160;

interface Taken extends Omit<Seen, "changedAgoS"> {
  /** The table of the check before; null: none that counts. */
  readonly before: BalancerTable | null;
  readonly redact: Redact;
}

/** In the order of `backends`, each by a name of its own. */
export function makeTable(backends: readonly BackendState[], { before, redact, ...times }: Taken): BalancerTable {
  const known = new Map((before?.backends ?? []).map((backend) => [backend.name, backend]));
  const taken = new Set(NO_NAMES);
  const kept = backends.slice(0, MOST_KEPT).map((backend) => {
    const shown = withFreeName(show(backend, redact), taken);
    taken.add(shown.name);
    const { changedAgoS } = backend;
    return { ...shown, ...follow(shown, known.get(shown.name), { ...times, changedAgoS }) };
  });
  return fit({ total: backends.length, backends: kept });
}

/** No JSON that is kept has such a key. */
const NO_NAMES = ["__proto__"];

/** Names that are cut, cleaned or redacted may become the same; in its configuration, hence at every check, they are in the same order. */
function withFreeName<Named extends { readonly name: string }>(named: Named, taken: ReadonlySet<string>): Named {
  let name = named.name;
  for (let count = 2; taken.has(name); count += 1) name = `${named.name} (${count})`;
  return { ...named, name };
}

function show(backend: BackendState, redact: Redact): Omit<KeptBackend, keyof Trend> {
  const states = backend.servers.map(stateOf);
  const text = (raw: string): string => showText(raw, redact, MOST_NAME_LENGTH);
  // A password may be a number as well.
  const figure = (raw: number | null): number | null => (redactJson(raw, redact) === raw ? raw : null);
  return {
    name: text(backend.name),
    status: text(backend.status),
    totalSessions: figure(backend.totalSessions) ?? 0,
    currentSessions: figure(backend.currentSessions) ?? 0,
    mostSessions: figure(backend.mostSessions) ?? 0,
    queued: figure(backend.queued) ?? 0,
    responseMs: figure(backend.responseMs),
    responses: figure(backend.responses),
    errors: figure(backend.errors),
    serversUp: states.filter((state) => state === "serving").length,
    serversTotal: states.filter((state) => state !== "maintenance").length,
    servers: backend.servers.map(({ name, status, isBackup }) => ({
      name: text(name),
      status: text(status),
      isBackup,
    })),
  };
}

function fit(table: BalancerTable): BalancerTable {
  if (fits(table)) return table;
  let backends = table.backends.map((backend) => ({ ...backend, servers: [] }));
  while (!fits({ ...table, backends })) backends = backends.slice(0, Math.floor(backends.length * 0.9));
  return { ...table, backends };
}

/** A character takes three bytes at most; counting them takes longer than writing them. */
function fits(table: BalancerTable): boolean {
  const json = JSON.stringify(packTable(table));
  return json.length * 3 <= MOST_BYTES || utf8Bytes(json) <= MOST_BYTES;
}
