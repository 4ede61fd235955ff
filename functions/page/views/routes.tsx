/**
 * Routes: for each capability whom agents are told to call now, who comes after, and why the others are skipped.
 * Invariant: an address is a text to copy and never a link, as it is for programs; fail-open is said before anything else.
 */
import type { Banner } from "../banners.ts";
import type { CapabilityModel, EndpointRow } from "../routes-model.ts";
import { Banners } from "./banners.tsx";
import { Ago, Status, Time } from "./parts.tsx";

export const ROUTES_PATH = "/dashboard/routes";

interface Props {
  /** Null: they cannot be told now. */
  readonly capabilities: readonly CapabilityModel[] | null;
  readonly nowMs: number;
  readonly banners: readonly Banner[];
}

export function Routes({ capabilities, nowMs, banners }: Props) {
  return (
    <div class="routes">
      <Banners done={null} banners={banners} nowMs={nowMs} />
      <h1>Routes</h1>
      <p class="muted">
        Where agents are told to go, by the last checks. <a href="/docs">The API</a> has it as <code>/route</code>.
      </p>
      {capabilities === null && <p>They cannot be told now.</p>}
      {capabilities?.length === 0 && (
        <p>
          Nothing that is configured can be called. Name it under <code>routes:</code> in cluster.yaml.
        </p>
      )}
      {capabilities?.map((each) => (
        <Capability model={each} nowMs={nowMs} />
      ))}
    </div>
  );
}

function Capability({ model, nowMs }: { readonly model: CapabilityModel; readonly nowMs: number }) {
  const { capability, isFailOpen, called, rows, changes } = model;
  const heading = `route-${capability}`;
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading}>{capability}</h2>
      {isFailOpen && (
        <p class="banner fail-open">
          <strong>
            <span aria-hidden="true">■</span> Nothing is well.
          </strong>{" "}
          Agents are told the least bad, and that it is so (fail-open).
        </p>
      )}
      {called === null ? <p>There is nobody to call.</p> : <Called row={called} />}
      <table class="listed">
        <thead>
          <tr>
            {["Endpoint", "Status", "Why it stands here", "Where", "Tier", "Score", "Checked"].map((title) => (
              <th scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row row={row} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
      <Changes changes={changes} nowMs={nowMs} />
    </section>
  );
}

function Called({ row: { name, url, api, model } }: { readonly row: EndpointRow }) {
  return (
    <p class="foreign">
      <strong>
        <span aria-hidden="true">→</span> {name}
      </strong>{" "}
      at <code>{url}</code> by {api}’s API; model: {model === null ? "not known" : <code>{model}</code>}
    </p>
  );
}

function Row({ row, nowMs }: { readonly row: EndpointRow; readonly nowMs: number }) {
  const { id, name, status, standing, isCalled, url, api, model, isModelKnown, tier, score, terms, checkedAtMs } = row;
  return (
    <tr class={isCalled ? "called" : undefined}>
      <th scope="row">
        <a class="alone" href={`/dashboard/services/${encodeURIComponent(id)}`}>
          {name}
        </a>
      </th>
      <td data-label="Status">
        <Status status={status} />
      </td>
      <td class="reason" data-label="Why it stands here">
        {standing}
      </td>
      <td class="foreign" data-label="Where">
        <code>{url}</code>
        <span class="part muted">
          {api}’s API; model: {model ?? "not known"}
          {model !== null && !isModelKnown && " (not known whether it has it)"}
        </span>
      </td>
      <td class="number" data-label="Tier">
        {tier}
      </td>
      <td data-label="Score">
        {score}
        {terms.map((term) => (
          <span class="part muted">{term}</span>
        ))}
      </td>
      <td data-label="Checked">{checkedAtMs === null ? "never" : <Ago atMs={checkedAtMs} nowMs={nowMs} />}</td>
    </tr>
  );
}

function Changes({ changes, nowMs }: Pick<CapabilityModel, "changes"> & { readonly nowMs: number }) {
  if (changes.length === 0) return null;
  return (
    <details>
      <summary>Last changes of the choice: {changes.length}</summary>
      <ul class="events">
        {changes.map(({ atMs, who, why }) => (
          <li class="foreign">
            <Time atMs={atMs} nowMs={nowMs} />: <strong>{who}.</strong> {why}
          </li>
        ))}
      </ul>
    </details>
  );
}
