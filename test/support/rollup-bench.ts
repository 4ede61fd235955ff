/**
 * A store on a database of its own, with what tests of rollups do to it and ask of it.
 */
import type { ContractDatabase } from "../contract/store-contract.ts";
import { mergeRollups, rollUp, type Rollup } from "../../shared/domain/history/rollup.ts";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import { startOfDay } from "../../shared/domain/text/timestamp.ts";
import type { ArchiveStore, RollupQuery, Store } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { check, failing, HOUR, moment, T0 } from "./checks.ts";
import { commitOf } from "./stored-sweeps.ts";

export const SERVICES = ["a", "b"];
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;
export const DAY_0 = startOfDay(T0);

export class RollupBench {
  readonly db: ContractDatabase["db"];
  readonly store: Store & ArchiveStore;
  #generation = 0;

  constructor({ db }: ContractDatabase) {
    this.db = db;
    this.store = createD1Store(db);
  }

  async commit(atMs: number, checks: readonly Check[], more: object = {}): Promise<void> {
    const commit = { ...commitOf(moment(atMs, checks), checks, this.#generation), ...more };
    if ((await this.store.commitSweep(commit)) !== "committed") throw new Error("not committed");
    this.#generation += 1;
  }

  async keepHouse(nowMs: number): Promise<void> {
    await cleanUp(this.store, nowMs, YEAR);
    await rollUpDays(this.store, Infinity);
  }

  /** By the start of each part that holds something. */
  async rollups(query: RollupQuery): Promise<Map<number, Rollup>> {
    const parts = Map.groupBy(await this.store.readRollups(query), ({ atMs }) => atMs);
    return new Map([...parts].map(([atMs, own]) => [atMs, mergeRollups(own.map(({ rollup }) => rollup))]));
  }

  async recomputed({ serviceId, sinceMs, untilMs, stepMs }: RollupQuery): Promise<Map<number, Rollup>> {
    const samples = await this.store.listSamples(serviceId, sinceMs, untilMs);
    const parts = Map.groupBy(samples, ({ checkedAtMs }) => Math.floor(checkedAtMs / stepMs) * stepMs);
    return new Map([...parts].map(([atMs, own]) => [atMs, rollUp(own)]));
  }

  async storedDays(): Promise<number> {
    return Number(await this.db.prepare("select count(*) as n from day_rollups").first("n"));
  }

  /** A check every hour for four days, and everything archived and rolled up. */
  async liveFourDays(): Promise<void> {
    for (let atMs = DAY_0; atMs < DAY_0 + 4 * DAY; atMs += HOUR) {
      const checks = SERVICES.map((id, index) => {
        return atMs % (7 * HOUR) === 0 ? failing(id, atMs) : check(id, atMs, { responseTimeMs: 10 + index });
      });
      await this.commit(atMs, checks);
    }
    await this.keepHouse(DAY_0 + 4 * DAY + 2 * HOUR);
  }

  /** As when something of these days has been archived since they were rolled up. */
  async mark(...days: readonly number[]): Promise<void> {
    const mark = this.db.prepare("insert or replace into stale_days (day_ms, marks) values (?, 1)");
    await this.db.batch(days.map((day) => mark.bind(DAY_0 + day * DAY)));
  }
}
