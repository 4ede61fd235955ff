import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextDelivery, type Waiting } from "../../../shared/domain/alerting/delivery-order.ts";

interface Item extends Waiting {
  readonly name: string;
}

function item(name: string, alerts: string, more: Partial<Waiting> = {}): Item {
  return { name, alertIds: alerts.split(" "), dueMs: 0, claimedUntilMs: 0, ...more };
}

describe("what goes next", () => {
  it("is the first that is due", () => {
    expect(nextDelivery([item("one", "a"), item("two", "b")], 10).ready?.name).toBe("one");
    expect(nextDelivery([item("one", "a", { dueMs: 20 }), item("two", "b")], 10).ready?.name).toBe("two");
    expect(nextDelivery([item("one", "a", { claimedUntilMs: 20 }), item("two", "b")], 10).ready?.name).toBe("two");
  });

  it("is never the later of two about one alert while the earlier waits", () => {
    const waiting = [item("begin", "a b", { dueMs: 20 }), item("end of a", "a"), item("end of c", "c")];
    expect(nextDelivery(waiting, 10).ready?.name).toBe("end of c");
    expect(nextDelivery(waiting.slice(0, 2), 10)).toEqual({ ready: null, nextDueMs: 20 });
  });

  it("holds up what shares an alert with what is itself held up", () => {
    const waiting = [item("one", "a", { dueMs: 20 }), item("two", "a b"), item("three", "b")];
    expect(nextDelivery(waiting, 10)).toEqual({ ready: null, nextDueMs: 20 });
  });

  it("is nothing when nothing waits", () => {
    expect(nextDelivery([], 10)).toEqual({ ready: null, nextDueMs: Infinity });
  });

  it("sends everything in the order of each alert, whatever has to be tried again", () => {
    const anItem = fc.record({
      alertIds: fc.uniqueArray(fc.constantFrom<string>("a", "b", "c"), { minLength: 1 }),
      dueMs: fc.nat({ max: 50 }),
      claimedUntilMs: fc.nat({ max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(anItem, { maxLength: 12 }), (items) => {
        let waiting = items.map((each, index) => ({ ...each, index }));
        const sent: typeof waiting = [];
        for (let nowMs = 0; waiting.length > 0;) {
          const { ready, nextDueMs } = nextDelivery(waiting, nowMs);
          if (ready) {
            sent.push(ready);
            waiting = waiting.filter((each) => each !== ready);
          } else {
            expect(nextDueMs).toBeGreaterThan(nowMs);
            nowMs = nextDueMs;
          }
        }
        for (const id of ["a", "b", "c"]) {
          const order = sent.filter(({ alertIds }) => alertIds.includes(id)).map(({ index }) => index);
          expect(order).toEqual(order.toSorted((left, right) => left - right));
        }
      }),
    );
  });
});
