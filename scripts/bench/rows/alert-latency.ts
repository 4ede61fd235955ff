/**
 * How long it takes until somebody knows: from the first failing probe, and from the commit, to the receiver that has taken the
 * message. The built service watches one target that dies and heals again and again.
 * Invariant: both instants of a span are taken in this process or come with the message, by one clock of one machine.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startAlertReceiver } from "../alert-receiver.ts";
import type { MeasureRow } from "../row.ts";
import { startService } from "../service.ts";
import { startTarget } from "../target.ts";

/** Of the signed webhook; the receiver of the benchmark does not verify it. */
const HOOK_SECRET = "a secret of the benchmark";
const ROUNDS = 8;
/** Then the next alert is a lone one again: what follows within ten seconds waits for others. */
const ALONE_AFTER_MS = 10_500;
const INTERVAL_S = 2;
const TIMEOUT_S = 1;
/** 2 × (interval / 4 + timeout) + timeout + 2 s. */
const DETECTION_BAR_S = 2 * (INTERVAL_S / 4 + TIMEOUT_S) + TIMEOUT_S + 2;

export const alertLatency: MeasureRow = async (children) => {
  const target = await startTarget(children);
  const receiver = await startAlertReceiver();
  children.defer(receiver.close);
  const service = { url: target.origin, critical: true, interval: INTERVAL_S, timeout: TIMEOUT_S, flapping: false };
  const hook = { type: "webhook", url: receiver.url, secret: "${HOOK_SECRET}" };
  const configuration = { services: { target: service }, alerting: { channels: { hook } } };
  await startService(children, configuration, { env: { HOOK_SECRET } });
  const detections: number[] = [];
  const dwells: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const brokenAtMs = target.break();
    await receiver.until(2 * round + 1);
    const firstFailedAtMs = await brokenAtMs;
    const firing = receiver.messages[2 * round];
    if (!firing) throw new Error("the message is gone");
    detections.push((firing.atMs - firstFailedAtMs) / 1_000);
    dwells.push((firing.atMs - firing.committedAtMs) / 1_000);
    target.heal();
    await receiver.until(2 * round + 2);
    await sleep(ALONE_AFTER_MS);
  }
  const what = `first failing probe → accepted by the receiver, interval ${INTERVAL_S} s, timeout ${TIMEOUT_S} s`;
  return [
    { what, unit: "s", bar: { atMost: DETECTION_BAR_S, on: "max" }, values: detections },
    { what: "commit → accepted, lone critical alert", unit: "s", bar: { atMost: 1, on: "max" }, values: dwells },
  ];
};
