/**
 * What the benchmark fills a database with: nothing that would compress better than life does.
 */
import { describe, expect, it } from "vitest";
import {
  lifelikeHttp,
  lifelikeRedis,
  seededRandom,
  type LifelikeService,
} from "../../../scripts/bench/lifelike-checks.ts";

const START_MS = Date.UTC(2026, 0, 1);
const DAY_CHECKS = 2_880;

const dayOf = (service: LifelikeService) =>
  Array.from({ length: DAY_CHECKS }, (_, index) => service.check(START_MS + index * 30_000));

describe("seededRandom", () => {
  it("gives the same numbers for the same seed, spread from 0 to 1", () => {
    const [one, other] = [seededRandom(7), seededRandom(7)];
    const numbers = Array.from({ length: 1_000 }, one);
    expect(numbers).toEqual(Array.from({ length: 1_000 }, other));
    expect(Math.min(...numbers)).toBeLessThan(0.01);
    expect(Math.max(...numbers)).toBeGreaterThan(0.99);
    expect(Math.max(...numbers)).toBeLessThan(1);
  });
});

describe("lifelikeHttp", () => {
  it("varies its response times in the resolution that is stored", () => {
    const times = dayOf(lifelikeHttp("tools", seededRandom(1))).map(({ responseTimeMs }) => responseTimeMs);
    const counts = [...Map.groupBy(times, (ms) => ms).values()].map(({ length }) => length);
    expect(Math.max(...counts)).toBeLessThan(DAY_CHECKS / 4);
    for (const ms of times) expect(Math.round(ms * 10) / 10).toBe(ms);
  });

  it("is away for some checks in a row and healthy most of the time", () => {
    const statuses = Array.from({ length: 20 }, (_, seed) => dayOf(lifelikeHttp("tools", seededRandom(seed))))
      .flat()
      .map(({ status }) => status);
    const away = statuses.filter((status) => status === "error").length;
    expect(away).toBeGreaterThan(0);
    expect(away / statuses.length).toBeLessThan(0.05);
  });
});

describe("lifelikeRedis", () => {
  it("says something else in nearly every check, as INFO does", () => {
    const details = dayOf(lifelikeRedis("redis", seededRandom(1))).map((check) => JSON.stringify(check.details));
    expect(new Set(details).size).toBe(DAY_CHECKS);
  });

  it("counts its uptime in whole seconds of the check's own time", () => {
    const service = lifelikeRedis("redis", seededRandom(1));
    const uptime = (startMs: number) => Number(service.check(startMs).details.fields?.["uptime_in_seconds"]);
    expect(uptime(START_MS + 30_000) - uptime(START_MS)).toBe(30);
  });
});
