/**
 * When a service was down: how long, why, whom its alerts told and who looked after it.
 * Invariants: a message is called sent only when its receiver took it; that nobody was told stands there.
 */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { parseTimestamp } from "../../../shared/domain/text/timestamp.ts";
import { REASON_WORDS } from "../../../shared/domain/monitoring/reason-words.ts";
import { shorten } from "../shorten.ts";
import type { Outages } from "../read-service.ts";
import { GLYPHS } from "../status-words.ts";
import { Time } from "./parts.tsx";

interface Props {
  readonly outages: Outages;
  /** Whether the newest one goes on. */
  readonly isDown: boolean;
  readonly nowMs: number;
}

export function OutageList({ outages: { outages, total }, isDown, nowMs }: Props) {
  return (
    <section aria-labelledby="outages">
      <h2 id="outages">
        Outages <span class="muted">{total} in 90 days</span>
      </h2>
      {outages.length === 0 && <p>It was not down in these 90 days, as far as it was watched.</p>}
      <ol class="outage-list">
        {outages.map((outage, index) => (
          <OutageItem outage={outage} goesOn={isDown && index === 0} nowMs={nowMs} />
        ))}
      </ol>
      {total > outages.length && (
        <p class="muted">
          {total - outages.length} earlier ones are left out here; <code>/outages</code> of the API has them.
        </p>
      )}
    </section>
  );
}

type Outage = Outages["outages"][number];

interface ItemProps {
  readonly outage: Outage;
  readonly goesOn: boolean;
  readonly nowMs: number;
}

function OutageItem({ outage, goesOn, nowMs }: ItemProps) {
  const { since, until, recovery_seen: isSeen, duration_s: durationS, reason, message, alerts } = outage;
  const lasted = formatDuration(durationS * 1_000);
  const why = message === null ? reason && REASON_WORDS[reason] : shorten(message);
  const words = `Outage of ${lasted}${why === null ? "" : `: ${why}`}`;
  return (
    <li class="outage-item" data-since={since} data-until={until ?? ""} data-words={words}>
      <p>
        <span class="status down" aria-hidden="true">
          {GLYPHS.down}
        </span>{" "}
        <Time atMs={parseTimestamp(since) ?? 0} nowMs={nowMs} /> <strong>{`for ${lasted}`}</strong>
        {goesOn && ", and it still is"}
        {!goesOn && !isSeen && <span class="muted"> at least: nobody watched when it ended</span>}
      </p>
      {why !== null && <p>{why}</p>}
      {alerts.length === 0 ? (
        <p class="muted">No alert fired in it, so nobody was told.</p>
      ) : (
        alerts.map((alert) => <AlertLine alert={alert} nowMs={nowMs} />)
      )}
    </li>
  );
}

type Message = Outage["alerts"][number]["messages"][number];

const TOLD = { sent: "was told", pending: "has still to be told", failed: "could not be told" } as const;

/** Behind TOLD. */
const ABOUT: Readonly<Record<Message["type"], string>> = {
  "alert.firing": "of it",
  "alert.escalated": "that it goes on",
  "alert.reminder": "again",
  "alert.flapping": "that it comes and goes",
  "alert.resolved": "that it is over",
  drill: "",
  "channel.test": "",
};

function AlertLine({ alert, nowMs }: { readonly alert: Outage["alerts"][number]; readonly nowMs: number }) {
  const { severity, messages, notified_channels: channels, acknowledged_by: by, acknowledged_at: at } = alert;
  return (
    <p class="muted">
      <span class="tag">{severity}</span>{" "}
      {messages.length === 0 &&
        (channels.length === 0 ? "Nobody was told. " : `Was to be told: ${channels.join(", ")}. `)}
      {messages.map(({ channel, at: decided, ended_at: ended, state, type }, index) => (
        <>
          {index > 0 && " · "}
          {`${channel} ${TOLD[state]} ${ABOUT[type]}, `}
          <Time atMs={parseTimestamp(ended ?? decided) ?? 0} nowMs={nowMs} />
        </>
      ))}
      {by !== null && (
        <>
          {messages.length > 0 && " · "}acknowledged by {shorten(by)}
          {at !== null && (
            <>
              {" at "}
              <Time atMs={parseTimestamp(at) ?? 0} nowMs={nowMs} />
            </>
          )}
        </>
      )}
    </p>
  );
}
