/**
 * Alerting, a real outbox and the deliverer under a configuration that changes: who hears what when somebody is added, taken out,
 * corrected or renamed. On a fake clock; whoever hears is a person by an address, or a room by a URL.
 * Invariant: a reload does what the monitor does, in its order, and lets a test act in between.
 */
import type { Policies } from "../../shared/domain/alerting/escalation.ts";
import type { Notification } from "../../shared/domain/alerting/notification.ts";
import { recipientKey, recipientName } from "../../shared/domain/alerting/recipient.ts";
import type { Channel, DeliveryOutcome } from "../../shared/ports/notifier.ts";
import { createOutbox, putNotifications } from "../../shared/storage/outbox.ts";
import type { Deliverer } from "../../shared/usecases/delivery/deliverer.ts";
import { findNewReceivers } from "../../shared/usecases/delivery/new-receivers.ts";
import { AlertingBench, AT_ONCE, POLICIES, SECOND } from "./alerting-bench.ts";
import { T0 } from "./checks.ts";
import { FakeClock } from "./fake-clock.ts";
import { ACCEPTED, deliverFor, delivererOf, fakeChannel } from "./outbox-bench.ts";
import { testCluster } from "./probe-loop-bench.ts";
import type { TestDatabase } from "./sqlite-database.ts";

/** By the name of the channel: the addresses of its recipients, or the one URL that it posts to. */
export type Channels = Readonly<Record<string, readonly string[] | string>>;

export interface Heard {
  readonly who: string;
  readonly notification: Notification;
}

const SERVICES = ["a", "b", "c", "d", "e"];

export class ReceiversBench {
  readonly clock = new FakeClock(T0);
  readonly alerting = new AlertingBench({
    services: SERVICES.map((id) => ({ id, rules: { ...AT_ONCE, flapping: false } })),
    restartsAlways: true,
  });
  /** What was accepted, in order. */
  readonly heard: Heard[] = [];
  /** What they answer; those without one accept. */
  readonly answers = new Map<string, DeliveryOutcome>();
  readonly database: TestDatabase;
  readonly logged: string[] = [];
  /** Of the configuration in force. */
  channels: Channels = {};
  readonly #inForce: Channel[] = [];
  readonly #deliverer: Deliverer;

  constructor(database: TestDatabase, channels: Channels) {
    this.database = database;
    const { clock, logged } = this;
    this.#deliverer = delivererOf({ db: database.db, clock, channels: this.#inForce, logged });
    this.#adopt(channels);
    this.#tellBy(channels);
  }

  async fail(...ids: readonly string[]): Promise<void> {
    this.alerting.fail(...ids);
    await this.deliver();
  }

  async recover(...ids: readonly string[]): Promise<void> {
    this.alerting.ok(...ids);
    await this.deliver();
  }

  /** @param meanwhile after it was found out who is new, and before that is committed */
  async reload(channels: Channels, meanwhile: () => Promise<void> | void = () => {}): Promise<void> {
    this.#adopt(channels);
    const log = { write: (level: string, text: string) => void this.logged.push(`${level} ${text}`) };
    const cluster = testCluster([]);
    const configured = this.#inForce.filter(({ name }) => Object.hasOwn(channels, name));
    const next = { ...cluster, alerting: { ...cluster.alerting, channels: configured } };
    const outbox = createOutbox(this.database.db);
    const alerting = async () => this.alerting.state;
    const command = await findNewReceivers(next, { outbox, log, alerting });
    await meanwhile();
    this.#tellBy(channels);
    if (!command) throw new Error(this.logged.join());
    this.alerting.run(command);
    this.alerting.sweep();
    await this.deliver();
  }

  /** Whatever becomes due is decided, and delivered; of what lasts long, by the minute. */
  async pass(ms: number): Promise<void> {
    const stepMs = ms > 600 * SECOND ? 60 * SECOND : SECOND;
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
      this.alerting.advance(Math.min(leftMs, stepMs));
      await this.deliver(Math.min(leftMs, stepMs));
    }
  }

  async deliver(ms = 0): Promise<void> {
    const outgoing = this.alerting.sent.splice(0);
    await this.database.db.batch([
      this.database.db.prepare("select 1"),
      ...putNotifications(this.database.db, outgoing),
    ]);
    await deliverFor(this.#deliverer, this.clock, ms);
  }

  /** What was heard since the last look: `who: type services`. */
  news(): string[] {
    return this.heard.splice(0).map(({ who, notification: { type, alerts } }) => {
      return `${who}: ${type.replace("alert.", "")} ${alerts.map(({ service }) => service).join("+")}`;
    });
  }

  /** Every critical alert is told to all channels at once, and again every four hours. */
  #tellBy(channels: Channels): void {
    const policies: Policies = {
      ...POLICIES,
      critical: { steps: [{ afterMs: 0, channels: Object.keys(channels) }] },
    };
    this.alerting.policies = policies;
  }

  #adopt(channels: Channels): void {
    this.channels = channels;
    const all = Object.entries(channels).flatMap(([name, to]) => {
      const fingerprint = JSON.stringify(to);
      if (typeof to === "string") return [this.#receiver(name, to, fingerprint)];
      const recipients = to.map((who) => {
        return this.#receiver(recipientName(name, recipientKey(who)), who, fingerprint);
      });
      return [fakeChannel(name, this.clock, { fingerprint, recipients }), ...recipients];
    });
    this.#inForce.splice(0, this.#inForce.length, ...all);
  }

  #receiver(name: string, who: string, fingerprint: string): Channel {
    const channel = fakeChannel(name, this.clock, { fingerprint });
    channel.response = (notification) => {
      const answer = this.answers.get(who) ?? ACCEPTED;
      if (answer === ACCEPTED) this.heard.push({ who, notification });
      return answer;
    };
    return channel;
  }
}
