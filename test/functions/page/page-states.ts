/**
 * The states that pages can be in, each of them made to be so by real parts, and what every view then says. Opened by
 * accessibility.test.ts. Invariant: a view that cannot be in a state says why; what it says shows that the state is there.
 */
import type { Page } from "playwright-core";
import type { ServiceProcess } from "../../support/service-process.ts";
import { doAll, freeze, lockStorage, sleep, SLEEPY, TOKEN_HASH, type Targets } from "./state-strikes.ts";

export const VIEWS = {
  now: "/dashboard",
  service: "/dashboard/services/tools",
  alerts: "/dashboard/alerts",
  history: "/dashboard/history",
  routes: "/dashboard/routes",
  setup: "/dashboard/setup",
  status: "/status",
  login: "/dashboard/login",
  nothing: "/dashboard/services/nobody",
} as const;
export type View = keyof typeof VIEWS;

const AUTH = { tokens: { anna: { hash: TOKEN_HASH, scopes: ["admin"] } } };

/** Why there is nothing to see. */
interface LeftOut {
  readonly cannotBe: string;
}

interface StateBase {
  readonly config: (targets: Targets) => object | null;
  /** What the log says when it has come. */
  readonly until: string;
  /** Of the service. Default: nothing. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where a view is not at its own address. */
  readonly paths?: Partial<Readonly<Record<View, string>>>;
  /** Default: with all scopes. */
  readonly isSignedIn?: boolean;
  /** What then happens; what ends it, if there is something, is called when all views have been seen. */
  readonly strike?: (service: ServiceProcess, targets: Targets) => Promise<(() => void) | undefined>;
  /** What happens to it while a page of it is open; its end is called when that one has been seen. */
  readonly interrupt?: (service: ServiceProcess, page: Page) => Promise<() => void>;
}

/** One of those that every view must have. */
interface WholeState extends StateBase {
  readonly says: Readonly<Record<View, RegExp | LeftOut>>;
}

export interface State extends StateBase {
  readonly says: Partial<Readonly<Record<View, RegExp | LeftOut>>>;
}

const TOOLS = { name: "Tools Server", critical: true };
const SHOWN = { groups: [{ name: "Cluster", services: ["tools"] }] };
const COMMON = { auth: AUTH, public: SHOWN, routes: { llm: ["tools"] } };

const ONE_HEALTHY: State["config"] = ({ well }) => ({
  ...COMMON,
  services: { tools: { ...TOOLS, url: well.url, interval: 1 } },
});

const ONE_FAILING: State["config"] = ({ well, broken }) => ({
  ...COMMON,
  public: { groups: [{ name: "Cluster", services: ["tools", "ollama"] }] },
  services: {
    tools: { ...TOOLS, url: broken.url, interval: 0.3, impact: "No agent can call a tool." },
    ollama: { name: "Jetson Ollama Server", url: well.url, interval: 1 },
  },
});

const MOMENTLESS = { cannotBe: "it tells of no moment, so nothing in it becomes untrue" };
const SIGN_IN = /Sign in[^]*It begins with lgm_/;
const NOTHING = /Not found[^]*HTTP 404 · Back/;
const ASK = /^Sign in[^]*Token/;
const STALE = /No update for \d+ h[^]*this is what was known last/;
const UNKNOWN_TO_ALERTS = /No update for \d+ h[^]*how the services are is not known now\./;
const SILENT = /No update for \d+ min( \d+ s)?: this is what was known last/;
// Of the reader's zone.
const UNSAVED =
  /History is not being saved since [\d:]+ [AP]M: another program keeps the database locked\. End that program/;
const STANDBY = /Standby: 127\.0\.0\.1 delivers/;
const DEMO = /DEMO: these are simulated services/;

