/**
 * Values of variables and secrets as lines of `.dev.vars`, which wrangler reads with the grammar of dotenv.
 * Used by wrangler.ts. Invariant: what wrangler reads is the value to the last character; what cannot be written so is refused.
 */

/** Throws an error that names the variable and not its value. */
export function writeDevVariable(name: string, value: string): string {
  const written = quoted(value);
  if (written !== null) return `${name}=${written}\n`;
  throw new Error(
    `${name}: wrangler cannot read this value locally: it has line breaks, # or every kind of quote in a combination ` +
      "(or with a backslash at its end) that .dev.vars has no form for; use another value here",
  );
}

/** Nothing can be escaped: a quote ends the value, and a backslash before the quote at its end would go on with the next line. */
function quoted(value: string): string | null {
  const isPlain = !value.includes("\r") && !value.endsWith("\\");
  const quote = isPlain ? ["'", "`"].find((each) => !value.includes(each)) : undefined;
  if (quote !== undefined) return `${quote}${value}${quote}`;
  // Here alone `\n` and `\r` are line breaks, and a carriage return can be written no other way.
  if (!/"|\\[nr]|\\$/.test(value)) return `"${value.replaceAll("\r", "\\r")}"`;
  return /^[^'"`#\r\n][^#\r\n]*$/.test(value) && value === value.trim() ? value : null;
}
