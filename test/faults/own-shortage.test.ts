/**
 * A monitor that may open few files only, as `ulimit -n` or a container says: what it could not look at is nobody's failure.
 */
import { Agent, get, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { findShortage, readOpenFilesLimit } from "../../shared/node/own-shortage.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";

/** Node and the database take some 30 of them. */
const FILES = 64;
const WITHIN = ["sh", "-c", `ulimit -n ${FILES}; exec "$@"`, "limited"];

describe("a service that may open few files", () => {
  const targets: TargetServer[] = [];
  const idle = new Set<Socket>();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let service: ServiceProcess | null = null;

  afterEach(async () => {
    release();
    agent.destroy();
    await service?.stop();
    service = null;
    await Promise.all(targets.splice(0).map((target) => target.close()));
  });

  /** As many as there are files: who is sent away comes again. */
  const holdConnections = (port: number): void => {
    while (idle.size < FILES) {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      idle.add(socket);
      socket.on("close", () => {
        if (idle.delete(socket)) holdConnections(port);
      });
    }
  };
  const release = (): void => {
    const held = [...idle];
    idle.clear();
    for (const socket of held) socket.destroy();
  };

  /** Over a connection that is kept, since an exhausted process takes no further one. */
  const statuses = async (): Promise<string[]> => {
    const options = { agent, host: "127.0.0.1", port: service?.port ?? 0, path: "/cluster_health" };
    const response = await new Promise<IncomingMessage>((resolve, reject) => get(options, resolve).on("error", reject));
    const services: Record<string, { health: { status: string; reason?: string } }> = JSON.parse(
      await text(response),
    ).services;
    return Object.entries(services).map(([id, { health }]) => `${id} ${health.status} ${health.reason ?? ""}`.trim());
  };

  it("looks at everything, and stores it, while a client opens all connections that it can", async () => {
    const target = await startTarget();
    targets.push(target);
    const watched = { critical: true, interval: 0.5, timeout: 60 };
    const services = {
      http: { ...watched, url: target.url },
      tcp: { ...watched, check_type: "tcp", host: `127.0.0.1:${target.port}` },
      name: { ...watched, url: `http://localhost:${target.port}` },
    };
    service = await startService({ config: JSON.stringify({ services }), within: WITHIN });
    const well = Object.keys(services).map((id) => `${id} healthy`);
    await expect.poll(statuses).toEqual(well);
    holdConnections(service.port);
    await service.saw("connections refused");
    const { seen } = target;
    await expect.poll(() => target.seen).toBeGreaterThan(seen + 20);
    release();
    await expect.poll(() => statuses().catch(() => [])).toEqual(well);
    expect(service.output()).not.toMatch(/shortage|service is|"level":"error"/);
  });

  it("looks at everything when hanging services would take all files", async () => {
    const hanging = await startTarget(() => {});
    const well = await startTarget();
    targets.push(hanging, well);
    const ids = Array.from({ length: 120 }, (_, index) => `h${index}`);
    const many = Object.fromEntries(ids.map((id) => [id, { url: hanging.url, interval: 30, timeout: 1 }]));
    const services = { ...many, well: { url: well.url, critical: true, interval: 1, timeout: 60 } };
    service = await startService({ config: JSON.stringify({ services }), within: WITHIN });
    await expect.poll(statuses).toEqual([...ids.map((id) => `${id} timeout deadline_response`), "well healthy"]);
  });
});

describe("the shortage of this process", () => {
  it("is none while something can be opened", () => {
    expect(findShortage()).toBeNull();
    expect(readOpenFilesLimit()).toBeGreaterThan(FILES);
  });
});
