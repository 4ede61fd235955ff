/**
 * What becomes of alerts when the monitor is killed 300 times at random points of commit, send and mark; and of 10,000 changes of
 * status when nothing happens to it. Listed in registry.ts. Moments come from a seed, which is told.
 * Invariant: what was decided is read from the database, what arrived from the receiver; neither knows of the other.
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Prng } from "../../fuzz/prng.ts";
import { startAlertReceiver, type AlertReceiver } from "../alert-receiver.ts";
import type { AlertingOrder, AlertingReport } from "../alerting.ts";
import type { ChildProcesses, ObedientProcess } from "../child-processes.ts";
import type { AbsoluteBar, AbsoluteFigure, MeasureRow } from "../row.ts";
import { scratchFolder } from "../scratch-folder.ts";

const KILLS = 300;
const LONGEST_LIFE_MS = 300;
const TRANSITIONS = 10_000;
const SWEEPS_AN_ORDER = 500;
/** Enough for everything to be resolved and sent. */
const HEALING_SWEEPS = 20;
const MOST_SEED = 2 ** 31;
const SCRIPT = new URL("../processes/alerting-loop.ts", import.meta.url);
const MIGRATIONS = fileURLToPath(new URL("../../../shared/storage/migrations", import.meta.url));
const NONE: AbsoluteBar = { atMost: 0, on: "max" };

type Monitor = ObedientProcess<AlertingOrder, AlertingReport>;

export const alertOutbox: MeasureRow = async (children) => [
  ...(await measured(children, killedAgainAndAgain, `${KILLS} SIGKILLs between commit, send and mark`)),
  ...(await measured(children, leftAlone, `${TRANSITIONS.toLocaleString("en")} transitions without a fault`)),
];

type Story = (setting: Setting) => Promise<{ report: AlertingReport; kills: number }>;

interface Setting {
  launch(): Promise<Monitor>;
  readonly order: AlertingOrder;
}

async function measured(children: ChildProcesses, story: Story, what: string): Promise<AbsoluteFigure[]> {
  const { path, remove } = await scratchFolder();
  const receiver = await startAlertReceiver();
  try {
    const launch = (): Promise<Monitor> => children.start(SCRIPT, { args: [path] });
    const order = { receiverUrl: receiver.url, migrationsFolder: MIGRATIONS, sweeps: SWEEPS_AN_ORDER, heals: false };
    const { report, kills } = await story({ launch, order });
    return figuresOf(what, { report, kills, receiver });
  } finally {
    await receiver.close();
    await remove();
  }
}

async function killedAgainAndAgain({ launch, order }: Setting): Promise<{ report: AlertingReport; kills: number }> {
  const seed = randomInt(MOST_SEED);
  const prng = new Prng(seed);
  let monitor = await launch();
  for (let kill = 0; kill < KILLS; kill += 1) {
    // The next process loads its code while this one lives.
    const [next] = await Promise.all([launch(), liveAndDie(monitor, order, prng.real() * LONGEST_LIFE_MS)]);
    monitor = next;
  }
  console.error(`moments of seed ${seed}`);
  return { report: await heal(monitor, order), kills: KILLS };
}

async function liveAndDie(monitor: Monitor, order: AlertingOrder, lifeMs: number): Promise<void> {
  const told = monitor.order(order).catch(() => {});
  await sleep(lifeMs);
  process.kill(monitor.pid, "SIGKILL");
  await Promise.all([monitor.gone, told]);
}

async function leftAlone({ launch, order }: Setting): Promise<{ report: AlertingReport; kills: number }> {
  const monitor = await launch();
  let transitions = 0;
  while (transitions < TRANSITIONS) ({ transitions } = await monitor.order(order));
  return { report: await heal(monitor, order), kills: 0 };
}

async function heal(monitor: Monitor, order: AlertingOrder): Promise<AlertingReport> {
  const report = await monitor.order({ ...order, sweeps: HEALING_SWEEPS, heals: true });
  process.kill(monitor.pid, "SIGKILL");
  await monitor.gone;
  return report;
}

function figuresOf(
  what: string,
  { report, kills, receiver }: { report: AlertingReport; kills: number; receiver: AlertReceiver },
): AbsoluteFigure[] {
  const { messages } = receiver;
  const received = new Set(messages.map(({ id }) => id));
  const resolved = new Set(
    messages.filter(({ type }) => type === "alert.resolved").flatMap(({ alertIds }) => alertIds),
  );
  const unheard = report.alertIds.filter((id) => !resolved.has(id)).length;
  // A run in which hardly anything was at stake would pass for nothing.
  if (report.messageIds.length < 100) throw new Error(`only ${report.messageIds.length} messages were decided`);
  const figure = (name: string, value: number, bar: AbsoluteBar | null): AbsoluteFigure => {
    return { what: `${what}: ${name}`, unit: "", bar, values: [value] };
  };
  return [
    figure("messages lost", report.messageIds.filter((id) => !received.has(id)).length + report.waitingMessages, NONE),
    figure("messages received twice", messages.length - received.size, { atMost: kills, on: "max" }),
    figure("alerts whose end nobody heard of", unheard + report.openAlerts, NONE),
    figure("messages decided", report.messageIds.length, null),
    figure("transitions", report.transitions, null),
  ];
}
