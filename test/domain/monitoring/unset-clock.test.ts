import { describe, expect, it } from "vitest";
import { judgeByClock } from "../../../shared/domain/monitoring/unset-clock.ts";
import { NOT_YET_VALID } from "../../../shared/domain/net/connection-failure.ts";

const SEEN = {
  status: "error",
  responseTimeMs: 3,
  statusCode: null,
  details: { certificateExpiresAtMs: 5 },
  ...NOT_YET_VALID,
} as const;

describe("a check by a clock that nobody has set", () => {
  it("does not blame a certificate of the future, and keeps what else was seen", () => {
    expect(judgeByClock(SEEN, { isSet: () => false })).toEqual({
      ...SEEN,
      status: "unknown",
      reason: "clock",
      message: "The clock of this machine is not set, so the certificate cannot be judged",
    });
  });

  it("tells whatever else is wrong", () => {
    const untrusted = { ...SEEN, message: "Certificate is not trusted" };
    expect(judgeByClock(untrusted, { isSet: () => false })).toBe(untrusted);
  });

  it("is as it is once the clock is set", () => {
    expect(judgeByClock(SEEN, { isSet: () => true })).toBe(SEEN);
  });
});
