/**
 * Delivery of an instance that stands by: it watches its primary's /health and tells people only while that has been silent.
 * Wraps the deliverer on both hosts. When the primary was last heard of is stored, so that a restart or another round knows it.
 * Invariants: what was decided shortly before the primary fell silent is delivered, too; what the primary was there to tell is
 * never told twice.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import { isSilent, SILENT_AFTER_MS, type Failover } from "../../domain/alerting/failover.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HttpTransport } from "../../ports/http-transport.ts";
import type { Log } from "../../ports/log.ts";
import type { Occasions } from "../../ports/occasions.ts";
import type { Outbox } from "../../ports/outbox.ts";
import type { Deliverer } from "./deliverer.ts";

const LOOK_EVERY_MS = 20_000;
const TIMEOUT_MS = 5_000;

export interface StandbyDependencies {
  readonly outbox: Outbox;
  readonly occasions: Occasions;
  readonly clock: Clock;
  readonly http: HttpTransport;
  readonly log: Log;
  readonly deliverer: Deliverer;
  /** Whom we stand by for now; null: we are the primary. */
  primary(): Failover["primary"];
}

export class StandbyDelivery implements Pick<Deliverer, "announce" | "deliverDue" | "hold" | "stop"> {
  readonly #dependencies: StandbyDependencies;
  #isDelivering = false;

  constructor(dependencies: StandbyDependencies) {
    this.#dependencies = dependencies;
  }

  /** As the deliverer's; looks at the primary first when we stand by. */
  async deliverDue(): Promise<number> {
    const { deliverer, primary, clock } = this.#dependencies;
    const watched = primary();
    if (watched === null) return deliverer.deliverDue();
    const seenAtMs = await this.#lookAt(watched);
    const nowMs = clock.nowMs();
    this.#tell(isSilent(seenAtMs, nowMs));
    const dueMs = this.#isDelivering ? await deliverer.deliverDue() : await this.#leaveToPrimary(nowMs);
    return Math.min(dueMs, nowMs + LOOK_EVERY_MS);
  }

  announce(outgoing: readonly Outgoing[]): void {
    const { deliverer, primary } = this.#dependencies;
    // Nobody would ever take from its memory what is left to the primary.
    if (this.#isDelivering || primary() === null) deliverer.announce(outgoing);
  }

  hold(outgoing: readonly Outgoing[]): void {
    this.#dependencies.deliverer.hold(outgoing);
  }

  stop(): Promise<void> {
    return this.#dependencies.deliverer.stop();
  }

  /** When the primary last said that it works. */
  async #lookAt(watched: NonNullable<Failover["primary"]>): Promise<number> {
    const { occasions, clock } = this.#dependencies;
    const seenAtMs = await occasions.last("primary_seen");
    const nowMs = clock.nowMs();
    if (seenAtMs !== null && nowMs - seenAtMs < LOOK_EVERY_MS) return seenAtMs;
    // Never seen before: it gets its time from now on.
    if ((await this.#responses(watched)) || seenAtMs === null) {
      const atMs = clock.nowMs();
      await occasions.note("primary_seen", atMs);
      return atMs;
    }
    return seenAtMs;
  }

  async #responses({ target, token }: NonNullable<Failover["primary"]>): Promise<boolean> {
    const response = await this.#dependencies.http.exchange({
      target,
      method: "GET",
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      body: null,
      timeoutMs: TIMEOUT_MS,
      maxBodyBytes: 1_024,
    });
    return response.kind === "response" && response.statusCode === 200;
  }

  /** What is younger is kept: the primary may have died before it could tell it. */
  async #leaveToPrimary(nowMs: number): Promise<number> {
    const { outbox } = this.#dependencies;
    for (const { id, createdAtMs } of await outbox.listPending()) {
      if (nowMs - createdAtMs < SILENT_AFTER_MS) continue;
      const settlement = { kind: "failed", failure: "left_to_primary" } as const;
      await outbox.settle({ id, atMs: nowMs, settlement, channel: null, forwarded: [] });
    }
    return Infinity;
  }

  #tell(isSilentNow: boolean): void {
    if (isSilentNow === this.#isDelivering) return;
    this.#isDelivering = isSilentNow;
    const message = isSilentNow ? "the primary is silent, delivering instead" : "the primary works again, standing by";
    this.#dependencies.log.write("warn", message);
  }
}
