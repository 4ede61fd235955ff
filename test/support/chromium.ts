/**
 * Debian's chromium, for the tests that look at a page in a real browser. A file launches it once; each of its tests opens a context.
 * Invariant: nothing of its own window is drawn that no test looks at: that costs more than a page of ours.
 */
import { chromium, type Browser } from "playwright-core";
import { findProgram } from "./installed.ts";

export const CHROMIUM = findProgram("chromium");

/**
 * The address bar of each window has two popups that are pages in a process of their own: two thirds of what a context costs.
 * Only the last such switch counts, so what Playwright switches off for Chromium is repeated.
 */
const WITHOUT = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "TcpPortRandomizationWin",
  "ThirdPartyStoragePartitioning",
];

export function launchChromium(): Promise<Browser> {
  const args = ["--no-sandbox", `--disable-features=${WITHOUT.join(",")}`];
  return chromium.launch({ executablePath: CHROMIUM ?? "", args });
}
