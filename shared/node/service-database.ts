/**
 * The database of the service on Node: its file, behind the D1 interface, and what else the monitor asks of it.
 * Opened once at the start; a file that cannot be used now, as on a full disk or while another program has it to itself, is looked at
 * again every second, while every call is rejected with the reason. One that was deleted or replaced while we ran is left for what its name now stands for: what is written
 * into a file without a name is lost. One whose log was cut is written anew from what can still be read.
 * Invariant: whatever is opened, at the start or later, has passed the same checks (database-file.ts).
 */
import { fileURLToPath } from "node:url";
import type { D1Database } from "@cloudflare/workers-types";
import { CUT_FAULT, CUT_LOST_FAULT, REPLACED_FAULT } from "../domain/monitoring/storage-faults.ts";
import { connect, type Connection } from "./database-connection.ts";
import { DatabaseFault, isLocked } from "./database-fault.ts";
import { openDatabaseFile, type DatabaseFile } from "./database-file.ts";
import { sqliteAsD1 } from "./sqlite-d1.ts";
import { systemClock } from "./system-clock.ts";

const LOOK_EVERY_MS = 1_000;

/** Then it starts without what is stored: a program that keeps the file to itself for longer may do so for hours. */
const START_PATIENCE_MS = 2_000;
const TRY_EVERY_MS = 50;

/** For a day people are told that history is short. */
const SHOWN_MS = 24 * 3_600_000;

interface ServiceDatabaseFile extends Pick<DatabaseFile, "path" | "isDemo" | "log"> {
  /** A folder. */
  readonly migrations: URL;
  prove(db: D1Database): Promise<void>;
  /** Called when others must leave the file as well, since it is another one; resolves when they have. */
  onReplaced(): Promise<void>;
}

/** Throws DatabaseFault when only a person can heal what is wrong with the file. */
export async function openServiceDatabase({ prove, onReplaced, migrations, ...file }: ServiceDatabaseFile) {
  const { nowMs } = systemClock;
  const migrationsFolder = fileURLToPath(migrations);
  const open = async (): Promise<Connection | DatabaseFault> => {
    try {
      const prepared = { ...file, migrationsFolder, nowMs };
      return connect(await openDatabaseFile({ ...prepared, prove: (sqlite) => prove(sqliteAsD1(sqlite)) }), file);
    } catch (error) {
      if (error instanceof DatabaseFault) return error;
      return new DatabaseFault(file.path, "the database cannot be used", { cause: error });
    }
  };
  let current = await openPatiently(open);
  if (current instanceof DatabaseFault && current.isConfiguration) throw current;

  const connection = (): Connection => {
    if (current instanceof DatabaseFault) throw current;
    return current;
  };
  const tell = teller(file);
  const look = async (): Promise<void> => {
    if (!(current instanceof DatabaseFault)) {
      // First, as looking for the other may have the log moved into the file.
      const isCut = current.isLogCut();
      const isReplaced = !isCut && current.isReplaced();
      if (!isReplaced && !isCut && !current.mayShareAgain()) return;
      if (isReplaced) tell.replaced();
      if (isReplaced || isCut) await onReplaced();
      const isAllSaved = current.leave();
      if (isCut) tell.cut(isAllSaved);
    }
    current = await open();
  };
  const stopLooking = repeat(look);
  return {
    db: sqliteAsD1(
      () => connection().sqlite,
      (error) => current instanceof DatabaseFault || current.watch.onError(error),
    ),
    faults: () => [...(current instanceof DatabaseFault ? [] : current.watch.faults(nowMs())), ...tell.faults()],
    dataVersion: () => connection().dataVersion(),
    walPages: () => (current instanceof DatabaseFault ? 0 : current.walPages()),
    async close() {
      await stopLooking();
      if (current instanceof DatabaseFault) return;
      const isCut = current.isLogCut();
      const isAllSaved = current.leave();
      if (isCut) tell.cut(isAllSaved);
    },
  };
}

/**
 * Another process that starts, ends or migrates has the file to itself for a moment: whoever waits for that begins with what is stored.
 * It waits between tries and not within SQLite, which would block the thread.
 */
async function openPatiently(open: () => Promise<Connection | DatabaseFault>): Promise<Connection | DatabaseFault> {
  const untilMs = systemClock.monotonicMs() + START_PATIENCE_MS;
  for (;;) {
    const opened = await open();
    if (!isLocked(opened) || systemClock.monotonicMs() >= untilMs) return opened;
    await systemClock.sleep(TRY_EVERY_MS);
  }
}

/** Says what has happened to the file, once in the log and for a day in alerts. */
function teller({ path, log }: Pick<ServiceDatabaseFile, "path" | "log">) {
  const { nowMs } = systemClock;
  let last = { fault: "", atMs: -Infinity };
  return {
    replaced(): void {
      last = { fault: REPLACED_FAULT, atMs: nowMs() };
      log.write("error", "database was deleted or replaced while the service ran", { database: path });
    },
    cut(isAllSaved: boolean): void {
      last = { fault: isAllSaved ? CUT_FAULT : CUT_LOST_FAULT, atMs: nowMs() };
      log.write("error", "log of the database was cut while the service ran", { database: path, saved: isAllSaved });
    },
    faults: () => (nowMs() < last.atMs + SHOWN_MS ? [last.fault] : []),
  };
}

/** Looks every second; what it gives back resolves when no look is under way any more, nor will be. */
function repeat(look: () => Promise<void>): () => Promise<void> {
  let looking = Promise.resolve();
  let hasEnded = false;
  let cancel = (): void => {};
  const arm = (): void => {
    cancel = systemClock.after(LOOK_EVERY_MS, () => {
      looking = look().catch(() => {}); // what is no fault of the file now will be told by the next call
      void looking.then(() => hasEnded || arm());
    });
  };
  arm();
  return () => {
    hasEnded = true;
    cancel();
    return looking;
  };
}
