import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Reason } from "../../../shared/domain/monitoring/check.ts";
import { STATUS_BY_REASON } from "../../../shared/domain/monitoring/status-by-reason.ts";
import {
  connectionFailure,
  deadlineFailure,
  resolutionFailure,
} from "../../../shared/domain/net/connection-failure.ts";

describe("connectionFailure", () => {
  it.each<[string, Reason]>([
    ["ECONNREFUSED", "refused"],
    ["ECONNRESET", "reset"],
    ["EPIPE", "reset"],
    ["EHOSTUNREACH", "unreachable"],
    ["ENETUNREACH", "unreachable"],
    ["EACCES", "unreachable"],
    ["ETIMEDOUT", "deadline_connect"],
    ["EMFILE", "shortage"],
    ["ENFILE", "shortage"],
    ["ENOMEM", "shortage"],
    ["ENOBUFS", "shortage"],
    ["CERT_HAS_EXPIRED", "tls"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
    ["EPROTO", "tls"],
  ])("gives %s the reason %s", (code, reason) => {
    expect(connectionFailure(code)).toMatchObject({ reason });
  });

  it.each([undefined, "", "UND_ERR_SOCKET", "constructor", "toString"])("knows nothing of %j", (code) => {
    expect(connectionFailure(code)).toBeNull();
  });

  it("never repeats a code it does not know", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (code) => {
        expect(connectionFailure(`ERR_SSL_${code}`)).toEqual({ reason: "tls", message: "TLS handshake failed" });
      }),
    );
  });
});

describe("resolutionFailure", () => {
  it.each([
    ["ENOTFOUND", "Name not found"],
    ["ENODATA", "Name not found"],
    ["ESERVFAIL", "Name does not resolve"],
    ["ECONNREFUSED", "Name does not resolve"],
    [undefined, "Name does not resolve"],
  ])("says of %s: %s", (code, message) => {
    expect(resolutionFailure(code)).toEqual({ reason: "dns", message });
  });
});

describe("deadlineFailure", () => {
  it.each([false, true])("has the seed's sentence, connected: %s", (connected) => {
    const { reason, message } = deadlineFailure(connected);
    expect([STATUS_BY_REASON[reason], message]).toEqual(["timeout", "Request timed out"]);
  });
});
