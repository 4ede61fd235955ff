/** Which release this is, as package.json says (a test compares). Shown by `--version`. */
export const VERSION = "0.1.0";
