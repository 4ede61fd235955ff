/**
 * The OpenAPI document against the running service: whatever schemathesis makes of it, good and bad, the service answers as the
 * document says. All of its checks hold; hooks.py only makes good requests good where no schema can say what is.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { newToken } from "../../../functions/cli/new-token.ts";
import { childMarks } from "../../../scripts/take-along.ts";
import { findProgram, skipWithout } from "../../support/installed.ts";
import { startService } from "../../support/service-process.ts";
import { SOAK_LIMIT_MS, times } from "../../support/soak.ts";
import { sendJson, startTarget } from "../../support/target-server.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const SCHEMATHESIS = findProgram(
  "schemathesis",
  fileURLToPath(new URL("../../../.cache/schemathesis/bin", import.meta.url)),
);

/** Given as a file, since not everybody may read it. */
const DOCUMENT = "openapi.json";

const TOKENS = { reader: newToken("reader"), operator: newToken("operator"), admin: newToken("admin") };
const SCOPES = { reader: ["read"], operator: ["read", "alerts:write"], admin: ["admin"] };

type Who = keyof typeof TOKENS | "nobody";

interface Case {
  readonly reads: "open" | "token";
  readonly who: Who;
  readonly phases: string;
}

/** `coverage` are the edges of every schema, `fuzzing` some values at random, `stateful` what follows from an answer. */
const ALL_PHASES = "coverage,fuzzing,stateful";

/** The other tokens, and none, differ from these in what is answered with 401 and 403 only. */
const USUAL: readonly Case[] = [
  { reads: "open", who: "admin", phases: ALL_PHASES },
  { reads: "token", who: "reader", phases: "coverage" },
];

const EVERY: readonly Case[] = (["open", "token"] as const).flatMap((reads) =>
  (["nobody", "reader", "operator", "admin"] as const).map((who) => ({ reads, who, phases: ALL_PHASES })),
);

/** At random, of each operation. */
const EXAMPLES = times(3, 20);

describe.skipIf(skipWithout(SCHEMATHESIS))("the OpenAPI document (needs schemathesis, which .ci/run installs)", () => {
  it.concurrent.each(times(USUAL, EVERY))(
    "is what the service takes and answers, where reads are $reads, for $who",
    async ({ reads, who, phases }) => {
      const target = await startTarget(sendJson(503, {}));
      const service = await startService({ config: configurationFor(target.url, reads) });
      const folder = mkdtempSync(join(tmpdir(), "schemathesis-"));
      const url = `http://127.0.0.1:${service.port}`;
      const authorization = `Bearer ${TOKENS.admin.token}`;
      const openApi = await fetch(`${url}/openapi.json`, { headers: { authorization } });
      writeFileSync(join(folder, DOCUMENT), await openApi.text());
      const child = spawn(SCHEMATHESIS ?? "", [...parametersFor(url, who), `--phases=${phases}`], {
        cwd: folder,
        env: {
          ...childMarks(),
          PATH: process.env["PATH"],
          PYTHONPATH: FOLDER,
          SCHEMATHESIS_HOOKS: "hooks",
          PYTHONDONTWRITEBYTECODE: "1",
        },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [said, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
      await Promise.all([service.stop(), target.close()]);
      rmSync(folder, { recursive: true });
      expect(code, said).toBe(0);
      expect(said).toMatch(/\d{3,} generated, \d{3,} passed/);
    },
    SOAK_LIMIT_MS,
  );
});

function parametersFor(url: string, who: Who): string[] {
  const options = [
    `--url=${url}`,
    ...(who === "nobody" ? [] : [`--header=Authorization: Bearer ${TOKENS[who].token}`]),
    "--checks=all",
    "--continue-on-failure",
    `--max-examples=${EXAMPLES}`,
    "--exclude-method=HEAD", // as GET, only without a body
    "--generation-deterministic",
    "--no-color",
  ];
  return ["run", DOCUMENT, ...options];
}

function configurationFor(url: string, reads: "open" | "token"): string {
  const tools = { name: "Tools Server", url, critical: true, timeout: 2, failures: 1 };
  const tokens = Object.fromEntries(
    Object.entries(TOKENS).map(([name, { hash }]) => [name, { hash, scopes: SCOPES[name as keyof typeof SCOPES] }]),
  );
  return JSON.stringify({
    services: { tools },
    routes: { llm: ["tools"] },
    auth: { ...(reads === "token" && { reads }), tokens },
  });
}
