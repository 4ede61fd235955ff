/**
 * Finds what package-lock.json must list but does not: optional packages for other platforms.
 * A registry mirror that does not carry, say, the macOS binary of a tool makes `npm install` leave it out silently; `npm ci`
 * of npm 11.19 and later then refuses the whole lock file. Called by check.ts and by complete-lockfile.ts; reads no files.
 * Invariant: completing changes no entry that is there, and the added ones are never installed on Linux x64 and arm64 (glibc).
 */

/** The part of an entry of `packages` that matters here; everything else is passed through. */
export interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface LockFile {
  /** By place in the tree: "" is the project, then `node_modules/<name>`, possibly nested. */
  readonly packages: Readonly<Record<string, LockEntry>>;
}

export interface MissingPackage {
  readonly name: string;
  /** An exact version; ranges do not occur among platform packages. */
  readonly version: string;
  /** Whether only a development dependency asks for it. */
  readonly dev: boolean;
}

interface Platform {
  readonly os?: readonly string[];
  readonly cpu: readonly string[];
  readonly libc?: readonly string[];
}

const OS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const CPU = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];
const LIBC: Readonly<Record<string, string>> = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

/** Places where Node would look for a package, from next to its parent up to the root. */
function lookupPlaces(parent: string, name: string): string[] {
  const ends = [parent.length, ...[...parent.matchAll(/\/?node_modules\//g)].map(({ index }) => index).toReversed()];
  return ends.map((end) => `${parent.slice(0, end)}/node_modules/${name}`.replace(/^\//, ""));
}

/** Optional dependencies without an entry, in the order of the lock file. */
export function missingOptionals({ packages }: LockFile): MissingPackage[] {
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !lookupPlaces(place, name).some((candidate) => candidate in packages))
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/** Reads the platform out of a name such as `@oxlint/binding-linux-arm-musleabihf`; null when it is not told there. */
function platformOf(name: string): Platform | null {
  const words = name.split(/[/-]/);
  const cpu = words.find((word) => CPU.includes(word));
  const os = words.find((word) => OS.includes(word));
  if (cpu === undefined || (os === undefined && cpu !== "wasm32")) return null;
  const libc = os === "linux" ? words.map((word) => LIBC[word]).find((found) => found !== undefined) : undefined;
  return { ...(os !== undefined && { os: [os] }), cpu: [cpu], ...(libc !== undefined && { libc: [libc] }) };
}

/**
 * The lock file with an entry for each missing package: version and platform, no integrity, as that is not known here.
 * Throws for a package that this platform might have to install, or whose name does not tell the platform.
 */
export function completeLockFile<Lock extends LockFile>(lock: Lock): Lock {
  const added = missingOptionals(lock).map(({ name, version, dev }) => {
    const platform = platformOf(name);
    if (!platform || isSupported(platform))
      throw new Error(`${name}@${version} must come from a registry: run npm install`);
    const { os, cpu, libc } = platform; // written in npm's order
    const entry = { version, cpu, ...(dev && { dev }), ...(libc && { libc }), optional: true, ...(os && { os }) };
    return [`node_modules/${name}`, entry] as const;
  });
  const entries = [...Object.entries(lock.packages), ...added];
  entries.sort(([left], [right]) => left.localeCompare(right, "en")); // npm's own order
  return { ...lock, packages: Object.fromEntries(entries) };
}

/** The platforms that the project promises to run on. */
function isSupported({ os = [], cpu, libc = ["glibc"] }: Platform): boolean {
  return os.includes("linux") && libc.includes("glibc") && (cpu.includes("x64") || cpu.includes("arm64"));
}
