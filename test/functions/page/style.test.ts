/** Whether the colours of the page can be read, by WCAG 2.2 (1.4.3, 1.4.11). */
import { describe, expect, it } from "vitest";
import { COLOURS, DIMMED } from "../../../functions/page/colours.ts";
import { STYLE } from "../../../functions/page/style.ts";

const BACKGROUNDS = ["page", "surface", "sunken"] as const;

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
}

/** What is left of a colour over the page. */
function dimmed(colour: string, page: string): string {
  const parts = [1, 3, 5].map((at) => {
    const [own = 0, behind = 0] = [colour, page].map((each) => Number.parseInt(each.slice(at, at + 2), 16));
    return Math.round(own * DIMMED + behind * (1 - DIMMED))
      .toString(16)
      .padStart(2, "0");
  });
  return `#${parts.join("")}`;
}

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  const { border, page, surface, sunken, ...texts } = COLOURS[theme];
  const behind = { page, surface, sunken };

  it.each(Object.entries(texts))("can be read where something is %s", (_role, colour) => {
    for (const background of BACKGROUNDS) expect(contrast(colour, behind[background])).toBeGreaterThanOrEqual(4.5);
  });

  it("can be read where all is dimmed, at what lies behind it as well", () => {
    for (const background of BACKGROUNDS) {
      const [text, ground] = [dimmed(texts.strongest, page), dimmed(behind[background], page)];
      expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("shows where controls end", () => {
    for (const background of BACKGROUNDS) expect(contrast(border, behind[background])).toBeGreaterThanOrEqual(3);
  });
});

it("asks nobody else for anything", () => {
  expect(STYLE).not.toMatch(/url\(|@import|https?:/);
});
