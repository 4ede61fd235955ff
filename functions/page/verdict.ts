/**
 * The verdict: what the cluster is, in one sentence. Pure; the table of its tests is the list of its sentences.
 * Invariants: only what decides about the overall status is counted; no evidence is never called healthy.
 */
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { groupOf, needsLook, type StatusGroup } from "./status-words.ts";

export interface VerdictService {
  readonly name: string;
  readonly critical: boolean;
  readonly status: CheckStatus;
  /** False: no check of it has finished yet. */
  readonly wasChecked: boolean;
}

const MOST_NAMES = 3;

/** `1 of 5 critical services is failing: Tools Server. 2 other services need a look.` */
export function verdictSentence(services: readonly VerdictService[]): string {
  if (services.length === 0) return "No services are configured.";
  const critical = services.filter((service) => service.critical);
  const deciding = critical.length > 0 ? critical : services;
  const [kind, finished] = [critical.length > 0 ? "critical service" : "service", services.filter(isFinished)];
  const problems = problemSentences(deciding, kind);
  const others = services.filter((service) => !deciding.includes(service) && isFinished(service) && isIll(service));
  const sentences =
    finished.length < services.length
      ? [...problems, `Waiting for the first checks: ${finished.length} of ${services.length} have finished.`]
      : problems.length > 0
        ? problems
        : [answeringSentence(deciding, kind)];
  if (others.length > 0)
    sentences.push(`${others.length} other ${others.length === 1 ? "service needs" : "services need"} a look.`);
  return sentences.join(" ");
}

const isFinished = ({ wasChecked }: VerdictService): boolean => wasChecked;
const isIll = ({ status }: VerdictService): boolean => needsLook(status);

/** Of those whose first check has finished; none where all of those are well. */
function problemSentences(deciding: readonly VerdictService[], kind: string): string[] {
  const total = `${deciding.length} ${kind}${deciding.length === 1 ? "" : "s"}`;
  const inGroup = (group: StatusGroup): string[] =>
    deciding.filter((each) => isFinished(each) && groupOf(each.status) === group).map(({ name }) => name);
  const are = (names: readonly string[]): string => `${names.length} of ${total} ${names.length === 1 ? "is" : "are"}`;
  const [down, degraded, unknown] = [inGroup("down"), inGroup("degraded"), inGroup("unknown")];
  return [
    ...(down.length > 0 ? [`${are(down)} failing: ${listNames(down)}.`] : []),
    ...(degraded.length > 0 ? [`${are(degraded)} degraded: ${listNames(degraded)}.`] : []),
    ...(unknown.length > 0 ? [`No fresh evidence about ${unknown.length} of ${total}: ${listNames(unknown)}.`] : []),
  ];
}

function answeringSentence(deciding: readonly VerdictService[], kind: string): string {
  const count = deciding.length;
  const planned = deciding.filter(({ status }) => groupOf(status) === "maintenance").length;
  const kinds = count === 1 ? kind : `${kind}s`;
  if (planned === count)
    return count === 1 ? `The ${kind} is in maintenance.` : `All ${count} ${kinds} are in maintenance.`;
  if (count === 1) return `The ${kind} answers.`;
  if (planned === 0) return `All ${count} ${kinds} answer.`;
  return `${count - planned} of ${count} ${kinds} answer, ${planned} in maintenance.`;
}

/** `A`, `A and B`, `A, B, C and 4 more`. */
function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES);
  const left = names.length - shown.length;
  if (left > 0) return `${shown.join(", ")} and ${left} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
