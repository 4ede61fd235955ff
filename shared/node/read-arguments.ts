/**
 * Reads the arguments of a program. Used by the service, the commands of the user and scripts/; knows no option.
 * Invariant: wrong ones end the program, with what is wrong, how it is used, and exit code 64.
 */

import { parseArgs, type ParseArgsConfig } from "node:util";

/** sysexits.h: EX_USAGE. */
const EXIT_USAGE = 64;

/** `read` throws with a sentence for the user, or with none where the usage says enough. */
export function readArguments<Result>(read: () => Result, usage = ""): Result {
  try {
    return read();
  } catch (error) {
    const { message } = error as Error; // of parseArgs, or ours
    process.stderr.write(`${[message, usage].filter(Boolean).join("\n")}\n`);
    process.exit(EXIT_USAGE);
  }
}

/** As parseArgs, but of an option that counts once none is given twice: the other one would be dropped without a word. */
export function parseOnce<const Options extends ParseArgsConfig>(
  options: Options,
): ReturnType<typeof parseArgs<Options>> {
  const { tokens = [] } = parseArgs({ ...options, tokens: true });
  const names = tokens.flatMap((token) => {
    return token.kind === "option" && !options.options?.[token.name]?.multiple ? [token.name] : [];
  });
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Error(`--${twice} is given twice`);
  return parseArgs(options);
}
