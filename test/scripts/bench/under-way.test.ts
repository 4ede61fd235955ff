/**
 * How the pipeline under measurement knows that nothing is under way any more.
 */
import { describe, expect, it } from "vitest";
import { UnderWay } from "../../../scripts/bench/under-way.ts";

describe("UnderWay", () => {
  it("waits for the last of those that have begun", async () => {
    const underWay = new UnderWay();
    const ends: (() => void)[] = [];
    const begin = underWay.counted(() => new Promise<void>((resolve) => ends.push(resolve)));
    const both = [begin(null), begin(null)];
    const order: string[] = [];
    const none = underWay.none().then(() => order.push("none"));
    for (const [index, end] of ends.entries()) {
      end();
      await both[index];
      order.push(`ended ${index}`);
    }
    await none;
    expect(order.indexOf("none")).toBeGreaterThan(order.indexOf("ended 0"));
    expect(underWay.count).toBe(0);
  });

  it("resolves at once when nothing has begun", async () => {
    await expect(new UnderWay().none()).resolves.toBeUndefined();
  });

  it("counts one that failed as ended, and hands its error on", async () => {
    const underWay = new UnderWay();
    const fail = underWay.counted(() => Promise.reject(new Error("gone")));
    const failed = fail(null);
    expect(underWay.count).toBe(1);
    await expect(failed).rejects.toThrow("gone");
    expect(underWay.count).toBe(0);
  });
});
