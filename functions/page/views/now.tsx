/**
 * Now: is it fine, what is not, since when, and is this of now.
 * Invariants: the verdict comes first and what fails comes before what does not; nothing is shown by colour alone.
 */
import { formatNewsPlace } from "../../../shared/domain/history/news-place.ts";
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { iconOf } from "../icon.ts";
import { MOST_CARDS, type NowModel, type Problem } from "../now-model.ts";
import { GLYPHS, groupOf, wordOf } from "../status-words.ts";
import { Done, MonitorBanners } from "./banners.tsx";
import { BlindnessReason } from "./blindness.tsx";
import { STALE_HEADING } from "./currency.tsx";
import { Lasting, Status, Time } from "./parts.tsx";
import { Told } from "./told.tsx";
import { Services, ServicesHeading } from "./services.tsx";
import { OverallHeading } from "./verdict-heading.tsx";

interface Props {
  readonly now: NowModel;
  readonly nowMs: number;
}

interface NowProps extends Props {
  /** What was done just now; null: nothing. */
  readonly done: string | null;
  /** Which services are looked for; empty: all. */
  readonly filter: string;
}

/** What is sent anew to who has the page open when it has changed, by its key: `verdict` has the id `now-verdict`. */
export const SECTIONS = {
  verdict: Verdict,
  faults: Faults,
  wrong: Problems,
  services: ServicesHeading,
  events: Events,
};

export function Now({ now, nowMs, done, filter }: NowProps) {
  const isWhole = filter === "" || now.groups.every(({ rows, total }) => rows.length === total);
  return (
    // What is told of news is the page without a filter, on which not all of these may stand.
    <div id={isWhole ? "now" : "found"} data-place={formatNewsPlace(now.place)}>
      <Done done={done} />
      <Verdict now={now} nowMs={nowMs} />
      <Faults now={now} nowMs={nowMs} />
      <Problems now={now} nowMs={nowMs} />
      <Services now={now} nowMs={nowMs} filter={filter} />
      <Events now={now} nowMs={nowMs} />
    </div>
  );
}

function Faults({ now, nowMs }: Props) {
  return (
    <div id="now-faults">
      <MonitorBanners banners={now.banners} nowMs={nowMs} />
    </div>
  );
}

function Problems({ now, nowMs }: Props) {
  return (
    <section id="now-wrong" aria-labelledby="wrong" hidden={now.problems.length === 0}>
      <h2 id="wrong">
        What is wrong now <span class="muted">{now.problems.length}</span>
      </h2>
      <ul class="cards">
        {now.problems.slice(0, MOST_CARDS).map((problem) => (
          <ProblemCard problem={problem} nowMs={nowMs} />
        ))}
      </ul>
      {now.problems.length > MOST_CARDS && (
        <p>
          <a href="/dashboard/alerts">{`and ${now.problems.length - MOST_CARDS} more alerts`}</a>
        </p>
      )}
    </section>
  );
}

function Verdict({ now, nowMs }: Props) {
  const { overall, sinceMs, sentence, blindness, updatedAtMs, isStale } = now;
  const group = groupOf(overall);
  return (
    <section
      id="now-verdict"
      class={`verdict ${group}`}
      data-heading={isStale ? STALE_HEADING : wordOf(overall)}
      data-icon={iconOf(isStale ? "unknown" : group)}
      data-stale={isStale ? "" : undefined}
    >
      <OverallHeading overall={overall} sinceMs={sinceMs} nowMs={nowMs} />
      <p>{sentence}</p>
      <BlindnessReason blindness={blindness} nowMs={nowMs} />
      {sinceMs !== null && (
        <p class="muted when-fresh">
          since <Time atMs={sinceMs} nowMs={nowMs} />
        </p>
      )}
      {updatedAtMs === null && <p class="muted">no check has finished yet</p>}
    </section>
  );
}

interface ProblemProps extends Pick<Props, "nowMs"> {
  readonly problem: Problem;
}

function ProblemCard({ problem, nowMs }: ProblemProps) {
  const { id, name, severity, status, message, impact, sinceMs, failures, wellAgain } = problem;
  const group = groupOf(status);
  return (
    <li class={`card ${group}`} id={`alert-${id}`}>
      <h3>
        <span aria-hidden="true">{GLYPHS[group]}</span> {name} <span class="tag">{severity}</span>
      </h3>
      <p>{message ?? wordOf(status)}</p>
      {impact !== null && <p class="impact">{impact}</p>}
      <p class="muted">
        <Lasting sinceMs={sinceMs} nowMs={nowMs} /> · since <Time atMs={sinceMs} nowMs={nowMs} />
        {failures > 1 && ` · ${failures} in a row`}
      </p>
      {wellAgain !== null && <p>{`It was ${wellAgain}.`}</p>}
      <Told problem={problem} nowMs={nowMs} />
      <Actions problem={problem} />
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

function Events({ now: { events }, nowMs }: Props) {
  return (
    <section id="now-events" aria-labelledby="happened" hidden={events.length === 0}>
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
