/**
 * The host's side of the maintenance thread: fires cron events on its own timer and forwards the thread's log lines.
 * Started by node-host.ts. Invariant: one job at a time; a thread that dies is replaced at the next event.
 */
import { Worker } from "node:worker_threads";
import type { Log } from "../../shared/ports/log.ts";
import { CLEANUP_CRON } from "../cron/cleanup.ts";
import type { MaintenanceData, MaintenanceJob, MaintenanceReport } from "./maintenance-message.ts";

export interface MaintenanceOptions {
  readonly script: URL;
  readonly databasePath: string;
  readonly log: Log;
  cleanupMs(): number;
  retentionMs(): number;
}

export interface Maintenance {
  stop(): Promise<void>;
}

export function startMaintenance(options: MaintenanceOptions): Maintenance {
  let worker: Worker | null = null;
  let isBusy = false;
  let isStopped = false;
  let timer: NodeJS.Timeout;

  const start = (): Worker => {
    const started = startThread(options);
    started.on("message", (message: MaintenanceReport) => {
      if (message.kind === "done") isBusy = false;
      else options.log.write(message.level, message.message, message.fields);
    });
    let fault = "it ended";
    started.on("error", (error) => (fault = String(error)));
    started.on("exit", () => {
      if (isStopped) return;
      // Not at once: what kills a thread as it starts, such as a damaged file, would kill the next one as well.
      options.log.write("error", "maintenance thread failed, the next event starts another", { error: fault });
      isBusy = false;
      worker = null;
    });
    return started;
  };
  const fire = (): void => {
    timer = setTimeout(fire, options.cleanupMs()).unref();
    if (isBusy) return;
    isBusy = true;
    const job: MaintenanceJob = {
      cron: CLEANUP_CRON,
      scheduledTime: Date.now(),
      retentionMs: options.retentionMs(),
    };
    worker ??= start();
    worker.postMessage(job);
  };
  worker = start();
  timer = setTimeout(fire, options.cleanupMs()).unref();

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await worker?.terminate();
    },
  };
}

function startThread({ script, databasePath }: MaintenanceOptions): Worker {
  const workerData: MaintenanceData = { databasePath };
  return new Worker(script, { workerData });
}
