/**
 * Now: is it fine, what is not, since when, and is this of now.
 * Invariants: the verdict comes first and what fails comes before what does not; nothing is shown by colour alone.
 */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import type { NowModel, PastEvent, Problem } from "../now-model.ts";
import { GLYPHS, groupOf, wordOf } from "../status-words.ts";
import { Lasting, Status, Time } from "./parts.tsx";
import { Services } from "./services.tsx";

interface Props {
  readonly now: NowModel;
  readonly nowMs: number;
}

interface NowProps extends Props {
  /** Who has not signed in is led to where one does. */
  readonly isSignedIn: boolean;
  /** What was done just now; null: nothing. */
  readonly done: string | null;
}

export function Now({ now, nowMs, isSignedIn, done }: NowProps) {
  return (
    <div class={now.isStale ? "stale" : ""}>
      {done !== null && (
        <p class="banner done" role="status">
          {done}
        </p>
      )}
      <Verdict now={now} nowMs={nowMs} />
      {now.faults.map((fault) => (
        <p class="banner">{fault}</p>
      ))}
      {now.problems.length > 0 && (
        <section aria-labelledby="wrong">
          <h2 id="wrong">
            What is wrong now <span class="muted">{now.problems.length}</span>
          </h2>
          <ul class="cards">
            {now.problems.map((problem) => (
              <ProblemCard problem={problem} nowMs={nowMs} isSignedIn={isSignedIn} />
            ))}
          </ul>
        </section>
      )}
      <Services rows={now.rows} nowMs={nowMs} />
      <Events events={now.events} nowMs={nowMs} />
    </div>
  );
}

function Verdict({ now, nowMs }: Props) {
  const { overall, sinceMs, sentence, updatedAtMs, isStale } = now;
  const group = isStale ? "unknown" : groupOf(overall);
  const lasting = sinceMs === null || isStale ? "" : ` for ${formatDuration(nowMs - sinceMs)}`;
  return (
    <section class={`verdict ${group}`}>
      <h1>
        <span aria-hidden="true">{GLYPHS[group]}</span>{" "}
        {isStale ? `Last known: ${wordOf(overall)}` : wordOf(overall) + lasting}
      </h1>
      <p>{sentence}</p>
      <p class="muted">
        {sinceMs !== null && !isStale && (
          <>
            since <Time atMs={sinceMs} nowMs={nowMs} /> ·{" "}
          </>
        )}
        {updatedAtMs === null ? (
          "no check has finished yet"
        ) : (
          <Updated atMs={updatedAtMs} nowMs={nowMs} isStale={isStale} />
        )}
      </p>
    </section>
  );
}

function Updated({
  atMs,
  nowMs,
  isStale,
}: {
  readonly atMs: number;
  readonly nowMs: number;
  readonly isStale: boolean;
}) {
  const ago = formatDuration(nowMs - atMs);
  if (isStale)
    return (
      <strong role="alert">
        {GLYPHS.down} no update for {ago}, this is not of now
      </strong>
    );
  return (
    <>
      updated {ago} ago, at <Time atMs={atMs} nowMs={nowMs} />
    </>
  );
}

interface ProblemProps extends Pick<NowProps, "nowMs" | "isSignedIn"> {
  readonly problem: Problem;
}

function ProblemCard({ problem, nowMs, isSignedIn }: ProblemProps) {
  const { name, severity, status, message, impact, sinceMs, failures } = problem;
  const group = groupOf(status);
  return (
    <li class={`card ${group}`}>
      <h3>
        <span aria-hidden="true">{GLYPHS[group]}</span> {name} <span class="tag">{severity}</span>
      </h3>
      <p>{message ?? wordOf(status)}</p>
      {impact !== null && <p class="impact">{impact}</p>}
      <p class="muted">
        <Lasting sinceMs={sinceMs} nowMs={nowMs} /> · since <Time atMs={sinceMs} nowMs={nowMs} />
        {failures > 1 && ` · ${failures} in a row`}
      </p>
      <Told problem={problem} nowMs={nowMs} />
      {isSignedIn ? <Actions problem={problem} /> : <a href="/dashboard/login">Sign in to act on it</a>}
    </li>
  );
}

function Actions({ problem: { id, serviceId, name, isFiring } }: { readonly problem: Problem }) {
  return (
    <div class="actions">
      {isFiring && (
        <form method="post" action="/dashboard/acknowledge">
          <input type="hidden" name="alert" value={id} />
          <button type="submit" aria-label={`Acknowledge: ${name}`}>
            Acknowledge
          </button>
        </form>
      )}
      {serviceId !== null && (
        <form method="post" action="/dashboard/silence">
          <input type="hidden" name="service" value={serviceId} />
          <button type="submit" aria-label={`Silence 1 h: ${name}`}>
            Silence 1 h
          </button>
        </form>
      )}
      {serviceId !== null && <a href={`/dashboard/services/${serviceId}`}>Why?</a>}
    </div>
  );
}

function Told({ problem, nowMs }: { readonly problem: Problem; readonly nowMs: number }) {
  const { told, decision, isNobodyTold, next, acknowledgedBy } = problem;
  if (isNobodyTold)
    return (
      <p>
        <strong>Nobody is told:</strong> no channel is configured for it. Name one under <code>alerting</code> in
        cluster.yaml.
      </p>
    );
  return (
    <p>
      {told.length > 0 ? `To be told: ${told.join(", ")}.` : decision}
      {acknowledgedBy !== null && ` Acknowledged by ${acknowledgedBy}.`}
      {next && (
        <>
          {" "}
          Next: {next.channels.join(", ")} at <Time atMs={next.atMs} nowMs={nowMs} />.
        </>
      )}
    </p>
  );
}

function Events({ events, nowMs }: { readonly events: readonly PastEvent[]; readonly nowMs: number }) {
  if (events.length === 0) return null;
  return (
    <section aria-labelledby="happened">
      <h2 id="happened">What happened</h2>
      <ul class="events">
        {events.map(({ atMs, name, to, message, lastedMs }) => (
          <li>
            <Time atMs={atMs} nowMs={nowMs} /> <Status status={to} /> {name}
            {message !== null && `: ${message}`}
            <span class="muted"> {lastedMs === null ? "and still is" : `for ${formatDuration(lastedMs)}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
