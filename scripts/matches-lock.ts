/**
 * Ends with 0 when node_modules holds what package-lock.json says: `sh scripts/node.sh scripts/matches-lock.ts production|full`.
 * For install.sh, where somebody has installed by hand; goes by what npm noted there when it had finished.
 * Invariant: whatever is missing, or there in another version, does not match; only what this machine or mode leaves out may be missing.
 */
import { readFileSync } from "node:fs";

interface Package {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** By place in the tree, such as `node_modules/zod`; without the project itself. */
function packagesOf(path: string): Map<string, Package> {
  const { packages = {} } = JSON.parse(readFileSync(path, "utf8")) as { packages?: Record<string, Package> };
  return new Map(Object.entries(packages).filter(([place]) => place !== ""));
}

const isFull = process.argv[2] === "full";
const locked = packagesOf("package-lock.json");
const installed = packagesOf("node_modules/.package-lock.json");

const mayBeMissing = ({ dev, optional, devOptional }: Package): boolean =>
  optional === true || (!isFull && (dev === true || devOptional === true));
const isSame = (wanted: Package, found: Package | undefined): boolean =>
  found ? wanted.version === found.version && wanted.integrity === found.integrity : mayBeMissing(wanted);

const hasAll = [...locked].every(([place, wanted]) => isSame(wanted, installed.get(place)));
const hasNoOther = [...installed.keys()].every((place) => locked.has(place));
process.exitCode = hasAll && hasNoOther ? 0 : 1;
