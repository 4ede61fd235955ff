import { describe, expect, it } from "vitest";
import { respondWithReadable } from "../../../functions/http/event-stream.ts";

/** A stream that always has more to say, and how much it was asked for. */
function endlessStream() {
  const asked = { times: 0, ends: 0 };
  const stream = {
    next: async () => new TextEncoder().encode(`${(asked.times += 1)}`),
    end: () => void (asked.ends += 1),
  };
  const response = respondWithReadable(stream, {});
  return { asked, response };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a stream of events", () => {
  it("makes nothing for a client that takes nothing, and one piece at a time for one that does", async () => {
    const { asked, response } = endlessStream();
    await turn();
    expect(asked.times).toBe(0);
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    await turn();
    expect([new TextDecoder().decode(value), asked.times]).toEqual(["1", 1]);
  });

  it("is told when the client goes that has taken nothing", async () => {
    const { asked, response } = endlessStream();
    await response.body?.cancel();
    expect(asked).toEqual({ times: 0, ends: 1 });
  });
});
