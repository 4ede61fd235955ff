/** The last checks of a service, newest first, each with where its time went: a bar, and the same in words beside it. */
import { PHASES, type RecentCheck } from "../recent-checks.ts";
import { formatMs } from "../response-text.ts";
import { Response, Status, Time } from "./parts.tsx";

interface Props {
  readonly checks: readonly RecentCheck[];
  readonly nowMs: number;
}

export function Checks({ checks, nowMs }: Props) {
  if (checks.length === 0) return null;
  return (
    <section aria-labelledby="checks">
      <h2 id="checks">
        Last checks <span class="muted">{checks.length}</span>
      </h2>
      <table class="checks">
        <thead>
          <tr>
            {["Status", "At", "Response", "Result", "Where the time went"].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <tr>
              <td>
                <Status status={check.status} />
              </td>
              <th scope="row">
                <Time atMs={check.atMs} nowMs={nowMs} />
              </th>
              <td class="number">
                <Response response={check.response} />
              </td>
              <td class="reason">{resultOf(check)}</td>
              <td class="phases">
                <Phases check={check} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What was wrong, else the status of the answer. */
function resultOf({ message, statusCode }: RecentCheck): string {
  return message ?? (statusCode === null ? "" : `HTTP ${statusCode}`);
}

const BAR_HEIGHT = 8;

function Phases({ check: { phases, cutOffIn } }: { readonly check: RecentCheck }) {
  if (phases.length === 0) return <span class="muted">not told</span>;
  const starts = phases.map((_, index) => phases.slice(0, index).reduce((sum, { share }) => sum + share, 0));
  return (
    <>
      <svg class="phase-bar" aria-hidden="true" width="100%" height={BAR_HEIGHT}>
        {phases.map(({ name, share }, index) => (
          <rect
            class={`phase-${name}`}
            x={inPercent(starts[index] ?? 0)}
            width={inPercent(share)}
            height={BAR_HEIGHT}
          />
        ))}
      </svg>
      <span class="muted">
        {phases.map(({ name, ms }) => `${PHASES[name]} ${formatMs(ms)}`).join(" · ")}
        {cutOffIn !== null && ` · the deadline came in the phase ${PHASES[cutOffIn]}`}
      </span>
    </>
  );
}

function inPercent(share: number): string {
  return `${Math.round(share * 1_000) / 10}%`;
}
