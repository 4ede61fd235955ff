/**
 * The alerts that are not over, as people read them: the worst first, each severity in the order of the configuration. Pure.
 * Used by `GET /alerts` and by the page.
 */
import type { OpenAlert } from "./alert-life.ts";
import { bySeverity } from "./alert.ts";
import { parseService, type AlertingState } from "./alerting-state.ts";

export interface OpenSubject {
  readonly subject: string;
  readonly alert: OpenAlert;
  /** Failing checks since the last one that was not. */
  readonly failures: number;
  /** Checks that were well since the last failing one: it recovers, and is not resolved before there are more. */
  readonly successes: number;
}

/** @param serviceIds in the order of the configuration */
export function listOpen({ subjects }: AlertingState, serviceIds: Iterable<string>): OpenSubject[] {
  const order = [...serviceIds];
  const findPlace = (subject: string): number => order.indexOf(parseService(subject) ?? "");
  const open = [...subjects].flatMap(([subject, { alert, failures, successes }]) =>
    alert ? [{ subject, alert, failures, successes }] : [],
  );
  return open.toSorted(
    (left, right) =>
      bySeverity(left.alert.severity, right.alert.severity) || findPlace(left.subject) - findPlace(right.subject),
  );
}
