/**
 * Who may import whom: the arrows functions -> shared/usecases -> shared/domain, as rules for dependency-cruiser.
 * One row per zone lists all it may import; whatever a row does not list is refused, npm packages and Node's own modules
 * included. architecture.ts applies it; test/scripts/checks/architecture.test.ts sees each rule refuse a planted fault.
 * Invariant: a zone without a row is refused by the rule `every-file-has-a-zone`.
 */
import type { IForbiddenRuleType } from "dependency-cruiser";

interface Zone {
  /** Regular expression of the files that belong to it; default: the folder of shared/ that is called like the zone. */
  readonly files?: string;
  /** What they may import: zones by name, the rest by regular expressions; their own zone need not be listed. */
  readonly mayImport: readonly string[];
  readonly because: string;
}

const NODE_MODULES = "(^|/)node_modules/";
const npm = (name: string): string => `${NODE_MODULES}${name}/`;
/** Types only: the rule `running-needs-no-development-packages` refuses its values. */
const WORKERS_TYPES = npm("@cloudflare/workers-types");
/** As dependency-cruiser resolves `node:net`. */
const builtin = (name: string): string => `^(node:)?${name}$`;
const ANY_BUILTIN = builtin("[a-z_/]+");

const ZONES: Readonly<Record<string, Zone>> = {
  domain: { mayImport: [], because: "The rules are pure: time, network and storage come to them as values." },
  ports: { mayImport: ["domain"], because: "A port is an interface in the words of the domain." },
  usecases: {
    mayImport: ["domain", "ports"],
    because: "A use case knows interfaces only, so that both runtimes and the tests can supply what is behind them.",
  },
  probes: {
    mayImport: ["domain", "ports", npm("(ioredis|zod)"), builtin("(net|tls|dns(/promises)?)")],
    because: "Probes run on Workers too: web standards, sockets, ioredis.",
  },
  notify: {
    mayImport: ["domain", "ports", npm("(nodemailer|zod)"), builtin("(net|stream|tls)")],
    because: "Channels run on Workers too: the HTTP transport, sockets and streams, nodemailer.",
  },
  config: {
    mayImport: ["domain", "ports", "probes", "notify", npm("(zod|yaml)")],
    because: "Configuration is text in, values out; it reads no files and no environment.",
  },
  storage: {
    mayImport: ["domain", "ports", npm("drizzle-orm"), WORKERS_TYPES],
    because: "Storage speaks the D1 interface only; what is behind it is the runtime's business.",
  },
  common: { mayImport: ["domain", "ports"], because: "These adapters serve both runtimes: web standards only." },
  workers: {
    mayImport: ["domain", "ports", builtin("net"), WORKERS_TYPES],
    because: "The Workers-only adapters implement ports over what the platform has.",
  },
  node: {
    mayImport: ["domain", "ports", NODE_MODULES, ANY_BUILTIN],
    because: "The Node-only adapters implement ports; they know neither use cases nor functions.",
  },
  functions: {
    files: "^functions/(?!bundle\\.ts$|(monitor|runtimes|cli|page/client)/)",
    mayImport: [
      "domain",
      "ports",
      "usecases",
      "storage",
      "^shared/config/sections/registry\\.ts$",
      npm("(hono|zod)"),
      WORKERS_TYPES,
    ],
    because: "Functions parse, call a use case and render; they run on Workers.",
  },
  client: {
    files: "^functions/page/client/",
    mayImport: ["domain", npm("(idiomorph|uplot)")],
    because: "What runs in the browser is sent to it whole: rules, and little else.",
  },
  monitor: {
    files: "^functions/(bundle\\.ts$|monitor/)",
    mayImport: ["functions", "domain", "ports", "usecases", "storage", "config", "probes", "notify", "common"],
    because: "The composition knows every port and who implements it, except what only one platform has.",
  },
  runtimes: {
    files: "^functions/runtimes/",
    mayImport: ["^functions/(bundle|runtime)\\.ts$", "^shared/(node|workers)/", "ports", ANY_BUILTIN],
    because: "A runtime hands in what only its platform has; everything else is in the bundle.",
  },
  cli: {
    files: "^functions/cli/",
    mayImport: ["^functions/", "^shared/", NODE_MODULES, ANY_BUILTIN],
    because: "A command of the user runs on Node and may use all that the service is made of.",
  },
  scripts: {
    files: "^scripts/",
    mayImport: ["^functions/", "^shared/", NODE_MODULES, ANY_BUILTIN],
    because: "Scripts may use everything, except tests.",
  },
  test: { files: "^test/", mayImport: ["."], because: "Tests may use everything." },
};

/** Node-only things that the bundle must not contain, however long the way to them. */
const NODE_ONLY = [
  npm("(better-sqlite3|undici|systeminformation)"),
  "^shared/node/",
  builtin("(fs|os|child_process|worker_threads)(/promises)?"),
];

/** Of a zone by its name; a regular expression of something else stays as it is. */
const patternFor = (name: string): string => (name in ZONES ? (ZONES[name]?.files ?? `^shared/${name}/`) : name);

const RULES: readonly IForbiddenRuleType[] = [
  ...Object.entries(ZONES).map(([name, zone]) => ({
    name: `${name}-imports`,
    comment: zone.because,
    from: { path: patternFor(name) },
    to: { pathNot: [name, ...zone.mayImport].map(patternFor), couldNotResolve: false }, // imports-exist tells of those
  })),
  {
    name: "every-file-has-a-zone",
    comment: "Add the folder to ZONES and give it a tsconfig.json.",
    from: { path: "^(functions|shared|scripts|test)/", pathNot: Object.keys(ZONES).map(patternFor) },
    to: {},
  },
  {
    name: "bundle-runs-on-workers",
    comment: "Hand it in through Runtime instead: a file of functions/runtimes imports it.",
    from: { path: patternFor("monitor") },
    to: { path: NODE_ONLY, reachable: true },
  },
  {
    name: "worker-runs-on-workers",
    comment: "What only Node has belongs behind a port that the Node runtime implements.",
    from: { path: "^functions/runtimes/worker\\.ts$" },
    to: { path: NODE_ONLY, reachable: true },
  },
  {
    name: "no-cycles",
    comment: "Also of types: two files that need each other are one file, or lack a third.",
    from: {},
    to: { circular: true },
  },
  {
    name: "imports-exist",
    comment: "A typing error, or a package that package.json does not list.",
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: "running-needs-no-development-packages",
    comment: "npm start installs without them; their types are welcome.",
    from: { path: "^(functions|shared|scripts/(build\\.ts$))" },
    to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
  },
];

export const ARCHITECTURE_RULES: readonly IForbiddenRuleType[] = RULES.map((rule) => ({ ...rule, severity: "error" }));
