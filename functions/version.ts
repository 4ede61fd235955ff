/** Which release this is, as package.json says (a test compares). Shown by `--version`, `/`, `/health` and the log of the start. */
export const VERSION = "0.1.0";
