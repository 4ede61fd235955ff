/**
 * The part of the transport's contract about exchanges that fail: reasons, deadlines, silence about secrets.
 */
import { describe, expect, it } from "vitest";
import { closedPort } from "../support/loopback-server.ts";
import {
  expectAnswer,
  expectFailure,
  useTransport,
  type MakeTransport,
  type TransportAbilities,
} from "../support/transport-bench.ts";

const CANARY = "canary-s3cret";

export function failureContract(make: MakeTransport, { tellsInvalidHttp }: TransportAbilities): void {
  const invalid = tellsInvalidHttp ? "protocol" : "reset";

  describe("failure", () => {
    const { serve, hostile, ask } = useTransport(make);

    it.each([
      ["reset_at_once", "reset"],
      ["reset", "reset"],
      ["reset_in_body", "reset"],
      ["fin", "reset"],
      ["short_body", "reset"],
      ["cut_off_chunks", "reset"],
      ["cut_off_last_chunks", "reset"],
      ["two_lengths", invalid],
      ["not_http", invalid],
      ["ssh_banner", invalid],
      ["unasked_upgrade", "protocol"],
      ["many_headers", "protocol"],
      ["one_huge_header", invalid],
      ["empty_blocks", "bad_body"],
      ["endless_chunk_extension", invalid],
      ["endless_hints", tellsInvalidHttp ? "protocol" : "deadline_response"],
      ["endless_blank_lines", invalid],
      ["chained_encodings", "bad_body"],
      ["two_encodings", "bad_body"],
      ["unknown_encoding", "bad_body"],
      ["broken_gzip", "bad_body"],
    ] as const)("after %s has the reason %s", async (mischief, reason) => {
      const server = await hostile(mischief);
      const isDeadline = reason === "deadline_response";
      expect(expectFailure(await ask(server, isDeadline ? { timeoutMs: 300 } : {})).reason).toBe(reason);
      await server.untilIdle();
    });

    it("has the reason refused when nothing listens", async () => {
      const failure = expectFailure(await ask({ port: await closedPort() }));
      expect(failure).toMatchObject({ reason: "refused", message: "Connection refused" });
    });

    it.each(["silent", "slow_headers", "dripping_body"] as const)(
      "comes when the deadline passes, for %s",
      async (mischief) => {
        const server = await hostile(mischief);
        const timeoutMs = 600;
        const startedMs = performance.now();
        const failure = expectFailure(await ask(server, { timeoutMs }));
        const tookMs = performance.now() - startedMs;
        expect(failure).toMatchObject({ reason: "deadline_response", message: "Request timed out" });
        expect(tookMs).toBeGreaterThanOrEqual(timeoutMs - 5);
        expect(failure.durationMs).toBeGreaterThanOrEqual(timeoutMs - 5);
        await server.untilIdle();
      },
    );

    it("tells how far the exchange came before the deadline", async () => {
      const { timings } = expectFailure(await ask(await hostile("dripping_body"), { timeoutMs: 1_500 }));
      expect(Object.keys(timings).at(-1)).toBe("bodyMs");
    });

    it.each(["reset", "not_http", "silent", "short_body"] as const)(
      "says nothing of the query or the headers, for %s",
      async (mischief) => {
        const { port } = await hostile(mischief);
        const failure = expectFailure(
          await ask(
            { port },
            {
              url: `http://127.0.0.1:${port}/?token=${CANARY}`,
              headers: { authorization: CANARY },
              timeoutMs: 200,
            },
          ),
        );
        expect(JSON.stringify(failure)).not.toContain(CANARY);
      },
    );

    it("is a value, not a rejection, even for a header that cannot be sent", async () => {
      const server = await serve((_request, response) => response.end());
      const outcome = await ask(server, { headers: { "x-bad": "line\r\nbreak" } });
      expect(expectFailure(outcome).reason).toBe("internal");
    });

    it("runs exchanges side by side, so that a silent server delays nobody", async () => {
      const silent = await hostile("silent");
      const server = await serve((_request, response) => response.end("ok"));
      const ended = new Set<number>();
      const slow = Array.from({ length: 20 }, async (_, index) => {
        const outcome = await ask(silent);
        ended.add(index);
        return outcome;
      });
      await Promise.all(Array.from({ length: 20 }, async () => expectAnswer(await ask(server))));
      expect(ended.size).toBe(0);
      await silent.close();
      for (const outcome of await Promise.all(slow)) expect(expectFailure(outcome).reason).toMatch(/^(reset|refused)$/);
    });
  });
}
