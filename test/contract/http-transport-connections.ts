/**
 * The part of the transport's contract about connections: fresh ones end with their exchange, pooled ones may be reused.
 */
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import {
  expectAnswer,
  expectFailure,
  textOf,
  useTransport,
  type MakeTransport,
  type TransportAbilities,
} from "../support/transport-bench.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

export function connectionContract(make: MakeTransport, { ownsConnections }: TransportAbilities): void {
  if (ownsConnections) freshContract(make);
  describe("connection", () => {
    const { serve, hostile, raw, ask } = useTransport(make);

    it("of a pooled exchange is used by the next one", async () => {
      const server = await serve((_request, response) => response.end("ok"));
      for (let round = 0; round < 3; round += 1) {
        expectAnswer(await ask(server, { connection: "pooled" }));
      }
      expect(server.accepted).toBe(1);
    });

    it("is closed when a pooled answer was not read to its end", async () => {
      const server = await hostile("endless_body");
      expectAnswer(await ask(server, { connection: "pooled", maxBodyBytes: 10 }));
      await server.untilIdle();
    });

    it("that breaks when it is reused is replaced by a fresh one before that counts", async () => {
      const { server, exchanges } = await serveSome((exchange, socket) => {
        if (exchange === 2) socket.resetAndDestroy();
        else socket.write(OK);
      });
      expectAnswer(await ask(server, { connection: "pooled" }));
      expectAnswer(await ask(server, { connection: "pooled" }));
      expect({ exchanges: exchanges(), accepted: server.accepted }).toEqual({ exchanges: 3, accepted: 2 });
    });

    it("counts when the fresh one that replaces it breaks as well", async () => {
      const { server, exchanges } = await serveSome((exchange, socket) => {
        if (exchange >= 2) socket.resetAndDestroy();
        else socket.write(OK);
      });
      expectAnswer(await ask(server, { connection: "pooled" }));
      expect(expectFailure(await ask(server, { connection: "pooled" })).reason).toBe("reset");
      expect(exchanges()).toBe(3);
    });

    it("that falls silent when it is reused counts as a timeout within the same deadline", async () => {
      const { server } = await serveSome((exchange, socket) => exchange === 1 && socket.write(OK));
      expectAnswer(await ask(server, { connection: "pooled" }));
      const failure = expectFailure(await ask(server, { connection: "pooled", timeoutMs: 600 }));
      expect(failure.reason).toBe("deadline_response");
      expect(server.accepted).toBe(1);
    });

    it("that breaks late leaves only the rest of the deadline to the fresh one", async () => {
      const { server } = await serveSome((exchange, socket) => {
        if (exchange === 1) socket.write(OK);
        if (exchange === 2) setTimeout(() => socket.resetAndDestroy(), 200);
      });
      expectAnswer(await ask(server, { connection: "pooled" }));
      const silent = await hostile("silent");
      const ended: string[] = [];
      // The break comes at 200 ms; a deadline of its own would end the fresh one at 500 ms.
      const earlier = ask(silent, { timeoutMs: 250 }).then(() => ended.push("earlier"));
      const other = ask(silent, { timeoutMs: 450 }).then(() => ended.push("other"));
      const failure = expectFailure(await ask(server, { connection: "pooled", timeoutMs: 300 }));
      ended.push("late");
      await Promise.all([earlier, other]);
      expect(ended).toEqual(["earlier", "late", "other"]);
      expect(failure.reason).toBe("deadline_response");
    });

    /** Calls `answer` for each request, counted from 1 over all connections. */
    async function serveSome(response: (exchange: number, socket: Socket) => void) {
      let exchanges = 0;
      const server = await raw((socket) => {
        socket.on("data", () => {
          exchanges += 1;
          response(exchanges, socket);
        });
      });
      return { server, exchanges: () => exchanges };
    }
  });
}

function freshContract(make: MakeTransport): void {
  describe("fresh connection", () => {
    const { serve, ask } = useTransport(make);

    it("is opened and closed by each fresh exchange", async () => {
      const server = await serve((_request, response) => response.end("ok"));
      for (let round = 0; round < 3; round += 1) expectAnswer(await ask(server, { connection: "fresh" }));
      expect(server.accepted).toBe(3);
      await server.untilIdle();
    });

    it("is announced to the server as the last or as one to keep", async () => {
      const server = await serve(({ headers }, response) => response.end(headers.connection));
      expect(textOf(expectAnswer(await ask(server, { connection: "fresh" })))).toBe("close");
      expect(textOf(expectAnswer(await ask(server, { connection: "pooled" })))).toBe("keep-alive");
    });

    it("of a pooled exchange is never used by a fresh one", async () => {
      const server = await serve((_request, response) => response.end("ok"));
      expectAnswer(await ask(server, { connection: "pooled" }));
      expectAnswer(await ask(server, { connection: "fresh" }));
      expect(server.accepted).toBe(2);
    });
  });
}
