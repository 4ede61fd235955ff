/**
 * The API of a server that a deep probe asks more than one question: all of them below one base URL and within one deadline.
 * Used by the check types that know what they ask. Knows no API.
 * Invariants: a question asks nothing but what its check type wrote; no redirect is followed; an answer is read up to its own bound.
 */
import { toTenthMs, type Json, type Timings } from "../domain/monitoring/check.ts";
import { parseUrl } from "../domain/net/target.ts";
import type { ReportFault } from "../domain/report-fault.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { HttpFailure, HttpResponse } from "../ports/http-transport.ts";
import type { ProbeContext } from "../ports/prober.ts";
import { admitPlace, type HttpPlace, type PlaceSettings } from "./http-place.ts";

/** Lists of models with their details take some 400 bytes each; a balancer's statistics 300 a line. */
const MOST_BODY_BYTES = 524_288;

export interface Question {
  /** Below the base URL, with its query; begins with a slash. Empty: the URL itself. */
  readonly path: string;
  /** Sent as JSON, by POST. Default: a GET without a body. */
  readonly body?: Json;
  /** Default: what is left of the time. */
  readonly mostMs?: number;
}

export type Reply = Answered | HttpFailure;

export interface Answered {
  readonly kind: "answered";
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: the body is not JSON, or larger than 512 KiB. */
  readonly json: unknown;
  /** As UTF-8, whatever it is. */
  readonly text: string;
  readonly isCutOff: boolean;
  readonly durationMs: number;
  readonly timings: Timings;
  readonly certificateExpiresAtMs?: number;
}

/** One probe's way to the server. */
export interface Asking {
  /** Never rejects. What begins when the time is up ends as a timeout. */
  ask(question: Question): Promise<Reply>;
  /** Of the probe, 0.1 ms resolution. */
  elapsedMs(): number;
  leftMs(): number;
}

export type OpenApi = (context: ProbeContext) => Asking;

/**
 * Null after reporting every fault of the settings. `endpoints`: paths of the API that people may have left at the end of the URL,
 * as it stood in a plain check before.
 *
 * @example
 * const open = serverApi({ url: "http://10.0.0.7:11434/api/tags", … }, { endpoints: ["/api/tags"], report, abilities });
 * const { statusCode, json } = await open?.(context).ask({ path: "/api/ps" });
 */
export function serverApi(
  settings: PlaceSettings,
  { endpoints, report, abilities }: { endpoints: readonly string[]; report: ReportFault; abilities: RuntimeAbilities },
): OpenApi | null {
  const place = admitPlace(settings, report, abilities);
  if (!place) return null;
  const base = baseOf(place.target.href, endpoints);
  if (base !== null) return (context) => openAsking(place, base, context);
  report("url", "the URL of the server, without a query");
  return null;
}

/** The same for one that is asked at its URL, as it is written, and nowhere else. */
export function pageApi(place: HttpPlace): OpenApi {
  return (context) => openAsking(place, place.target.href, context);
}

/** Without a slash at the end; null for one with a query. */
function baseOf(href: string, endpoints: readonly string[]): string | null {
  if (href.includes("?")) return null;
  const trimmed = href.replace(/\/+$/, "");
  const known = endpoints.find((endpoint) => trimmed.endsWith(endpoint));
  return known === undefined ? trimmed : trimmed.slice(0, -known.length);
}

function openAsking({ target: place, ...way }: HttpPlace, base: string, context: ProbeContext): Asking {
  const { clock, http, timeoutMs } = context;
  const startedMs = clock.monotonicMs();
  const leftMs = (): number => Math.max(startedMs + timeoutMs - clock.monotonicMs(), LEAST_TIMEOUT_MS);
  return {
    leftMs,
    elapsedMs: () => toTenthMs(clock.monotonicMs() - startedMs),
    async ask({ path, body, mostMs = Infinity }) {
      const target = parseUrl(base + path);
      if (!target) throw new Error("a path that is none"); // written by a check type
      const outcome = await http.exchange({
        ...way,
        target: { ...target, allowLoopback: place.allowLoopback },
        method: body === undefined ? "GET" : "POST",
        headers: body === undefined ? way.headers : { "content-type": "application/json", ...way.headers },
        body: body === undefined ? null : JSON.stringify(body),
        timeoutMs: Math.min(leftMs(), mostMs),
        maxBodyBytes: MOST_BODY_BYTES,
      });
      return outcome.kind === "failure" ? outcome : answered(outcome);
    },
  };
}

/** What begins when the time is up still gets this much, so that it ends as a timeout like any other. */
const LEAST_TIMEOUT_MS = 1;

const utf8 = new TextDecoder("utf-8");

function answered({ kind: _kind, body, truncated: isCutOff, ...exchanged }: HttpResponse): Answered {
  const text = utf8.decode(body);
  return { kind: "answered", ...exchanged, text, isCutOff, json: isCutOff ? undefined : parseJson(text) };
}

/** The error of a parser takes longer than reading a table: what cannot be JSON is not tried. */
const BEGINS_JSON = /^\s*[-"[{\dtfn]/;

function parseJson(text: string): unknown {
  if (!BEGINS_JSON.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the parser's words would quote the body
  }
}
