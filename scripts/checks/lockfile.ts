/**
 * Finds what package-lock.json must list but does not: optional packages for other platforms.
 * A registry mirror that does not carry, say, the macOS binary of a tool makes `npm install` leave it out silently; `npm ci`
 * of npm 11.19 and later then refuses the whole lock file. Called by check.ts and by complete-lockfile.ts; reads no files.
 * Invariant: completing changes no entry that is there, and the added ones are never installed on Linux x64 and arm64 (glibc).
 */

export interface LockFile {
  /** By place in the tree: "" is the project, then `node_modules/<name>`, possibly nested. */
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/** As far as it matters here; everything else is passed through. */
interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface MissingPackage {
  readonly name: string;
  /** An exact version; ranges do not occur among platform packages. */
  readonly version: string;
  /** Whether only a development dependency asks for it. */
  readonly dev: boolean;
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

/**
 * The lock file with an entry for each missing package: version and platform, no integrity, as that is not known here.
 * Throws for a package that this platform might have to install, or whose name does not tell the platform.
 */
export function completeLockFile<Lock extends LockFile>(lock: Lock): Lock {
  const added = missingOptionals(lock).map((missing) => [`node_modules/${missing.name}`, entryFor(missing)] as const);
  const entries = [...Object.entries(lock.packages), ...added];
  entries.sort(([left], [right]) => left.localeCompare(right, "en")); // npm's own order
  return { ...lock, packages: Object.fromEntries(entries) };
}

/** Its platform is told by words of the name, as in `@oxlint/binding-linux-arm-musleabihf`. */
function entryFor({ name, version, dev }: MissingPackage): LockEntry {
  const words = name.split(/[/-]/);
  const cpu = words.find((word) => CPU.includes(word));
  const os = words.find((word) => OS.includes(word));
  const libc = os === "linux" ? words.flatMap((word) => LIBC[word] ?? [])[0] : undefined;
  // The project promises to run on these.
  const isSupported = os === "linux" && libc !== "musl" && (cpu === "x64" || cpu === "arm64");
  if (cpu === undefined || (os === undefined && cpu !== "wasm32") || isSupported)
    throw new Error(`${name}@${version} must come from a registry: run npm install`);
  const entry = { version, cpu: [cpu], ...(dev && { dev }), ...(libc && { libc: [libc] }), optional: true };
  return { ...entry, ...(os && { os: [os] }) }; // in npm's order
}
