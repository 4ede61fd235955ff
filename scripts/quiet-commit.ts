/**
 * A commit's part about alerts when nothing is wrong, and a cluster that tells nobody: for whatever fills a store by hand.
 * Used by the benchmark, the fuzzer and the tests.
 */
import { NO_ALERTING } from "../shared/domain/alerting/alerting-state.ts";
import type { SweepCommit } from "../shared/ports/store.ts";
import type { ClusterAlerting } from "../shared/usecases/cluster.ts";

type AlertingPart = Pick<SweepCommit, "alerting" | "alertRecords" | "outgoing" | "audit">;

export const QUIET: AlertingPart = { alerting: NO_ALERTING, alertRecords: [], outgoing: [], audit: [] };

export const NOBODY_TOLD: ClusterAlerting = {
  channels: [],
  policies: { critical: { steps: [] }, warning: { steps: [] }, info: { steps: [] } },
  connectivityTargets: [],
  drill: null,
};
