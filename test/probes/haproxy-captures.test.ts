/**
 * A hundred and twenty captures of a real HAProxy, states of servers × texts of its checks: each cell of its CSV, as it is read here,
 * against what the admin socket says of the same field by its name.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStatistics, type Row } from "../../shared/probes/haproxy-csv.ts";
import { startHaproxy, HAPROXY, type HaproxyServer } from "../support/haproxy-server.ts";
import { skipWithout } from "../support/installed.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

/** As they are written in a configuration of HAProxy, within double quotes. */
const TEXTS = [
  "plain",
  "one, two, and three",
  'says \\"no\\"',
  'all of it: \\"a, b\\", c',
  '\\"',
  ",,,",
  "first\\nsecond",
  "ends with a line end\\n",
  'three\\r\\nlines, one \\"quoted\\"\\n',
  "# pxname,svname,status",
  "ünï — 漢字, ✓",
  '{\\"error\\": {\\"code\\": 503, \\"type\\": \\"unavailable_error\\"}}',
];

/** What is done to a server that is checked, by the admin socket. */
const STATES: Readonly<Record<string, string>> = {
  "as it is checked": "state ready",
  "in maintenance": "state maint",
  draining: "state drain",
  "declared down": "health down",
  "declared up": "health up",
  stopping: "health stopping",
  "without weight": "weight 0",
  "with less weight": "weight 50%",
  "at another address": "addr 127.0.0.2",
  "with more weight": "weight 200",
};

/** One check of each at the start, and then none: what is read twice is the same. */
const backend = (index: number, [up, down, hanging, turning]: readonly number[]): string => `
backend text_${index}
    option httpchk GET /
    http-check expect status 200 comment "${TEXTS[index]}" on-success "${TEXTS[index]}" on-error "${TEXTS[index]}"
    timeout check 1h
    server up 127.0.0.1:${up} check inter 1h fall 3 rise 2
    server down 127.0.0.1:${down} check inter 1h fall 3 rise 3
    server hanging 127.0.0.1:${hanging} check inter 1h fall 3 rise 2
    server recovering 127.0.0.1:${turning} check inter 1h fastinter 1h downinter 50ms fall 1 rise 3
    server unchecked 127.0.0.1:${up}
    server spare 127.0.0.1:${up} check inter 1h backup
`;

describe.skipIf(skipWithout(HAPROXY))("captures of a real HAProxy (needs haproxy)", () => {
  let targets: TargetServer[];
  let proxy: HaproxyServer;

  beforeAll(async () => {
    targets = [
      await startTarget(),
      await startTarget(sendJson(503, {})),
      await startTarget(() => {}),
      await startTarget(sendJson(503, {})),
    ];
    const ports = targets.map(({ port }) => port);
    proxy = await startHaproxy(TEXTS.map((_, index) => backend(index, ports)).join(""), "text_0");
  });
  afterAll(async () => {
    await proxy?.close();
    await Promise.all(targets.map((target) => target.close()));
  });

  async function capture(): Promise<{ rows: readonly Row[]; names: string[] }> {
    const text = await (await fetch(proxy.statisticsUrl)).text();
    const { rows } = readStatistics(text, { isCutOff: false }) ?? expect.unreachable(text.slice(0, 200));
    // The last one has no name; "-" stands between what HAProxy has always told and what its modules tell.
    const names = text
      .slice(2, text.indexOf("\n"))
      .split(",")
      .slice(0, -1)
      .filter((name) => name !== "-");
    return { rows, names };
  }

  it("are 120, and no field of them is misread", async () => {
    const count = async (holds: (cells: Row) => boolean): Promise<number> =>
      (await capture()).rows.filter(holds).length;
    await expect.poll(() => count((cells) => cells("last_chk") !== "")).toBe(4 * TEXTS.length);
    for (const target of targets.slice(3)) target.response = sendJson(200, {});
    await expect.poll(() => count((cells) => cells("status") === "DOWN 1/3")).toBe(TEXTS.length);
    const misread: string[] = [];
    const statuses = new Set<string>();
    let captures = 0;
    let fields = 0;
    for (const command of Object.values(STATES)) {
      for (const index of TEXTS.keys()) {
        for (const server of ["up", "down"]) await proxy.tell(`set server text_${index}/${server} ${command}`);
        const before = await readByName(proxy);
        const { rows, names } = await capture();
        const after = await readByName(proxy);
        captures += 1;
        expect(rows).toHaveLength(before.size);
        for (const cells of rows) {
          statuses.add(cells("status"));
          fields += names.length;
          misread.push(...findMisread(cells, names, [before, after]));
        }
      }
    }
    expect(misread).toEqual([]);
    expect(captures).toBe(120);
    expect(fields).toBeGreaterThan(120 * 80 * 90);
    // Whatever there is to be read: served, failing, recovering, taken out.
    expect([...statuses].map((status) => status.replace(/\d+/g, "n"))).toEqual(
      expect.arrayContaining(["UP", "DOWN", "UP n/n", "DOWN n/n", "MAINT", "DRAIN", "NOLB", "no check", "OPEN"]),
    );
  });
});

const keyOf = (proxy: string, server: string): string => `${proxy}/${server}`;

/** What is going on at one moment and not at the next. */
const MOMENTARY = /^(h\d_open_\w+|[sq]cur|\w*rate|\w+_conn_\w+)$/;

type Readings = ReadonlyMap<string, ReadonlyMap<string, string>>;

function findMisread(cells: Row, names: readonly string[], readings: readonly Readings[]): string[] {
  const key = keyOf(cells("pxname"), cells("svname"));
  return names.flatMap((name) => {
    const told = readings.map((reading) => reading.get(key)?.get(name) ?? "");
    return isOneOf(cells(name), name, told) ? [] : [`${key}.${name}: ${cells(name)}, not ${told.join(" or ")}`];
  });
}

/** What the field was right before or right after; a count may have been between them. */
function isOneOf(cell: string, name: string, [before = "", after = ""]: readonly string[]): boolean {
  if (cell === before || cell === after) return true;
  if ([cell, before, after].some((text) => !/^\d+$/.test(text))) return false;
  return MOMENTARY.test(name) || (Number(cell) >= Number(before) && Number(cell) <= Number(after));
}

/** `S.4.1.56.last_chk.1:MCP:str:…`; what does not begin so goes on with the text before. */
const FIELD = /^[FBSL]\.(\d+\.\d+)\.\d+\.([^.\n]+)\.\d+:\w+:\w+:/;

/** Every field by its name, of each line of the table by proxy and server: another reading than that of the CSV. */
async function readByName(proxy: HaproxyServer): Promise<Map<string, Map<string, string>>> {
  const objects = new Map<string, Map<string, string>>();
  let last: { fields: Map<string, string>; name: string } | null = null;
  for (const line of (await proxy.tell("show stat typed")).replace(/\n\n$/, "").split("\n")) {
    const [begin = "", id = "", name = ""] = FIELD.exec(line) ?? [];
    if (begin === "") {
      if (last) last.fields.set(last.name, `${last.fields.get(last.name)}\n${line}`);
      continue;
    }
    const fields = objects.get(id) ?? new Map<string, string>();
    objects.set(id, fields.set(name, line.slice(begin.length)));
    last = { fields, name };
  }
  return new Map(
    [...objects.values()].map((fields) => [keyOf(fields.get("pxname") ?? "", fields.get("svname") ?? ""), fields]),
  );
}
