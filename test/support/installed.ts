/**
 * Programs of the system that tests use for real. Where one is missing a test is skipped with the reason; on CI it fails.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Debian keeps some daemons where ordinary users do not look. */
const FOLDERS = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];

/** The path of a program, or null. `folder` is looked into first. */
export function findProgram(name: string, folder?: string): string | null {
  return (
    [...(folder === undefined ? [] : [folder]), ...FOLDERS]
      .map((each) => join(each, name))
      .find((path) => existsSync(path)) ?? null
  );
}

/** The path of a Python that can import the module, or null. `environment`: one that is looked at first. */
export function findPythonWith(module: string, environment?: string): string | null {
  const pythons = [...(environment === undefined ? [] : [environment]), "/usr/bin/python3", "python3"];
  return pythons.find((python) => imports(python, module)) ?? null;
}

/** Whether to skip a test, whose name says what it needs: "(needs haproxy)". On CI everything runs: what is missing fails there. */
export function skipWithout(found: string | null): boolean {
  return found === null && process.env["CI"] === undefined;
}

function imports(python: string, module: string): boolean {
  try {
    execFileSync(python, ["-c", `import ${module}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
