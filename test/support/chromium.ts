/**
 * Debian's chromium, for the tests that look at a page in a real browser. A file launches it once; each of its tests opens a context.
 */
import { chromium, type Browser } from "playwright-core";
import { CHROMIUM_FLAGS } from "../../scripts/chromium-flags.ts";
import { findProgram } from "./installed.ts";

export const CHROMIUM = findProgram("chromium");

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM ?? "", args: [...CHROMIUM_FLAGS] });
}
