/**
 * A drill: one marked message for every channel, made as a sweep makes those of alerts. Pure.
 * The endpoint asks for one, and the weekly timer. Invariant: its ids sort by time, so that the last one is found again.
 */
import type { AlertCommand } from "./alert-commands.ts";

export interface DrillRequest {
  readonly nowMs: number;
  readonly node: string;
  readonly channels: readonly string[];
  /** Who asked for it. */
  readonly actor: string;
}

export function buildDrill({ nowMs, node, channels, actor }: DrillRequest): AlertCommand {
  const outgoing = channels.map((channel, index) => {
    const id = `drill-${nowMs.toString(36)}-${index}`;
    const notification = { id, type: "drill", atMs: nowMs, node, severity: "info", alerts: [], isLate: false } as const;
    return { channel, notification };
  });
  const detail = { channels: [...channels] };
  return {
    kind: "drill",
    outgoing,
    entry: { atMs: nowMs, actor, action: "drill.started", target: "channels", detail },
  };
}
