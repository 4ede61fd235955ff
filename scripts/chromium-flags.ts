/**
 * How tests and benchmark start Debian's chromium. Invariant: nothing of its own window is drawn beside a page that is looked at: that
 * costs more than a page of ours, and delays what is measured of one.
 */

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

export const CHROMIUM_FLAGS: readonly string[] = ["--no-sandbox", `--disable-features=${WITHOUT.join(",")}`];
