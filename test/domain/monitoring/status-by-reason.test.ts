import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { REASONS, type CheckStatus, type Reason } from "../../../shared/domain/monitoring/check.ts";
import { STATUS_BY_REASON } from "../../../shared/domain/monitoring/status-by-reason.ts";

const reasonsOf = (status: CheckStatus): Reason[] =>
  (Object.keys(REASONS) as Reason[]).filter((reason) => STATUS_BY_REASON[reason] === status);

describe("what a service is for each reason", () => {
  it("tells a target that answered wrongly from one that did not answer", () => {
    const unhealthy = "wedged http_status assertion auth rate_limited bad_body too_large protocol config";
    expect(reasonsOf("unhealthy")).toEqual(unhealthy.split(" "));
    const error = "refused reset unreachable dns tls forbidden_address internal";
    expect(reasonsOf("error").toSorted()).toEqual(error.split(" ").toSorted());
  });

  it("calls degraded what still serves, or is about to", () => {
    const degraded = "slow starting busy cpu_fallback semantic_drift partly_down error_rate overloaded full";
    expect(reasonsOf("degraded")).toEqual(degraded.split(" "));
  });

  it("knows nothing of a service when the lack is ours", () => {
    expect(reasonsOf("unknown").toSorted()).toEqual(["clock", "isolated", "not_checked", "shortage", "stale"]);
  });

  it("is what the document says", () => {
    const text = readFileSync("shared/probes/README.md", "utf8");
    const rows = [...text.matchAll(/^\| (degraded|unhealthy|error|timeout|unknown) \| (.+) \|$/gm)];
    const told = rows.map(([, status, reasons = ""]) => [status, reasons.replaceAll("`", "").split(", ").toSorted()]);
    expect(told).toEqual(told.map(([status]) => [status, reasonsOf(status as CheckStatus).toSorted()]));
    expect(told).toHaveLength(5);
  });
});
