/**
 * What `npm start -- …` says: which configuration, or only a question that is answered at once.
 * Called by functions/runtimes/main.ts before anything else. Invariant: what is not understood starts nothing.
 */
import { parseOnce, readArguments } from "./read-arguments.ts";

const USAGE = `usage: npm start -- [--config FILE] [--version] [--help]
Watches what cluster.yaml, or FILE, says, and a demo cluster when there is neither. The README lists the variables that it reads.`;

/** Ends the program with 64 for wrong arguments, and with the answer to a question. */
export function readServiceArguments(ownVersion: string): { readonly config: string | undefined } {
  const { config, help, version } = readArguments(() => {
    const flag = { type: "boolean", default: false } as const;
    const { values } = parseOnce({ options: { config: { type: "string" }, help: flag, version: flag } });
    if (values.config?.trim() === "") throw new Error("--config needs the path of a file");
    if (values.help && values.version) throw new Error("--help and --version ask for two things");
    return values;
  }, USAGE);
  if (help || version) {
    process.stdout.write(`${help ? USAGE : ownVersion}\n`);
    process.exit();
  }
  return { config };
}
