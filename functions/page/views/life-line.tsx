/** The life of an alert as a line of steps, read from the first to the next one. */
import { OUTCOMES, type LifeStep } from "../life-line.ts";
import { Time } from "./parts.tsx";

export function LifeLine({ steps, nowMs }: { readonly steps: readonly LifeStep[]; readonly nowMs: number }) {
  return (
    <ol class="life">
      {steps.map((step) => (
        <li class={step.isFuture ? "future" : ""}>
          <Step step={step} nowMs={nowMs} />
        </li>
      ))}
    </ol>
  );
}

function Step({ step, nowMs }: { readonly step: LifeStep; readonly nowMs: number }) {
  const { text, outcome, times, receipt, atMs, untilMs } = step;
  return (
    <>
      {atMs !== null && (
        <>
          <Time atMs={atMs} nowMs={nowMs} />{" "}
        </>
      )}
      {text}
      {outcome !== null && <Outcome outcome={outcome} />}
      {receipt !== null && <span class="muted"> {receipt}</span>}
      {times > 1 && ` (${times} times, this is the last)`}
      {untilMs !== null && (
        <>
          {" "}
          until <Time atMs={untilMs} nowMs={nowMs} />
        </>
      )}
    </>
  );
}

function Outcome({ outcome }: { readonly outcome: keyof typeof OUTCOMES }) {
  const { sign, word } = OUTCOMES[outcome];
  return (
    <>
      {" "}
      <span aria-hidden="true">{sign}</span>
      <span class="hidden">{word}</span>
    </>
  );
}
