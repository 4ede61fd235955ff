/**
 * Reads the arguments of a program. Used by the commands here and in scripts/; knows no option.
 * Invariant: wrong ones end the program, with what is wrong, how it is used, and exit code 2.
 */
const EXIT_USAGE = 2;

/** `read` throws with a sentence for the user, or with none where the usage says enough. */
export function readArguments<Result>(read: () => Result, usage = ""): Result {
  try {
    return read();
  } catch (error) {
    const { message } = error as Error; // of parseArgs, or ours
    console.error([message, usage].filter(Boolean).join("\n"));
    process.exit(EXIT_USAGE);
  }
}
