/**
 * Finds lint suppressions without a reason: `// oxlint-disable-next-line rule -- why this is right here`.
 * oxlint itself reports those that suppress nothing. Pure; check.ts gives it the texts.
 * Invariant: the reason has at least three words.
 */

const SUPPRESSION = /\b(?:oxlint|eslint)-disable(?:-next-line|-line)?\b(.*)/;
const REASON = / -- \S+(?: \S+){2,}/;

/** `line: text` of each suppression without a reason, in the order of the file. */
export function unreasonedSuppressions(source: string): string[] {
  return source.split("\n").flatMap((line, index) => {
    const found = SUPPRESSION.exec(line);
    return found && !REASON.test(found[1] ?? "") ? [`${index + 1}: ${line.trim()}`] : [];
  });
}
