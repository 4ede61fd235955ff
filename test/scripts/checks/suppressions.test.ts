/**
 * Which lint suppressions count as unexplained.
 */
import { describe, expect, it } from "vitest";
import { unreasonedSuppressions } from "../../../scripts/checks/suppressions.ts";

/** Put together, so that the check of this very file does not find it. */
const DISABLE = ["oxlint", "disable"].join("-");

describe("unreasoned suppressions", () => {
  it("are those without a reason of at least three words, with their line", () => {
    const source = [
      `// ${DISABLE}-next-line no-console`,
      "console.log(1);",
      `// ${DISABLE} no-console -- because`,
      `/* ${DISABLE} */`,
      `const x = 1; // ${DISABLE}-line no-var -- must stay here for the loader`,
      `// ${DISABLE} no-restricted-globals -- only converts an instant`,
    ].join("\n");
    expect(unreasonedSuppressions(source)).toEqual([
      `1: // ${DISABLE}-next-line no-console`,
      `3: // ${DISABLE} no-console -- because`,
      `4: /* ${DISABLE} */`,
    ]);
  });

  it("are not found where there are none", () => {
    expect(unreasonedSuppressions("const oxlint = 'disable';\n")).toEqual([]);
  });
});
