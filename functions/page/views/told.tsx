/**
 * Who knows of an open alert, channel by channel, who looks after it, and who is told next. Used by the cards of Now.
 * Invariant: what was not taken is never said to have been told; each state is a sign and a word.
 */
import { TOLD_STATES, type ToldChannel } from "../channels-told.ts";
import type { Problem } from "../now-model.ts";
import { Time } from "./parts.tsx";

interface Props {
  readonly problem: Pick<Problem, "told" | "decision" | "isNobodyTold" | "next" | "acknowledged">;
  readonly nowMs: number;
}

export function Told({ problem, nowMs }: Props) {
  const { told, decision, isNobodyTold, next, acknowledged } = problem;
  if (isNobodyTold)
    return (
      <p>
        <strong>Nobody is told:</strong> no channel is configured for it. Name one under <code>alerting</code> in
        cluster.yaml.
      </p>
    );
  return (
    <>
      {told.length === 0 ? <p>{decision}</p> : <Channels told={told} nowMs={nowMs} />}
      {acknowledged !== null && (
        <p>
          Acknowledged by {acknowledged.by}
          {acknowledged.untilMs !== null && (
            <>
              {" "}
              until <Time atMs={acknowledged.untilMs} nowMs={nowMs} />
            </>
          )}
          .
        </p>
      )}
      {next && (
        <p>
          Next: {next.channels.join(", ")} at <Time atMs={next.atMs} nowMs={nowMs} />.
        </p>
      )}
    </>
  );
}

function Channels({ told, nowMs }: { readonly told: readonly ToldChannel[]; readonly nowMs: number }) {
  return (
    <p>
      {headOf(told)}:{" "}
      {told.map((each, index) => (
        <>
          {index > 0 && " · "}
          <Channel told={each} nowMs={nowMs} />
        </>
      ))}
    </p>
  );
}

function headOf(told: readonly ToldChannel[]): string {
  const isAny = (wanted: ToldChannel["state"]): boolean => told.some(({ state }) => state === wanted);
  if (isAny("taken")) return "Told";
  if (isAny("waits") || isAny("retried")) return "Not told yet";
  return isAny("refused") ? "Could not be told" : "To be told";
}

/** Of what was not taken it is said why rather than when. */
function Channel({
  told: { channel, state, atMs, failure },
  nowMs,
}: {
  readonly told: ToldChannel;
  readonly nowMs: number;
}) {
  const { sign, word } = TOLD_STATES[state];
  if (state === "decided") return <>{channel}</>;
  return (
    <span>
      {channel} <span aria-hidden="true">{sign}</span>{" "}
      <span class={state === "taken" ? "hidden" : undefined}>{word}</span>
      {failure !== null && ` (${failure})`}
      {failure === null && atMs !== null && (
        <>
          {" "}
          <Time atMs={atMs} nowMs={nowMs} />
        </>
      )}
    </span>
  );
}
