/** What badges say, in words and in colours. */
import { describe, expect, it } from "vitest";
import { badgeSvg } from "../../../functions/public/badge-svg.ts";
import { faultBadge, findBadge, type BadgeStyle } from "../../../functions/public/badge.ts";
import { CHECK_STATUSES } from "../../../shared/domain/monitoring/check.ts";
import { skipWithout } from "../../support/installed.ts";
import { publicService, publicStatus } from "../../support/public-status.ts";
import { parseXml, PYTHON } from "../../support/xml.ts";

const STATUS: BadgeStyle = { style: "status", days: 90 };
const UPTIME: BadgeStyle = { style: "uptime", days: 90 };

describe("a badge", () => {
  it.each(CHECK_STATUSES)("of a service that is %s says so, and for how long unless all is well", (status) => {
    const badge = findBadge(publicStatus({}, [publicService({ status })]), "tools", STATUS);
    const message = status === "healthy" ? "healthy" : `${status} 4 min`;
    expect(badge).toMatchObject({ label: "tools", message, description: `Tools Server: ${message}` });
    expect(badge?.colour === "healthy").toBe(status === "healthy");
  });

  it("is grey, and does not say for how long, when nobody has looked for a while", () => {
    const stale = publicStatus({ isStale: true });
    for (const id of ["tools", "overall"])
      expect(findBadge(stale, id, STATUS)).toMatchObject({ message: "unknown", colour: "unknown" });
  });

  it("of all says the verdict, and under the name of the page", () => {
    const status = publicStatus({ overall: "degraded" });
    expect(findBadge(status, "overall", STATUS)).toEqual({
      label: "status",
      message: "degraded 1 h",
      colour: "degraded",
      description: "Home cluster: degraded 1 h",
    });
  });

  it("says a share with two decimals, in no colour of a status", () => {
    expect(findBadge(publicStatus(), "tools", UPTIME)).toMatchObject({
      message: "99.66 %",
      colour: "neutral",
      description: "Tools Server: 99.66 % up in 90 days",
    });
    expect(findBadge(publicStatus(), "tools", { ...UPTIME, days: 7 })?.message).toBe("100 %");
  });

  it("of all says the least share, and none where nothing was measured", () => {
    const well = publicService({ id: "well" });
    const unwatched = publicService({ id: "new", past: null });
    expect(findBadge(publicStatus({}, [well, unwatched]), "overall", UPTIME)?.message).toBe("99.66 %");
    expect(findBadge(publicStatus({}, [unwatched]), "overall", UPTIME)).toMatchObject({
      message: "no data",
      colour: "unknown",
    });
    expect(findBadge(publicStatus({}, [unwatched]), "new", UPTIME)?.colour).toBe("unknown");
  });

  it("is not there for a service that is not shown", () => {
    for (const id of ["nobody", "", "__proto__", "constructor"])
      expect(findBadge(publicStatus(), id, STATUS)).toBeNull();
  });
});

describe.skipIf(skipWithout(PYTHON))("the picture of a badge (needs python3)", () => {
  it("is well-formed, says what it shows, and styles and loads nothing, whatever the name is", () => {
    const names = ['<script>alert(1)</script>"', "\u0000\ufffe\ud800]]>", "名前".repeat(40), "' onload='x"];
    const documents = names.map((name) => {
      const badge = findBadge(publicStatus({}, [publicService({ name, status: "timeout" })]), "tools", STATUS);
      return badgeSvg(badge ?? faultBadge("none"));
    });
    for (const [index, svg] of parseXml(documents).entries()) {
      expect(svg.name).toBe("svg");
      expect(Object.keys(svg.attributes).toSorted()).toEqual(["aria-label", "height", "role", "width"]);
      expect(svg.attributes["role"]).toBe("img");
      expect(svg.attributes["aria-label"]).toMatch(/: timeout 4 min$/);
      expect(svg.children.map((child) => child.name)).toEqual(["title", "clipPath", "g", "g"]);
      expect(documents[index]).not.toMatch(/style=|href|<script/);
    }
  });
});
