/**
 * The page in a real browser with scripts, on any host: what changes while somebody looks at it. Called by live.test.ts for each host.
 * Needs Debian's chromium.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";

export interface OpenPage {
  readonly page: Page;
  /** What the browser had to complain of: errors on its console, reports of the policy, requests to others. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

type Options = NonNullable<Parameters<Browser["newContext"]>[0]>;

interface Circumstances {
  /** Of who has signed in. Default: nobody has. */
  readonly cookies?: Parameters<BrowserContext["addCookies"]>[0];
  /** As a service does that too many listen to. */
  readonly refuseEvents?: boolean;
  /** Its time can be put forward: `page.clock`. */
  readonly hasClock?: boolean;
}

export async function openPage(
  browser: Browser,
  url: string,
  { cookies = [], refuseEvents = false, hasClock = false, ...options }: Options & Circumstances = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  await context.addCookies(cookies);
  if (hasClock) await context.clock.install();
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  const { origin } = new URL(url);
  page.on(
    "request",
    (asked) => asked.url().startsWith(origin) || asked.url().startsWith("data:") || faults.push(asked.url()),
  );
  if (refuseEvents) await page.route("**/events?*", (route) => route.fulfill({ status: 503 }));
  await page.addInitScript(
    'document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`));',
  );
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}
