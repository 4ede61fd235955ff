/**
 * The stored form of an hour's sweeps: when they were committed and what belonged to each, without their checks (those
 * are in the sample blocks). One deflated JSON object of columns.
 * Called by the store only. Invariant: decoding gives every sweep's time, start, roster and load back, or throws when the
 * payload is damaged (deflate has no checksum: it may well inflate).
 */
import type { Check } from "../domain/monitoring/check.ts";
import type { LocalNode } from "../domain/monitoring/cluster-state.ts";
import { checkInstant, checkName, checkNumbers } from "./checked-value.ts";
import { deflateJson, inflateJson, type BlobColumn } from "./blob-column.ts";
import { packChecks, unpackChecks } from "./packed-check.ts";
import { expandRuns, findRuns } from "./run-length.ts";

export interface ArchivedSweep {
  readonly atMs: number;
  readonly startedAtMs: number;
  readonly rosterId: string;
  readonly localNode: LocalNode;
}

interface Payload {
  readonly gapsMs: readonly number[];
  readonly starts: [number, number][];
  readonly rosters: [number, string][];
  readonly cpu: readonly (number | null)[];
  readonly memory: readonly (number | null)[];
  readonly disk: [number, number | null][];
  /** Last checks of all services at the first sweep, packed relative to the hour. */
  readonly keyframe: string;
}

export function encodeSweeps(
  hourMs: number,
  sweeps: readonly ArchivedSweep[],
  keyframe: Iterable<Check>,
): Promise<Uint8Array<ArrayBuffer>> {
  const payload: Payload = {
    gapsMs: sweeps.map(({ atMs }, index) => atMs - (sweeps[index - 1]?.atMs ?? hourMs)),
    starts: findRuns(sweeps.map(({ startedAtMs }) => startedAtMs)),
    rosters: findRuns(sweeps.map(({ rosterId }) => rosterId)),
    cpu: sweeps.map(({ localNode }) => localNode.cpuPercent),
    memory: sweeps.map(({ localNode }) => localNode.memoryPercent),
    disk: findRuns(sweeps.map(({ localNode }) => localNode.diskPercent)),
    keyframe: packChecks(keyframe, hourMs),
  };
  return deflateJson(payload);
}

/** The sweeps, oldest first, and the state of all services at the first of them. Rejects when the column is damaged. */
export async function decodeSweeps(
  hourMs: number,
  column: BlobColumn,
): Promise<{ sweeps: ArchivedSweep[]; keyframe: Check[] }> {
  const payload = await inflateJson<Payload>(column);
  const gapsMs = checkNumbers(payload.gapsMs);
  const count = gapsMs.length;
  const cpu = checkNumbers(payload.cpu);
  const memory = checkNumbers(payload.memory);
  const starts = expandRuns(payload.starts, count);
  const rosters = expandRuns(payload.rosters, count);
  const disk = expandRuns(payload.disk, count);
  let atMs = hourMs;
  const sweeps = gapsMs.map((gapMs, index) => ({
    atMs: checkInstant((atMs += gapMs)),
    startedAtMs: checkInstant(starts[index] ?? 0),
    rosterId: checkName(rosters[index] ?? ""),
    localNode: {
      cpuPercent: cpu[index] ?? null,
      memoryPercent: memory[index] ?? null,
      diskPercent: disk[index] ?? null,
    },
  }));
  return { sweeps, keyframe: unpackChecks(payload.keyframe, hourMs) };
}
