/**
 * Setup: whether people can be told and how to try it, who may come in, and the configuration in force.
 * Invariants: neither a secret nor a token is on it; what takes longer than a second shows its progress, and the page may be left.
 */
import { parseTimestamp } from "../../../shared/domain/text/timestamp.ts";
import type { Banner } from "../banners.ts";
import type { ConfigurationFile, SetupAnswers } from "../read-setup.ts";
import type { Reader } from "../session.tsx";
import type { ChannelRow, DrillModel } from "../setup-model.ts";
import { Banners } from "./banners.tsx";
import { Channels, loadCommand } from "./channels.tsx";
import { Drill } from "./drill.tsx";
import { Time } from "./parts.tsx";
import { Permission } from "./permission.tsx";

export const SETUP_PATH = "/dashboard/setup";

interface Props {
  readonly answers: SetupAnswers;
  /** Null: they cannot be told now. */
  readonly rows: readonly ChannelRow[] | null;
  readonly drill: DrillModel | null;
  readonly reader: Reader;
  /** Nobody can change what is configured then. */
  readonly isDemo: boolean;
  /** The configuration is loaded again where it runs; else it is deployed. */
  readonly reloads: boolean;
  readonly nowMs: number;
  readonly done: string | null;
  readonly banners: readonly Banner[];
}

export function Setup({ answers, rows, drill, reader, isDemo, reloads, nowMs, done, banners }: Props) {
  const { mayAdminister } = reader;
  return (
    <div>
      <Banners done={done} banners={banners} nowMs={nowMs} />
      <h1>Setup</h1>
      <p class="muted">
        As of <Time atMs={nowMs} nowMs={nowMs} />.{" "}
        <a class="alone" href={SETUP_PATH}>
          Look again
        </a>
      </p>
      <Permission
        reader={reader}
        isAllowed={mayAdminister}
        scope="admin"
        purpose="try channels and see the configuration"
        next={SETUP_PATH}
      />
      <section aria-labelledby="channels">
        <h2 id="channels">Channels</h2>
        {rows === null ? (
          <p>They cannot be told now.</p>
        ) : (
          <Channels rows={rows} nowMs={nowMs} mayTest={mayAdminister} reloads={reloads} />
        )}
      </section>
      {rows !== null && rows.length > 0 && (
        <section aria-labelledby="drill">
          <h2 id="drill">Drill</h2>
          <Drill drill={drill} nowMs={nowMs} mayStart={mayAdminister} />
        </section>
      )}
      <section aria-labelledby="configuration">
        <h2 id="configuration">Configuration</h2>
        <Provenance answers={answers} isDemo={isDemo} reloads={reloads} nowMs={nowMs} />
        {answers.file && <File file={answers.file} />}
      </section>
      {answers.file && <Tokens file={answers.file} nowMs={nowMs} />}
    </div>
  );
}

type ProvenanceProps = Pick<Props, "answers" | "isDemo" | "reloads" | "nowMs">;

function Provenance({ answers: { configuration, file }, isDemo, reloads, nowMs }: ProvenanceProps) {
  if (configuration === null) return <p>It cannot be told now.</p>;
  const { source, loaded_at: loadedAt, refused_at: refusedAt, services, channels } = configuration;
  return (
    <>
      <p>
        <strong>{source}</strong>, loaded <Time atMs={parseTimestamp(loadedAt) ?? nowMs} nowMs={nowMs} />: {services}{" "}
        {services === 1 ? "service" : "services"}, {channels} {channels === 1 ? "channel" : "channels"}.{" "}
        {!isDemo && (
          <>
            Change it, then run <code>{loadCommand(reloads)}</code>.
          </>
        )}
      </p>
      {refusedAt !== null && (
        <div class="banner">
          <p>
            A reload was refused at <Time atMs={parseTimestamp(refusedAt) ?? nowMs} nowMs={nowMs} />, and what was
            loaded before is still in force.{file === null && " The log of the service names the faults."}
          </p>
          {file?.refusal && <pre>{file.refusal.fault}</pre>}
        </div>
      )}
    </>
  );
}

/** More is no page any more; the API has all of it. */
const MOST_CHARACTERS = 60_000;

function File({ file }: { readonly file: ConfigurationFile }) {
  const text = JSON.stringify(file.written, null, 2) ?? "null";
  return (
    <details>
      <summary>What it says, without secrets</summary>
      <pre>
        <code>{text.slice(0, MOST_CHARACTERS)}</code>
      </pre>
      {text.length > MOST_CHARACTERS && (
        <p>
          There is more: <a href="/configuration/file">all of it</a>.
        </p>
      )}
    </details>
  );
}

function Tokens({ file: { tokens }, nowMs }: { readonly file: ConfigurationFile; readonly nowMs: number }) {
  return (
    <section aria-labelledby="tokens">
      <h2 id="tokens">Who may come in</h2>
      <table class="listed">
        <thead>
          <tr>
            {["Token", "Scopes", "Expires"].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tokens.map(({ name, scopes, expires_at: expiresAt }) => (
            <tr>
              <th scope="row">{name}</th>
              <td data-label="Scopes">{scopes.join(", ")}</td>
              <td data-label="Expires">
                {expiresAt === null ? "never" : <Time atMs={parseTimestamp(expiresAt) ?? nowMs} nowMs={nowMs} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">
        Another one: <code>npm run token -- NAME</code> where the service runs.
      </p>
    </section>
  );
}
