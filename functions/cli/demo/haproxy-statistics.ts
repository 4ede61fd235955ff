/**
 * What the demo's HAProxy says of its backends: the statistics as CSV, with the columns of HAProxy 2.6 that say something here.
 * Pure; services.ts answers with it. Invariant: counters only rise.
 */
const COLUMNS =
  "pxname,svname,qcur,qmax,scur,smax,slim,stot,status,weight,act,bck,type,rate,check_status,check_code,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,lastsess,last_chk,qtime,ctime,rtime,ttime,mode";

type Cells = Readonly<Record<string, string | number>>;

/** One request every two seconds for the models, most of them for the Jetson. */
const REQUESTS_A_SECOND = 0.5;

/** `isServed` false: no server of the models is left. */
export function haproxyStatistics(elapsedS: number, isServed: boolean): string {
  const total = Math.floor(elapsedS * REQUESTS_A_SECOND);
  const state = isServed
    ? { status: "UP", check_status: "L7OK", check_code: 200, last_chk: "OK" }
    : {
        status: "DOWN",
        check_status: "L4CON",
        last_chk: 'Connection refused at initial connection step of "tcp-check"',
      };
  const served = traffic(total, isServed ? Math.floor(elapsedS) % 3 : 0);
  const models = { pxname: "llm_back", ...served, mode: "http" };
  // Of TCP it tells no answers.
  const redis = { pxname: "redis_back", act: 1, bck: 0, ...sessions(total, 1), mode: "tcp" };
  const rows: readonly Cells[] = [
    { pxname: "llm_front", svname: "FRONTEND", type: 0, status: "OPEN", ...served, mode: "http" },
    { ...models, svname: "jetson", type: 2, act: 1, bck: 0, weight: 1, ...state },
    { ...models, ...traffic(0, 0), svname: "cpu", type: 2, act: 0, bck: 1, weight: 1, ...state },
    { ...models, svname: "BACKEND", type: 1, act: isServed ? 1 : 0, bck: isServed ? 1 : 0, status: state.status },
    { ...redis, svname: "redis", type: 2, status: "no check" },
    { ...redis, svname: "BACKEND", type: 1, status: "UP" },
  ];
  return [`# ${COLUMNS},`, ...rows.map(formatRow), ""].join("\n");
}

function traffic(total: number, current: number): Cells {
  const counted = { hrsp_1xx: 0, hrsp_2xx: total, hrsp_3xx: 0, hrsp_4xx: 0, hrsp_5xx: 0, hrsp_other: 0 };
  return { ...sessions(total, current), ...counted, rtime: 184, ttime: 420 };
}

function sessions(total: number, current: number): Cells {
  const lastsess = total === 0 ? -1 : 1;
  return { qcur: 0, qmax: 0, scur: current, smax: 3, stot: total, rate: 0, lastsess, qtime: 0, ctime: 1, rtime: 0 };
}

function formatRow(cells: Cells): string {
  return `${COLUMNS.split(",")
    .map((name) => quote(String(cells[name] ?? "")))
    .join(",")},`;
}

/** RFC 4180. */
function quote(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
