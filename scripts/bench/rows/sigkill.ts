/**
 * What a monitor loses that is killed 100 times at random moments while it commits five times a second: nothing that it told.
 * Listed in registry.ts. The built service commits once a second, so a child process runs the same loop and the same store on
 * a faster clock. Moments come from a seed, which is told; where they hit depends on the machine as well.
 * Invariant: after every restart the new process itself, opening the file as the service does, says what is stored.
 */
import Database from "better-sqlite3";
import { randomInt } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Prng } from "../../fuzz/prng.ts";
import type { ChildProcesses, ObedientProcess } from "../child-processes.ts";
import { keptChecks } from "../kept-checks.ts";
import { ACKNOWLEDGED, DATABASE, type StoredChecks, type SweepOrder } from "../sweeping.ts";
import type { TargetState } from "../processes/target-server.ts";
import type { AbsoluteBar, AbsoluteFigure, MeasureRow } from "../row.ts";

const KILLS = 100;
const SERVICES = 3;
const MOST_SEED = 2 ** 31;
/** From the order to open the file: some kills come while it is opened, most in the first few commits. */
const LONGEST_LIFE_MS = 1_000;
const NONE: AbsoluteBar = { atMost: 0, on: "max" };
const SCRIPT = new URL("../processes/sweeping-loop.ts", import.meta.url);
const MIGRATIONS = fileURLToPath(new URL("../../../shared/storage/migrations", import.meta.url));

const OWN_FILES: ReadonlySet<string> = new Set([ACKNOWLEDGED, DATABASE, `${DATABASE}-wal`, `${DATABASE}-shm`]);

type Monitor = ObedientProcess<SweepOrder, StoredChecks>;

/** What all lives came to. */
interface Tally {
  readonly lost: Set<string>;
  readonly doubled: Set<string>;
  /** Lives that were killed before they had said what is stored. */
  unread: number;
  damaged: number;
}

interface Setting {
  readonly children: ChildProcesses;
  readonly folder: string;
  readonly order: SweepOrder;
}

export const sigkill: MeasureRow = async (children) => {
  const folder = await mkdtemp(join(tmpdir(), "monitoring-kill-"));
  try {
    const order = { targetUrls: await targetUrls(children), migrationsFolder: MIGRATIONS };
    const tally = await killAgainAndAgain({ children, folder, order }, randomInt(MOST_SEED));
    return figuresOf(tally, acknowledgedIn(folder).size);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function targetUrls(children: ChildProcesses): Promise<string[]> {
  const script = new URL("../processes/target-server.ts", import.meta.url);
  const { port } = await (await children.start<object, TargetState>(script)).order({});
  return Array.from({ length: SERVICES }, (_, index) => `http://127.0.0.1:${port}/${index}/health`);
}

async function killAgainAndAgain(setting: Setting, seed: number): Promise<Tally> {
  const { children, folder, order } = setting;
  const prng = new Prng(seed);
  const tally: Tally = { lost: new Set(), doubled: new Set(), unread: 0, damaged: 0 };
  const epochMs = String(Date.now());
  const launch = (): Promise<Monitor> => children.start(SCRIPT, { args: [folder, epochMs] });
  let monitor = await launch();
  for (let kill = 0; kill < KILLS; kill += 1) {
    // The next process loads its code while this one lives.
    const [next] = await Promise.all([
      launch(),
      liveAndDie(setting, monitor, { tally, lifeMs: prng.real() * LONGEST_LIFE_MS }),
    ]);
    monitor = next;
  }
  // The last one is not killed before it has spoken.
  note(tally, acknowledgedIn(folder), await monitor.order(order));
  await killed(monitor);
  tally.damaged = damageIn(folder);
  console.error(`moments of seed ${seed}`);
  return tally;
}

/** Rejects when the process ends by itself: then nothing has been shown. */
async function liveAndDie(
  { folder, order }: Setting,
  monitor: Monitor,
  { tally, lifeMs }: { tally: Tally; lifeMs: number },
): Promise<void> {
  const acknowledged = acknowledgedIn(folder);
  let isKilled = false;
  const told = monitor.order(order).catch((error: unknown) => {
    if (isKilled) return null;
    throw error;
  });
  await Promise.all([
    told,
    sleep(lifeMs).then(() => {
      isKilled = true;
      return killed(monitor);
    }),
  ]);
  const stored = await told;
  if (stored === null) tally.unread += 1;
  else note(tally, acknowledged, stored);
}

async function killed({ pid, gone }: Monitor): Promise<void> {
  process.kill(pid, "SIGKILL");
  await gone;
}

function note({ lost, doubled }: Tally, acknowledged: ReadonlySet<string>, stored: StoredChecks): void {
  const kept = keptChecks(acknowledged, stored);
  for (const name of kept.lost) lost.add(name);
  for (const name of kept.doubled) doubled.add(name);
}

/** Whole lines: what a kill has cut off was not acknowledged. */
function acknowledgedIn(folder: string): Set<string> {
  const path = join(folder, ACKNOWLEDGED);
  return new Set(existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []);
}

/** A damaged file would have been put aside at a start, and a new one begun. */
function damageIn(folder: string): number {
  const putAside = readdirSync(folder).filter((name) => !OWN_FILES.has(name));
  const sqlite = new Database(join(folder, DATABASE));
  try {
    const isWhole = sqlite.pragma("integrity_check", { simple: true }) === "ok";
    return putAside.length + (isWhole ? 0 : 1);
  } finally {
    sqlite.close();
  }
}

function figuresOf({ lost, doubled, damaged, unread }: Tally, acknowledgedCount: number): AbsoluteFigure[] {
  // A run in which hardly anything was at stake would pass for nothing.
  if (acknowledgedCount < KILLS) throw new Error(`only ${acknowledgedCount} checks were acknowledged`);
  const what = `${KILLS} SIGKILLs, a commit every 0.2 s`;
  const none = (name: string, value: number): AbsoluteFigure => ({
    what: `${what}: ${name}`,
    unit: "",
    bar: NONE,
    values: [value],
  });
  return [
    none("acknowledged checks lost", lost.size),
    none("checks stored twice", doubled.size),
    none("failed integrity checks", damaged),
    { what: "checks that were acknowledged", unit: "", bar: null, values: [acknowledgedCount] },
    { what: "kills before the file had been opened and read", unit: "", bar: null, values: [unread] },
  ];
}
