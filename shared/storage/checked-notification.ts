/**
 * Looks at a stored message before anybody sends it: what is damaged must not come out as half a sentence, and must not end its sender.
 * Called by outbox.ts. A guard, not a proof. Invariant: what passes can be put into words by every channel.
 */
import { ALERT_STATES, END_REASONS, SEVERITIES } from "../domain/alerting/alert.ts";
import type { FaultyBalancer } from "../domain/alerting/faulty-balancer.ts";
import { NOTIFICATION_TYPES, type AlertReport, type Notification } from "../domain/alerting/notification.ts";
import { CHECK_STATUSES, REASONS } from "../domain/monitoring/check.ts";
import { isInstant } from "./checked-value.ts";

type Fits = (value: unknown) => boolean;
type Shape<Value> = { readonly [Key in keyof Required<Value>]: Fits };

const isText: Fits = (value) => typeof value === "string";
const isFlag: Fits = (value) => typeof value === "boolean";
const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits);
/** Absent as well: what it says has been added since it was stored. */
const orNothing =
  (fits: Fits): Fits =>
  (value) =>
    value === undefined || value === null || fits(value);
const oneOf =
  (words: readonly unknown[] | object): Fits =>
  (value) =>
    (Array.isArray(words) ? words : Object.keys(words)).includes(value);
const shaped =
  <Value>(shape: Shape<Value>): Fits =>
  (value) => {
    const fields = Object.entries<Fits>(shape);
    return typeof value === "object" && value !== null && fields.every(([key, fits]) => fits(Reflect.get(value, key)));
  };

const isReport = shaped<AlertReport>({
  id: isText,
  name: isText,
  service: orNothing(isText),
  severity: oneOf(SEVERITIES),
  state: oneOf(ALERT_STATES),
  status: oneOf(CHECK_STATUSES),
  reason: orNothing(oneOf(REASONS)),
  message: orNothing(isText),
  sinceMs: isInstant,
  endedAtMs: orNothing(isInstant),
  endReason: orNothing(oneOf(END_REASONS)),
  isFlapping: isFlag,
  level: Number.isInteger,
  acknowledgedBy: orNothing(isText),
  actionTaken: orNothing(isText),
  affected: listOf(isText),
  impact: orNothing(isText),
  balancer: orNothing(
    shaped<FaultyBalancer>({ service: isText, name: isText, isItself: isFlag, members: listOf(isText) }),
  ),
});

const isNotification = shaped<Notification>({
  id: isText,
  type: oneOf(NOTIFICATION_TYPES),
  atMs: isInstant,
  node: isText,
  severity: oneOf(SEVERITIES),
  alerts: listOf(isReport),
  isLate: isFlag,
  isUnsaved: orNothing(isFlag),
  insteadOf: orNothing(shaped<NonNullable<Notification["insteadOf"]>>({ channel: isText, failure: isText })),
  catchesUpOn: orNothing(listOf(isText)),
});

/** Throws for what is none of ours. */
export function checkNotification(parsed: unknown): Notification {
  if (!isNotification(parsed)) throw new Error("not a message of ours");
  return parsed as Notification; // field by field
}
