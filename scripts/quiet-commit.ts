/**
 * A commit's part about alerts when nothing is wrong: for whatever fills a store by hand. Used by the benchmark and the tests.
 */
import { NO_ALERTING } from "../shared/domain/alerting/alerting-state.ts";
import { SINCE_NOTHING } from "../shared/domain/monitoring/status-since.ts";
import type { SweepCommit } from "../shared/ports/store.ts";

type AlertingPart = Pick<SweepCommit, "alerting" | "alertRecords" | "outgoing" | "audit" | "since">;

export const QUIET: AlertingPart = {
  alerting: NO_ALERTING,
  alertRecords: [],
  outgoing: [],
  audit: [],
  since: SINCE_NOTHING,
};