/** Those of the specification: every view in each. */
const WHOLE_STATES: Readonly<Record<string, WholeState>> = {
  "first second": {
    config: ({ mute }) => ({ ...COMMON, services: { tools: { ...TOOLS, url: mute.url, timeout: 300 } } }),
    until: "monitoring",
    says: {
      now: /^◌ Unknown[^]*Waiting for the first checks: 0 of 1 have finished\.[^]*◌ Unknown\s+Tools Server/,
      service: /^◌ Tools Server\s+Unknown\s+not checked yet/,
      alerts: /Open 0\s+No alert is open, but how the services are is not known now\./,
      history: /History/,
      routes: /Nothing is well[^]*→ Tools Server[^]*Nothing fresh is known of it/,
      setup: /1 service, 0 channels/,
      status: /^◌ Unknown(?: for \d+ s)?\s+Waiting for the first checks/,
      login: SIGN_IN,
      nothing: NOTHING,
    },
  },
  // Without a service there is nothing to run: a configuration that names none is refused at the start and by a reload.
  "failing, no channels": {
    config: ONE_FAILING,
    until: "alert is firing",
    says: {
      now: /^■ Unhealthy[^]*Nobody is told: no channel is configured/,
      service: /Unhealthy[^]*HTTP 503/,
      alerts: /Nobody is told: no channel is configured for it\. How to change that/,
      history: /Tools Server[^]*HTTP 503/,
      routes: /Nothing is well[^]*Called all the same, as the least bad\. Its last check failed/,
      setup: /Nobody is told of anything:[^]*cluster\.yaml[^]*alerting:\s+channels:\s+slack:/,
      status: /^■ Unhealthy/,
      login: SIGN_IN,
      nothing: NOTHING,
    },
  },
  "gone stale": {
    config: ONE_FAILING,
    until: "alert is firing",
    interrupt: freeze,
    says: {
      now: /No update for \d+ min[^]*Last known: Unhealthy/,
      service: /No update for \d+ min[^]*Last known: Unhealthy/,
      alerts: SILENT,
      history: SILENT,
      routes: SILENT,
      setup: SILENT,
      status: /No update for \d+ min[^]*Last known: Unhealthy/,
      login: MOMENTLESS,
      nothing: MOMENTLESS,
    },
  },
  "monitor paused": {
    config: ({ fickle }) => ({
      ...COMMON,
      services: { tools: { ...TOOLS, url: fickle.url, interval: 1, timeout: 300 } },
    }),
    until: "overall status is healthy",
    env: SLEEPY,
    strike: sleep,
    says: {
      now: /No update for \d+ h[^]*◌ Unknown\s+No fresh evidence about 1 of 1 critical service: Tools Server\.\s+The monitor itself was paused or did not run/,
      service: /No update for \d+ h[^]*◌ Tools Server\s+Unknown/,
      alerts: UNKNOWN_TO_ALERTS,
      history: STALE,
      routes: STALE,
      setup: STALE,
      status: /No update for \d+ h[^]*Last known: Healthy/,
      login: SIGN_IN,
      nothing: NOTHING,
    },
  },
  "monitor cut off": {
    config: ({ mute }) => ({
      ...COMMON,
      alerting: { connectivity_targets: ["router"] },
      services: {
        tools: { ...TOOLS, url: mute.url, interval: 0.3, timeout: 0.3 },
        router: { name: "Router", url: mute.url, interval: 0.3, timeout: 0.3 },
      },
    }),
    until: "The monitor is cut off",
    says: {
      now: /^◌ Unknown[^]*No fresh evidence about 1 of 1 critical service: Tools Server\.[^]*The monitor itself has been cut off from the network/,
      service: /The monitor itself is cut off from the network/,
      alerts: /The monitor is cut off: its connectivity targets fail too/,
      history: /Tools Server/,
      routes: /Nothing is well[^]*Nothing fresh is known of it/,
      setup: /2 services/,
      status:
        /^(?![^]*Incidents now)◌ Unknown[^]*1 critical service: Tools Server\. The monitor itself is cut off from the network\.[^]*◌ Unknown/,
      login: SIGN_IN,
      nothing: NOTHING,
    },
  },
  "storage fault": {
    config: ONE_HEALTHY,
    until: "overall status is healthy",
    strike: lockStorage,
    says: {
      now: UNSAVED,
      service: UNSAVED,
      alerts: UNSAVED,
      history: UNSAVED,
      routes: UNSAVED,
      setup: UNSAVED,
      status: /^● Healthy/,
      login: SIGN_IN,
      nothing: NOTHING,
    },
  },
  standby: {
    config: (targets) => ({ ...ONE_HEALTHY(targets), role: "standby", primary: { url: targets.well.url } }),
    until: "overall status is healthy",
    says: {
      now: STANDBY,
      service: STANDBY,
      alerts: STANDBY,
      history: STANDBY,
      routes: STANDBY,
      setup: STANDBY,
      status: /^● Healthy/,
      login: SIGN_IN,
      nothing: NOTHING,
    },
  },
  "error page": {
    config: ONE_HEALTHY,
    until: "overall status is healthy",
    paths: {
      now: "/dashboard/nowhere",
      service: `${VIEWS.service}?range=1x`,
      alerts: `${VIEWS.alerts}?since=never`,
      history: `${VIEWS.history}?before=made-up`,
      routes: `${VIEWS.routes}/nowhere`,
      setup: `${VIEWS.setup}/nowhere`,
      status: "/status/nobody",
      login: `${VIEWS.login}/nowhere`,
    },
    says: {
      now: /Not found\s+There is no page at this address\.\s+HTTP 404 · Back/,
      service: /Invalid parameter\s+range: [^]*HTTP 400 · Back/,
      alerts: /Invalid parameter\s+since: [^]*HTTP 400 · Back/,
      history: /Invalid cursor[^]*HTTP 400 · Back/,
      routes: NOTHING,
      setup: NOTHING,
      status: /Not found[^]*HTTP 404 · Back to the status/,
      login: NOTHING,
      nothing: NOTHING,
    },
  },
  "signed out": {
    config: (targets) => ({ ...ONE_HEALTHY(targets), auth: { ...AUTH, reads: "token" } }),
    until: "overall status is healthy",
    isSignedIn: false,
    says: {
      now: ASK,
      service: ASK,
      alerts: ASK,
      history: ASK,
      routes: ASK,
      setup: ASK,
      status: /^● Healthy/,
      login: SIGN_IN,
      nothing: ASK,
    },
  },
  demo: {
    config: () => null,
    until: "overall status is healthy",
    says: {
      now: DEMO,
      service: DEMO,
      alerts: DEMO,
      history: DEMO,
      routes: DEMO,
      setup: DEMO,
      status: DEMO,
      login: SIGN_IN,
      nothing: NOTHING,
    },
  },
};

/** Others, of which only some views differ. */
const MORE_STATES: Readonly<Record<string, State>> = {
  healthy: {
    config: ONE_HEALTHY,
    until: "overall status is healthy",
    says: { now: /^● Healthy/, routes: /→ Tools Server at http[^]*Called now\./ },
  },
  many: {
    config: ({ well, broken }) => ({
      services: Object.fromEntries(
        Array.from({ length: 32 }, (_, index) => {
          const { url } = index % 3 === 0 ? broken : well;
          const group = `rack ${index % 3}`;
          return [`s${index}`, { name: `Service ${index}`, url, group, critical: index > 9, interval: 1 }];
        }),
      ),
    }),
    until: "alert is firing",
    says: { now: /rack 2/ },
  },
  "acted upon": {
    config: (targets) => ({ ...ONE_FAILING(targets), alerting: { channels: { lines: { type: "log" } } } }),
    until: "alert is firing",
    strike: doAll,
    says: {
      now: /Acknowledged by anna/,
      service: /anna/,
      alerts: /a new disk/,
      history: /deployed/,
      setup: /Test at [^]* by anna/,
    },
  },
};

export const STATES: Readonly<Record<string, State>> = { ...WHOLE_STATES, ...MORE_STATES };
