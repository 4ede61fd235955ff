/**
 * Finds paths that README, CONTRIBUTING, the fault matrix and the headers of sources name and that are not there (any more).
 * In a document a word counts as a path when it is code or a link, and begins with one of the project's top-level names or ends
 * like a file of ours; in a header when it ends like a source. A guard, not a proof. check.ts calls it with the facts of the disk.
 * Invariant: placeholders (`shared/probes/<name>.ts`) are cut off where they begin; the folder before them must exist.
 */

export interface DocReferences {
  /** Paths looked at, so that a check of nothing is noticed. */
  readonly pathCount: number;
  readonly missing: readonly string[];
}

export interface Disk {
  readonly exists: (path: string) => boolean;
  /** Names at the top level of the project. */
  readonly topLevel: ReadonlySet<string>;
  /** Top-level names that come and go, such as `dist`. */
  readonly ignored: ReadonlySet<string>;
}

const FILE_ENDING = /\.(cjs|css|csv|html|js|json|md|mjs|py|sh|sql|toml|ts|ya?ml)$/;
const CODE = /```[\s\S]*?```|`[^`\n]+`/g;
const LINK = /\]\(([^)\s]+)\)/g;
const PLACEHOLDER = /[^/]*[<{*$…].*$/;

/** Checks one document; its paths are relative to the top of the project. */
export function checkDocument(markdown: string, disk: Disk): DocReferences {
  const paths = new Set(words(markdown).flatMap((word) => pathIn(word, disk) ?? []));
  return { pathCount: paths.size, missing: [...paths].filter((path) => !disk.exists(path)) };
}

function words(markdown: string): string[] {
  const code = (markdown.match(CODE) ?? []).flatMap((span) => span.split(/[\s`"'()=,;|]+/));
  const links = [...markdown.replace(CODE, "").matchAll(LINK)].map(([, target = ""]) => target.replace(/#.*$/, ""));
  return [...code, ...links];
}

/** The path that a word names; null when it names none, or one that git ignores. */
function pathIn(word: string, { topLevel, ignored }: Disk): string | null {
  const plain = word
    .replace(/^\.\//, "")
    .replace(/[.:]+$/, "")
    .replace(/:\d+$/, "");
  const path = plain.replace(PLACEHOLDER, "").replace(/\/$/, "");
  const [first = ""] = plain.split("/");
  if (path === "" || ignored.has(first) || /^[a-z]+:\/\/|^[/@~-]/.test(plain)) return null;
  const isOurs = plain.includes("/") ? topLevel.has(first) : FILE_ENDING.test(plain);
  return isOurs ? path : null;
}

const HEADER = /^(?:#!.*\n)?\s*\/\*\*[\s\S]*?\*\/|^(?:#.*\n)+/;
const SOURCE = /(?<![\w./-])[\w./-]+\.(?:ts|sh|sql|py)\b/g;

/**
 * Checks the comment at the top of one source. `endpoints/registry.ts` is there when a file's path ends so.
 * @param sources paths of all sources, relative to the top of the project
 */
export function checkHeader(source: string, sources: readonly string[]): DocReferences {
  const paths = new Set(HEADER.exec(source)?.[0].match(SOURCE));
  const exists = (path: string): boolean => sources.some((file) => file === path || file.endsWith(`/${path}`));
  return { pathCount: paths.size, missing: [...paths].filter((path) => !exists(path.replace(/^\.\//, ""))) };
}
