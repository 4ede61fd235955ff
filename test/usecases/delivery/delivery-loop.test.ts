/**
 * When a host that stays alive looks into its outbox: at once when woken, when something is due, after faults, and never after
 * the stop.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { DeliveryLoop } from "../../../shared/usecases/delivery/delivery-loop.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const S = 1_000;

let clock: FakeClock;
let logged: string[];
/** When it looked, in s since the start. */
let looks: number[];
/** What the next looks find. */
let find: () => Promise<number>;
let isStopped: boolean;
let loop: DeliveryLoop;

beforeEach(() => {
  clock = new FakeClock(T0);
  logged = [];
  looks = [];
  isStopped = false;
  find = async () => Infinity;
  const deliverer = {
    deliverDue() {
      looks.push((clock.nowMs() - T0) / S);
      return find();
    },
    async stop() {
      isStopped = true;
    },
  };
  const log = { write: (level: string, message: string) => void logged.push(`${level} ${message}`) };
  loop = new DeliveryLoop(deliverer, { clock, log });
});

describe("the delivery loop", () => {
  it("looks at once when it is woken, and every half minute although nobody wakes it", async () => {
    await clock.advance(60 * S);
    expect(looks).toEqual([]);
    loop.wake();
    await clock.advance(65 * S);
    expect(looks).toEqual([60, 90, 120]);
  });

  it("looks when something is due, and for what was due before at once", async () => {
    const dueS = [4, 11, 3, 100];
    find = async () => T0 + (dueS.shift() ?? 1_000) * S;
    loop.wake();
    await clock.advance(50 * S);
    expect(looks).toEqual([0, 4, 11, 11.001, 41.001]);
  });

  it("looks again a second after a fault, and tells of it once until it works again", async () => {
    find = async () => {
      if ([2, 5].includes(looks.length)) return T0;
      throw new Error("disk I/O error");
    };
    loop.wake();
    await clock.advance(1.5 * S);
    expect(looks).toEqual([0, 1, 1.001]);
    await clock.advance(S);
    expect(logged).toEqual(["error the outbox does not work", "error the outbox does not work"]);
  });

  it("looks for what came while it was looking, without waiting for that look to end", async () => {
    find = () => new Promise(() => {});
    loop.wake();
    await clock.advance(5 * S);
    loop.wake();
    loop.wake();
    await clock.advance(S);
    expect(looks).toEqual([0, 5, 5]);
  });

  it("has one timer, however often it is woken", async () => {
    for (let time = 0; time < 5; time += 1) loop.wake();
    await clock.advance(S);
    expect(clock.pendingTimers).toBe(1);
  });

  it("does not look after the stop, not even when a look ends after it", async () => {
    let end = (): void => {};
    find = () => new Promise((resolve) => (end = () => resolve(T0)));
    loop.wake();
    await clock.advance(S);
    await loop.stop();
    end();
    await clock.advance(60 * S);
    loop.wake();
    await clock.advance(60 * S);
    expect([looks, isStopped, clock.pendingTimers]).toEqual([[0], true, 0]);
  });
});
