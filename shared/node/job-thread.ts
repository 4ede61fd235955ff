/**
 * The thread beside the one that probes, seen from there: started for a job, its log lines forwarded, ended when it has rested a
 * while, since an idle thread of Node keeps some 20 MB. Implements the port JobThread; what runs in it is serve-jobs.ts.
 * Invariant: a thread that dies is told and replaced, though not at once: what kills a thread as it starts, such as a damaged
 * file, would kill the next one as well.
 */
import { Worker } from "node:worker_threads";
import type { Clock } from "../ports/clock.ts";
import type { JobOrder, JobThread } from "../ports/job-thread.ts";
import type { Log, LogLevel } from "../ports/log.ts";
import { lendFiles } from "./held-files.ts";

export interface JobThreadData {
  readonly databasePath: string;
  readonly files: ReturnType<typeof lendFiles>;
}

/** From the thread: a log line, or the end of a job. Orders go the other way. */
export type JobReport =
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "done"; readonly job: string };

export interface JobThreadOptions extends Pick<JobThreadData, "databasePath"> {
  /** dist/job-thread.mjs */
  readonly script: URL;
  readonly clock: Pick<Clock, "after">;
  readonly log: Log;
}

/** Longer than the time between two checkpoints: a thread with much to do stays. */
const REST_MS = 30_000;

export class NodeJobThread implements JobThread {
  readonly #options: JobThreadOptions;
  /** Jobs under way by name, with the order that came meanwhile; null when none did. */
  readonly #underWay = new Map<string, JobOrder | null>();
  #worker: Worker | null = null;
  hasFailed = false;
  #endRest: () => void = () => {};

  constructor(options: JobThreadOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  run(order: JobOrder): void {
    if (this.#underWay.has(order.name)) {
      this.#underWay.set(order.name, order);
      return;
    }
    this.hasFailed = false;
    this.#endRest();
    this.#worker ??= this.#start();
    // Throws for an order that cannot be copied.
    this.#worker.postMessage(order);
    this.#underWay.set(order.name, null);
  }

  async end(): Promise<void> {
    this.#endRest();
    const worker = this.#worker;
    this.#worker = null;
    this.#underWay.clear();
    await worker?.terminate();
  }

  #start(): Worker {
    const { script, databasePath, log } = this.#options;
    const workerData: JobThreadData = { databasePath, files: lendFiles(databasePath) };
    const worker = new Worker(script, { workerData });
    worker.on("message", (report: JobReport) => {
      if (report.kind === "done") this.#finish(report.job);
      else log.write(report.level, report.message, report.fields);
    });
    let fault = "it ended";
    worker.on("error", (error) => (fault = String(error)));
    worker.on("exit", () => {
      if (worker !== this.#worker) return;
      this.#worker = null;
      this.hasFailed = true;
      this.#underWay.clear();
      log.write("error", "job thread failed, the next job starts another", { error: fault });
    });
    return worker;
  }

  #finish(job: string): void {
    const next = this.#underWay.get(job);
    this.#underWay.delete(job);
    if (next) this.run(next);
    else if (!this.isBusy) this.#endRest = this.#options.clock.after(REST_MS, () => void this.end());
  }
}
