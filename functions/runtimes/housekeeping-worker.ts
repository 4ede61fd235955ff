/**
 * The host's side of the housekeeping thread: starts it for a job, forwards its log lines, ends it when it has rested a while,
 * since an idle thread of Node keeps some 20 MB. Used by housekeeping.ts, which knows when there is a job.
 * Invariants: a job is not begun a second time while it is under way; a thread that dies is told and replaced, though not at
 * once: what kills a thread as it starts, such as a damaged file, would kill the next one as well.
 */
import { Worker } from "node:worker_threads";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Log } from "../../shared/ports/log.ts";
import type { HousekeepingData, HousekeepingJob, HousekeepingReport } from "./housekeeping-message.ts";

export interface HousekeepingWorkerOptions {
  /** dist/housekeeping.mjs */
  readonly script: URL;
  readonly databasePath: string;
  readonly clock: Pick<Clock, "after">;
  readonly log: Log;
}

/** Longer than the time between two checkpoints: a thread with much to do stays. */
const REST_MS = 30_000;

export class HousekeepingWorker {
  readonly #options: HousekeepingWorkerOptions;
  readonly #underWay = new Set<HousekeepingJob["kind"]>();
  #worker: Worker | null = null;
  #hasFailed = false;
  #endRest: () => void = () => {};

  constructor(options: HousekeepingWorkerOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /** Does nothing while a job of this kind is under way; after a thread has died, only cron events start another. */
  run(job: HousekeepingJob): void {
    if (this.#underWay.has(job.kind) || (this.#hasFailed && job.kind !== "cron")) return;
    this.#hasFailed = false;
    this.#underWay.add(job.kind);
    this.#endRest();
    this.#worker ??= this.#start();
    this.#worker.postMessage(job);
  }

  /** Resolves when the thread is gone, whatever it was doing. */
  async end(): Promise<void> {
    this.#endRest();
    const worker = this.#worker;
    this.#worker = null;
    this.#underWay.clear();
    await worker?.terminate();
  }

  #start(): Worker {
    const { script, databasePath, log } = this.#options;
    const workerData: HousekeepingData = { databasePath };
    const worker = new Worker(script, { workerData });
    worker.on("message", (message: HousekeepingReport) => {
      if (message.kind === "done") this.#finish(message.job);
      else log.write(message.level, message.message, message.fields);
    });
    let fault = "it ended";
    worker.on("error", (error) => (fault = String(error)));
    worker.on("exit", () => {
      if (worker !== this.#worker) return;
      this.#worker = null;
      this.#hasFailed = true;
      this.#underWay.clear();
      log.write("error", "housekeeping thread failed, the next event starts another", { error: fault });
    });
    return worker;
  }

  #finish(kind: HousekeepingJob["kind"]): void {
    this.#underWay.delete(kind);
    if (!this.isBusy) this.#endRest = this.#options.clock.after(REST_MS, () => void this.end());
  }
}
