/**
 * One listener of `GET /events`, whatever feed it hears, from the first byte to the last: what comes next, a heartbeat, or the end.
 * Made by the endpoint, pulled by whoever sends it. Invariant: its place among the listeners is given back when it ends.
 */
import type { EventStream } from "../../shared/ports/event-stream.ts";
import type { MonitorContext } from "../context.ts";
import type { EndpointRequest } from "../http/endpoint.ts";
import type { Feed, Heard } from "./feed.ts";
import { formatRetry, HEARTBEAT } from "../http/event-stream.ts";

/** Common proxies end what is silent for 30 or 60 s. */
const HEARTBEAT_MS = 15_000;

/** After so long a token is looked at again: it may have expired. */
const ADMITTED_MS = 15_000;

/** Before a client comes again: when the connection broke or its time was over, and when the service has stopped. */
const RETRY_MS = 2_000;
const RETRY_AFTER_STOP_MS = 5_000;

interface Wish<Told extends Heard> {
  readonly feed: Pick<Feed<never, Told>, "next">;
  /** Where it begins. */
  readonly told: Told;
  readonly forMs: number;
}

type Request = Pick<EndpointRequest<never, never, never>, "address" | "admitAgain">;
type Bytes = Uint8Array<ArrayBuffer>;

const encode = (text: string): Bytes => new TextEncoder().encode(text);

/** Throws when there is no place. */
export function listen<Told extends Heard>(
  request: Request,
  context: MonitorContext,
  { feed, told, forMs }: Wish<Told>,
): EventStream {
  const mostMs = Math.min(forMs, context.commits.longestMs.stream);
  const free = context.listeners.admit(request.address, mostMs);
  return new Listener(request, context, { feed, told, mostMs, free });
}

interface Beginning<Told extends Heard> extends Pick<Wish<Told>, "feed" | "told"> {
  readonly mostMs: number;
  readonly free: () => void;
}

class Listener<Told extends Heard> implements EventStream {
  readonly #request: Request;
  readonly #context: MonitorContext;
  readonly #feed: Wish<Told>["feed"];
  readonly #free: () => void;
  readonly #gone = new AbortController();
  readonly #endsMs: number;
  #heartbeatMs: number;
  #admittedBy: unknown;
  #admittedUntilMs: number;
  #told: Told;
  #isNew = true;

  constructor(request: Request, context: MonitorContext, { feed, told, mostMs, free }: Beginning<Told>) {
    const nowMs = context.clock.monotonicMs();
    this.#request = request;
    this.#context = context;
    this.#feed = feed;
    this.#free = free;
    this.#told = told;
    this.#endsMs = nowMs + mostMs;
    this.#heartbeatMs = nowMs + HEARTBEAT_MS;
    this.#admittedBy = context.config();
    this.#admittedUntilMs = nowMs + ADMITTED_MS;
  }

  end(): void {
    this.#free();
    this.#gone.abort();
  }

  async next(): Promise<Bytes | null> {
    if (this.#isNew) {
      this.#isNew = false;
      return encode(formatRetry(RETRY_MS));
    }
    const { commits } = this.#context;
    while (!this.#gone.signal.aborted) {
      const { version } = commits;
      if (commits.hasEnded) return this.#bid(RETRY_AFTER_STOP_MS);
      if (!(await this.#isAdmitted())) return null;
      const before = this.#told;
      const bytes = await this.#look();
      if (bytes) return bytes;
      if (before === this.#told) await commits.next(version, this.#patienceMs(), this.#gone);
    }
    return null;
  }

  /** What there is to send now, if there is anything. */
  async #look(): Promise<Bytes | null> {
    const { clock } = this.#context;
    const { told, bytes } = await this.#feed.next(this.#told);
    this.#told = told;
    const nowMs = clock.monotonicMs();
    const isSilent = nowMs >= this.#heartbeatMs;
    if (bytes || isSilent) this.#heartbeatMs = nowMs + HEARTBEAT_MS;
    if (bytes) return bytes;
    if (nowMs >= this.#endsMs) return this.#bid(RETRY_MS);
    return isSilent ? encode(HEARTBEAT) : null;
  }

  /** Until there is something to do, should nothing happen. */
  #patienceMs(): number {
    const { clock } = this.#context;
    const staleInMs = (this.#told.board?.staleAtMs ?? Infinity) - clock.nowMs();
    const dueMs = Math.min(this.#heartbeatMs, this.#endsMs) - clock.monotonicMs();
    return Math.max(1, Math.min(dueMs, staleInMs));
  }

  /** A token may have been taken away by a reload, or have expired. */
  async #isAdmitted(): Promise<boolean> {
    const { clock, config } = this.#context;
    const nowMs = clock.monotonicMs();
    if (config() === this.#admittedBy && nowMs < this.#admittedUntilMs) return true;
    this.#admittedBy = config();
    this.#admittedUntilMs = nowMs + ADMITTED_MS;
    return this.#request.admitAgain().then(
      () => true,
      () => false,
    );
  }

  /** The last words. */
  #bid(retryMs: number): Bytes {
    this.end();
    return encode(formatRetry(retryMs));
  }
}
