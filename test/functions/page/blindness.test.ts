import { expect, it } from "vitest";
import { isolatedSince } from "../../../functions/page/blindness.ts";
import { openAlert } from "../../support/alerts.ts";
import { T0 } from "../../support/checks.ts";

it("a monitor that lacks names alone is not cut off from what has an address", () => {
  const since = (reason: "unreachable" | "dns") =>
    isolatedSince([{ subject: "#isolated", alert: openAlert({ state: "firing", reason }) }]);
  expect([since("unreachable"), since("dns")]).toEqual([T0, null]);
});
