/** The channels: what each is for, how it does, and a test of each with its progress and its outcome. */
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";
import { formatMs } from "../response-text.ts";
import type { ChannelRow, TestRow } from "../setup-model.ts";
import { GLYPHS, type StatusGroup } from "../status-words.ts";
import { Time } from "./parts.tsx";

interface Props {
  readonly rows: readonly ChannelRow[];
  readonly nowMs: number;
  readonly mayTest: boolean;
  /** It is loaded again where it runs; else it is deployed. */
  readonly reloads: boolean;
}

export function Channels({ rows, nowMs, mayTest, reloads }: Props) {
  if (rows.length === 0) return <NoChannels reloads={reloads} />;
  return (
    <ul class="cards">
      {rows.map((row) => (
        <li class={`card ${row.group}`}>
          <h3>
            <span aria-hidden="true">{GLYPHS[row.group]}</span> {row.name} <span class="tag">{row.type}</span>
          </h3>
          <p>
            <Word group={row.group} text={row.state} /> <span class="muted">for {row.purpose}</span>
          </p>
          <Delivered row={row} nowMs={nowMs} />
          {row.test !== null && <Test test={row.test} nowMs={nowMs} />}
          {mayTest && (
            <form class="actions" method="post" action="/dashboard/test-channel">
              <input type="hidden" name="channel" value={row.name} />
              <input type="hidden" name="back" value="/dashboard/setup" />
              <button type="submit" aria-label={`Test ${row.name}`}>
                Test
              </button>
            </form>
          )}
        </li>
      ))}
    </ul>
  );
}

export function Word({ group, text }: { readonly group: StatusGroup; readonly text: string }) {
  return <span class={`status ${group}`}>{text}</span>;
}

function Delivered({ row, nowMs }: Pick<Props, "nowMs"> & { readonly row: ChannelRow }) {
  const { deliveredAtMs, receipt, failedAtMs, failure, pending } = row;
  return (
    <>
      <p>
        Last message taken:{" "}
        {deliveredAtMs === null ? <span class="muted">none yet</span> : <Time atMs={deliveredAtMs} nowMs={nowMs} />}
        {receipt !== null && <span class="muted"> · receipt {receipt}</span>}
      </p>
      {failedAtMs !== null && (
        <p>
          Last failure: <Time atMs={failedAtMs} nowMs={nowMs} /> {failure}
        </p>
      )}
      {pending > 0 && <p>{pending === 1 ? "1 message waits." : `${pending} messages wait.`}</p>}
    </>
  );
}

function Test({ test, nowMs }: Pick<Props, "nowMs"> & { readonly test: TestRow }) {
  const { startedAtMs, by, isRunning, tookMs, group, text } = test;
  return (
    <p>
      Test at <Time atMs={startedAtMs} nowMs={nowMs} /> by {by}:{" "}
      <span class={`status ${group}`} aria-hidden="true">
        {GLYPHS[group]}
      </span>{" "}
      {text}
      {tookMs !== null && (
        <span class="muted">{isRunning ? `, for ${formatDuration(tookMs)}` : `, after ${formatMs(tookMs)}`}</span>
      )}
      {isRunning && <progress aria-label="Test under way" />}
    </p>
  );
}

/** What puts another configuration in force. */
export function loadCommand(reloads: boolean): string {
  return reloads ? "npm run reload" : "npm run deploy:worker";
}

const EXAMPLE = `alerting:
  channels:
    slack: { type: slack, webhook_url: "\${SLACK_WEBHOOK_URL}" }
`;

function NoChannels({ reloads }: Pick<Props, "reloads">) {
  return (
    <div class="banner">
      <p>
        <strong>Nobody is told of anything:</strong> no channel is configured. Copy these lines into cluster.yaml, set
        the {reloads ? "variable" : "secret"}
        {!reloads && (
          <>
            {" by "}
            <code>npm run wrangler -- secret put SLACK_WEBHOOK_URL</code>
          </>
        )}
        , and run <code>{loadCommand(reloads)}</code>. There are discord, email, sms, webhook and log as well.
      </p>
      <pre>
        <code>{EXAMPLE}</code>
      </pre>
    </div>
  );
}
