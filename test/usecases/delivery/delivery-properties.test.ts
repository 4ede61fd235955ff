/**
 * What holds for the delivery whatever receivers do: random lives in which they are away, refuse, take some recipients only, take
 * messages and answer too late, are repaired, while the process restarts. fast-check prints the seed and shrinks what breaks.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Channel, DeliveryOutcome } from "../../../shared/ports/notifier.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import {
  ACCEPTED,
  deferred,
  deliverFor,
  delivererOf,
  fakeChannel,
  message,
  put,
  REFUSED,
} from "../../support/outbox-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const RUNS = 40;
const S = 1_000;
const MIN = 60 * S;
const DAY = 1_440 * MIN;
const CAP = 3;

const RECEIVERS = ["sms/ann", "sms/bob", "email", "slack"];
const CHANNELS = ["sms", "email", "slack"];
const LATE: DeliveryOutcome = {
  kind: "deferred",
  reason: "timeout",
  message: "Request timed out",
  retryAfterMs: null,
  mayHaveArrived: true,
};
const OUTCOMES = { accepts: ACCEPTED, fails: deferred(), waits: deferred(30 * MIN), refuses: REFUSED, late: LATE };
type Behaviour = keyof typeof OUTCOMES;

type Step =
  | { readonly kind: "tell"; readonly channels: readonly string[] }
  | { readonly kind: "behave"; readonly receiver: string; readonly as: Behaviour }
  | { readonly kind: "repair"; readonly channel: string }
  | { readonly kind: "restart" }
  | { readonly kind: "pass"; readonly ms: number };

const behaviour = fc.constantFrom(...(Object.keys(OUTCOMES) as Behaviour[]));
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("tell" as const), channels: fc.subarray(CHANNELS, { minLength: 1 }) }),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ kind: fc.constant("behave" as const), receiver: fc.constantFrom(...RECEIVERS), as: behaviour })
      // Somebody can always be told in the end.
      .filter(({ receiver, as }) => receiver !== "slack" || as !== "refuses"),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("repair" as const), channel: fc.constantFrom(...CHANNELS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(S, MIN, 4 * MIN, 40 * MIN) }),
  },
);

interface Arrival {
  readonly receiver: string;
  readonly id: string;
  readonly alert: string;
  readonly atMs: number;
  readonly isAnswered: boolean;
  /** How often its channel had been repaired. */
  readonly repairs: number;
}

class Life {
  readonly arrivals: Arrival[] = [];
  readonly alerts: string[] = [];
  readonly clock = new FakeClock(T0);
  readonly #database: TestDatabase;
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #repairs = new Map<string, number>();
  /** Of the configuration in force. */
  readonly #channels: Channel[] = [];
  #deliverer;

  constructor(database: TestDatabase) {
    this.#database = database;
    this.#configure();
    this.#deliverer = this.#start();
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "behave") this.#behaviours.set(step.receiver, step.as);
    else if (step.kind === "restart") this.#deliverer = this.#start();
    else if (step.kind === "repair") this.repair(step.channel);
    else if (step.kind === "tell") await this.#tell(step.channels);
    await deliverFor(this.#deliverer, this.clock, step.kind === "pass" ? step.ms : S);
  }

  /** Its receivers take everything from now on. */
  repair(channel: string): void {
    this.#repairs.set(channel, this.#repairsOf(channel) + 1);
    for (const receiver of RECEIVERS) if (receiver.startsWith(channel)) this.#behaviours.set(receiver, "accepts");
    this.#configure();
  }

  async #tell(channels: readonly string[]): Promise<void> {
    const alert = `alert${this.alerts.length}`;
    this.alerts.push(alert);
    for (const channel of channels)
      await put(this.#database.db, channel, message(`${alert}.${channel}`, [alert], this.clock.nowMs()));
  }

  #start() {
    return delivererOf({ db: this.#database.db, clock: this.clock, channels: this.#channels });
  }

  #configure(): void {
    const people = RECEIVERS.filter((name) => name.startsWith("sms/")).map((name) => this.#receiver(name, "sms"));
    const sms = { ...this.#receiver("sms", "sms"), recipients: people };
    const others = ["email", "slack"].map((name) => this.#receiver(name, name));
    this.#channels.splice(0, this.#channels.length, sms, ...people, ...others);
  }

  #receiver(name: string, channel: string): Channel {
    const repairs = this.#repairsOf(channel);
    const dailyCap = channel === "sms" ? CAP : null;
    const receiver = fakeChannel(name, this.clock, { fingerprint: `repaired ${repairs} times`, dailyCap });
    receiver.response = ({ id, alerts }) => {
      const outcome = OUTCOMES[this.#behaviours.get(name) ?? "accepts"];
      const isAnswered = outcome === ACCEPTED;
      const arrival = { receiver: name, id, alert: alerts[0]?.id ?? "", atMs: this.clock.nowMs(), isAnswered, repairs };
      if (isAnswered || outcome === LATE) this.arrivals.push(arrival);
      return outcome;
    };
    return receiver;
  }

  #repairsOf(channel: string): number {
    return this.#repairs.get(channel) ?? 0;
  }
}

function expectOrder({ arrivals, alerts }: Life): void {
  const told = new Set(arrivals.map(({ alert }) => alert));
  expect(
    alerts.filter((alert) => !told.has(alert)),
    "told to nobody",
  ).toEqual([]);
  for (const [index, { receiver, id, atMs, repairs }] of arrivals.entries()) {
    const before = arrivals.slice(0, index).findLast((each) => each.receiver === receiver && each.id === id);
    expect(before?.isAnswered ?? false, `${id} came twice to ${receiver}`).toBe(false);
    const isSoon = before !== undefined && before.repairs === repairs && atMs - before.atMs < 5 * MIN;
    expect(isSoon, `${id} came again too soon to ${receiver}`).toBe(false);
    const inADay = arrivals.filter((each) => each.receiver === receiver && each.atMs <= atMs && each.atMs > atMs - DAY);
    if (receiver.startsWith("sms")) expect(inADay.length, "more than the cap").toBeLessThanOrEqual(CAP);
  }
}

it("Whatever receivers do, everybody who can be told is told, nobody twice, and no more than the cap", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 25, size: "max" }), async (steps) => {
      const database = sqliteTestDatabase();
      try {
        const life = new Life(database);
        for (const each of steps) await life.take(each);
        for (const channel of CHANNELS) life.repair(channel);
        await life.take({ kind: "pass", ms: MIN });
        expect(await createOutbox(database.db).listPending(), "still waiting").toEqual([]);
        expectOrder(life);
      } finally {
        database.close();
      }
    }),
    { numRuns: RUNS },
  );
});
