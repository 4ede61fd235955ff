/**
 * The verdict in lines for the context of a model, the most important first. Pure. Called by the endpoint `/status.md`.
 * Invariants: text of monitored services is short, without control characters, and stands in a code span that it cannot end, marked
 * as untrusted; all else is words of ours and of the configuration.
 */
import type { AlertState, Severity } from "../../shared/domain/alerting/alert.ts";
import { REASON_WORDS } from "../../shared/domain/monitoring/reason-words.ts";
import type { ServiceState, StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import type { Ranking } from "../../shared/domain/routing/rank.ts";
import { cleanText, truncateText } from "../../shared/domain/text/clean-text.ts";
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { groupOf } from "../page/status-words.ts";

const LONGEST_QUOTE = 60;

export interface BriefAlert {
  readonly subject: string;
  readonly severity: Severity;
  readonly state: AlertState;
}

export interface BriefSource {
  readonly nowMs: number;
  readonly board: StatusBoard;
  /** Null: there is no LLM to call. */
  readonly llm: Ranking | null;
  /** Those that have fired, or have changed. */
  readonly alerts: readonly BriefAlert[];
}

export interface Changes {
  /** Oldest first. */
  readonly transitions: readonly Transition[];
  /** Whether what `standingLines` says is otherwise. */
  readonly isOtherwise: boolean;
}

/** What may change without a transition: the verdict, of whom nothing fresh is known, and whom to call. */
export function standingLines({ board, llm }: Pick<BriefSource, "board" | "llm">): string[] {
  const unknown = [...board.services].filter(([, { status }]) => status === "unknown").map(([id]) => id);
  return [board.overall, ...unknown, llmLine(llm)];
}

/** Everything that is not well. */
export function briefLines(source: BriefSource): string[] {
  const { board, llm, alerts } = source;
  const ill = [...board.services].filter(([, { status }]) => status !== "healthy");
  return [overallLine(board), ...serviceLines(ill, source), ...given(llmLine(llm)), ...alerts.map(alertLine)];
}

/** What has changed, well or not. */
export function changedLines(source: BriefSource, { transitions, isOtherwise }: Changes): string[] {
  const { board, llm, alerts } = source;
  const first = new Map(transitions.toReversed().map((each) => [each.serviceId, each.from]));
  const changed = [...board.services].filter(
    ([id, { status }]) => first.has(id) || (isOtherwise && status === "unknown"),
  );
  const gone = [...first.keys()].filter((id) => !board.services.has(id));
  const lines = [
    ...(isOtherwise ? [overallLine(board)] : []),
    ...serviceLines(changed, source),
    ...gone.map((id) => `- gone ${id}: no longer watched`),
    ...(isOtherwise ? given(llmLine(llm)) : []),
    ...alerts.map(alertLine),
  ];
  return lines.length === 0 ? ["nothing has changed"] : lines;
}

function overallLine({ overall, overallSinceMs, services }: StatusBoard): string {
  if (services.size === 0) return `${overall}, nothing has been checked yet`;
  const well = [...services.values()].filter(({ status }) => status === "healthy").length;
  const since = overallSinceMs === null ? "" : ` since ${minute(overallSinceMs)}`;
  const counted = well === services.size ? `all ${well} services well` : `${well} of ${services.size} services well`;
  return `${overall}${since}, ${counted}`;
}

/** `2026-12-01 03:00Z`. */
function minute(epochMs: number): string {
  return `${formatTimestamp(epochMs).slice(0, 16).replace("T", " ")}Z`;
}

const GROUPS = ["down", "degraded", "unknown", "maintenance", "healthy"] as const;

function serviceLines(services: readonly (readonly [string, ServiceState])[], { nowMs }: BriefSource): string[] {
  const byGroup = Map.groupBy(services, ([, { status }]) => groupOf(status));
  return GROUPS.flatMap((group) =>
    (byGroup.get(group) ?? []).map(([id, state]) => `- ${group} ${id}${about(state, nowMs)}`),
  );
}

function about({ reason, message, sinceMs }: ServiceState, nowMs: number): string {
  const why = reason === null ? "" : `: ${REASON_WORDS[reason]}`;
  const since = sinceMs === null ? "" : ` for ${formatDuration(nowMs - sinceMs)}`;
  const said = reason === null || message === null ? "" : `, untrusted: ${quote(message)}`;
  return `${why}${since}${said}`;
}

function llmLine(llm: Ranking | null): string {
  const best = llm?.candidates[0];
  if (!llm || !best) return "";
  const model = best.model.own === null ? "" : ` ${quote(best.model.own)}`;
  const warning = llm.isFailOpen ? "none is well, least bad " : "";
  return `llm: ${warning}${best.endpoint.url} ${best.endpoint.api}${model}`;
}

function alertLine({ subject, severity, state }: BriefAlert): string {
  return `- alert ${severity}: ${subject} ${state}`;
}

function quote(text: string): string {
  return `\`${truncateText(cleanText(text).replaceAll("`", "'"), LONGEST_QUOTE)}\``;
}

function given(line: string): string[] {
  return line === "" ? [] : [line];
}
