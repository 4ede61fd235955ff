import { expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startService } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

/**
 * Makes the main thread deaf at SIGUSR2 for longer than a probe may take, as a huge JSON or a bug would. No blanks: it goes into
 * NODE_OPTIONS.
 */
const BLOCK = "process.on('SIGUSR2',()=>{Atomics.wait(new/**/Int32Array(new/**/SharedArrayBuffer(4)),0,0,7000)})";

/** Until the first check after the block, evidence is older than these quick services allow. */
const OWN_ABSENCE = "is unknown - No fresh check";

it("A main thread that is blocked for seconds is no outage of anybody, and everything works afterwards", async () => {
  const slowly: TargetServer["response"] = (request_, response) => {
    setTimeout(() => sendJson(200, {})(request_, response), 60);
  };
  const target = await startTarget(slowly);
  const timing = { url: target.url, timeout: 5 };
  const services = {
    a: { ...timing, critical: true, interval: 0.2 },
    b: { ...timing, critical: true, interval: 0.3 },
    c: { ...timing, critical: true, interval: 0.2 },
  };
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${BLOCK}` };
  const service = await startService({ config: JSON.stringify({ services }), env });
  try {
    await request(service.port, "/cluster_health?fresh=true");
    const from = service.output().length;
    // Now a probe is under way, so the block falls into it.
    await new Promise<void>((resolve) => {
      target.response = (request_, response) => {
        target.response = slowly;
        service.signal("SIGUSR2");
        slowly(request_, response);
        resolve();
      };
    });
    // Asked while nobody listens; the answer comes all the same.
    expect((await request(service.port, "/health")).status).toBe(200);
    await service.saw("monitor was paused", from);
    await service.saw("check discarded", from);
    const seen = target.seen;
    while (target.seen < seen + 10) {
      const { alerts } = (await request(service.port, "/alerts")).json;
      expect(alerts.filter((alert: string) => !alert.endsWith(OWN_ABSENCE))).toEqual([]);
    }
    await expect.poll(async () => (await request(service.port, "/alerts")).json.alerts).toEqual([]);
    const { checks } = (await request(service.port, "/health")).json;
    expect(checks.scheduler).toMatchObject({ status: "ok", pauses: 1 });
    expect(checks.scheduler.discarded_checks).toBeGreaterThan(0);
    for (const id of Object.keys(services)) {
      const { samples } = (await request(service.port, `/history/${id}`)).json;
      expect(new Set(samples.map((sample: { status: string }) => sample.status))).toEqual(new Set(["healthy"]));
    }
  } finally {
    expect(await service.stop()).toBe(0);
    await target.close();
  }
});
