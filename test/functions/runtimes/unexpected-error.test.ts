import { describe, expect, it } from "vitest";
import { startService } from "../../support/service-process.ts";

describe("an error that nothing handles", () => {
  for (const [kind, script] of [
    ["exception", 'process.on("SIGUSR2",()=>{throw/**/new/**/Error("boom")})'],
    ["rejection", 'process.on("SIGUSR2",()=>{Promise.reject(new/**/Error("boom"))})'],
  ] as const) {
    it(`is logged once and ends the process (${kind})`, async () => {
      const service = await startService({
        config: JSON.stringify({ services: { a: { url: "http://127.0.0.1:1/" } } }),
        env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` },
      });
      service.signal("SIGUSR2");
      expect(await service.ended()).toBe(1);
      expect(
        service
          .output()
          .split("\n")
          .filter((line) => line.includes("boom")),
      ).toHaveLength(1);
      await service.stop();
    });
  }
});
