/**
 * Reads the arguments of a program. Used by the service, the commands of the user and scripts/; knows no option.
 * Invariant: wrong ones end the program, with what is wrong, how it is used, and exit code 64.
 */

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
