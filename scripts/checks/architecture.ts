/**
 * Applies architecture-rules.ts to the sources with dependency-cruiser.
 * Called by check.ts, and by its test on trees with planted faults. Invariant: it fails when it has not looked at every
 * source file; dependency-cruiser itself reports "no violations (0 modules)" when its parser is missing.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { cruise, type ICruiseResult, type IViolation } from "dependency-cruiser";
import { ARCHITECTURE_RULES } from "./architecture-rules.ts";
import { SOURCE_FOLDERS, sourceFiles } from "./source-files.ts";
import type { StepResult } from "./step.ts";

/** A file that needs more than this knows too much: part of what it does belongs elsewhere. */
const MOST_IMPORTS = 25;

/** Checks the tree below `root`. Rejects when dependency-cruiser cannot run. */
export async function checkArchitecture(root: string): Promise<StepResult> {
  const files = await sourceFiles(root);
  const { modules, summary } = await cruiseTree(root);
  const cruised = new Set(modules.map(({ source }) => source));
  const missed = files.filter((file) => !cruised.has(file));
  const nothing = files.length === 0 ? ["there are no source files"] : [];
  const notLookedAt = [...nothing, ...missed].map((what) => `not-looked-at: ${what}`);
  const faults = [...notLookedAt, ...summary.violations.map(describe), ...fanOutFaults(modules)];
  return { faults, note: `${files.length} files` };
}

async function cruiseTree(root: string): Promise<ICruiseResult> {
  const folders = SOURCE_FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(
    folders,
    {
      baseDir: resolve(root), // with a relative one it finds no packages
      parser: "swc", // dependency-cruiser 18 cannot use TypeScript 7
      tsPreCompilationDeps: true, // type-only imports are arrows too
      doNotFollow: { path: "node_modules" },
      validate: true,
      ruleSet: { forbidden: [...ARCHITECTURE_RULES] },
      enhancedResolveOptions: {
        exportsFields: ["exports"],
        conditionNames: ["import", "require", "node", "default", "types"],
      },
    },
    { extensions: [".ts", ".tsx", ".mjs", ".js", ".d.ts"] },
  );
  return output as ICruiseResult; // a text only where an outputType is asked for
}

function fanOutFaults(modules: ICruiseResult["modules"]): string[] {
  return modules
    .map(({ source, dependencies }) => ({ source, count: new Set(dependencies.map(({ resolved }) => resolved)).size }))
    .filter(({ count }) => count > MOST_IMPORTS)
    .map(({ source, count }) => `fan-out: ${source} imports ${count} files and packages, ${MOST_IMPORTS} at most`);
}

function describe({ rule, from, to, cycle = [], via = [] }: IViolation): string {
  const path = [from, ...[...cycle, ...via].map(({ name }) => name)];
  if (path.at(-1) !== to && cycle.length === 0) path.push(to);
  const comment = ARCHITECTURE_RULES.find(({ name }) => name === rule.name)?.comment ?? "";
  return `${rule.name}: ${path.join(" -> ")} (${comment})`;
}
