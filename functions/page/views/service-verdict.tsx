/**
 * What a service is, since when, when it was and will be checked, where it is, what it needs and what needs it.
 * Invariant: of a service that has been removed nothing is said of now.
 */
import { isDown } from "../../../shared/domain/monitoring/check.ts";
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { parseTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { shorten } from "../shorten.ts";
import type { PresentService } from "../read-service.ts";
import { formatMs } from "../response-text.ts";
import { groupOf, wordOf } from "../status-words.ts";
import { Ago, Coming, Lasting, Status, Time } from "./parts.tsx";
import { ServiceHeading } from "./verdict-heading.tsx";

interface Props {
  readonly service: PresentService;
  readonly nowMs: number;
}

export function ServiceVerdict({ service, nowMs }: Props) {
  const { status, name, critical, configured, impact } = service;
  const group = groupOf(status);
  return (
    <section class={`verdict ${group}`}>
      <ServiceHeading name={shorten(name)} group={group} />
      {configured ? <Present service={service} nowMs={nowMs} /> : <Removed service={service} nowMs={nowMs} />}
      {isDown(status) && impact !== null && <p class="impact">{shorten(impact)}</p>}
      {configured && <Schedule service={service} nowMs={nowMs} />}
      {critical === true && <span class="tag">critical</span>}
    </section>
  );
}

function Present({ service: { status, since }, nowMs }: Props) {
  const sinceMs = since === null ? null : parseTimestamp(since);
  return (
    <p>
      {status !== "unknown" && <span class="when-stale">Last known: </span>}
      <strong>{wordOf(status)}</strong>
      {sinceMs !== null && (
        <span class="when-fresh">
          {" "}
          <Lasting sinceMs={sinceMs} nowMs={nowMs} />, since <Time atMs={sinceMs} nowMs={nowMs} />
        </span>
      )}
    </p>
  );
}

function Removed({ service: { since }, nowMs }: Props) {
  const atMs = since === null ? null : parseTimestamp(since);
  return (
    <p>
      <strong>Not monitored any more</strong>
      {atMs !== null && (
        <>
          , since <Time atMs={atMs} nowMs={nowMs} />
        </>
      )}
      . This is its past.
    </p>
  );
}

function Schedule({ service, nowMs }: Props) {
  const { checked_at: checked, next_check_at: next, interval_s: intervalS, address, check_type: type } = service;
  const [checkedMs, nextMs] = [checked, next].map((at) => (at === null ? null : parseTimestamp(at)));
  const facts = [intervalS !== null && `every ${intervalText(intervalS * 1_000)}`, type, address];
  // The time comes last: in the reader's zone it is of another width.
  return (
    <p class="muted">
      {checkedMs == null ? (
        "not checked yet"
      ) : (
        <>
          checked <Ago atMs={checkedMs} nowMs={nowMs} />
        </>
      )}
      {nextMs != null && (
        <span class="when-fresh">
          {" · next check "}
          <Coming atMs={nextMs} nowMs={nowMs} />
        </span>
      )}
      {` · ${facts.filter(Boolean).join(" · ")}`}
      {checkedMs != null && (
        <>
          {" · last check at "}
          <Time atMs={checkedMs} nowMs={nowMs} />
        </>
      )}
    </p>
  );
}

/** A duration in words knows nothing shorter than a second. */
function intervalText(ms: number): string {
  return ms < 1_000 ? formatMs(ms) : formatDuration(ms);
}

/** What it needs and what needs it. */
export function Neighbours({ service: { depends_on: needed, dependents } }: Pick<Props, "service">) {
  if (needed.length + dependents.length === 0) return null;
  const lists = [
    ["It needs", needed],
    ["Needed by", dependents],
  ] as const;
  return (
    <dl class="neighbours">
      {lists.map(
        ([title, services]) =>
          services.length > 0 && (
            <div>
              <dt>{title}</dt>
              {services.map(({ service, name, status }) => (
                <dd>
                  <Status status={status} /> <a href={`/dashboard/services/${service}`}>{shorten(name)}</a>
                </dd>
              ))}
            </div>
          ),
      )}
    </dl>
  );
}
