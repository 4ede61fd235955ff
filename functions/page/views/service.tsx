/**
 * One service: what it is and why, how fast it answered, how it was for ninety days, its outages, its last checks, how it is checked.
 * Invariant: every sentence is one of the API's or made of its figures.
 */
import { isDown } from "../../../shared/domain/monitoring/check.ts";
import { assetPath } from "../assets.ts";
import type { Banner } from "../banners.ts";
import type { ServiceModel } from "../read-service.ts";
import { sentenceParts } from "../sentence-parts.ts";
import { listFigures } from "../service-figures.ts";
import { Banners } from "./banners.tsx";
import { Checks } from "./checks.tsx";
import { Configuration } from "./configuration.tsx";
import { OutageList } from "./outages.tsx";
import { Response, Running } from "./parts.tsx";
import { Quarter } from "./quarter.tsx";
import { SaidOfItself } from "./said-of-itself.tsx";
import { ServiceChart } from "./service-chart.tsx";
import { Neighbours, ServiceVerdict } from "./service-verdict.tsx";

interface Props {
  readonly model: ServiceModel;
  readonly nowMs: number;
  /** What was done just now; null: nothing. */
  readonly done: string | null;
  readonly banners: readonly Banner[];
}

export function ServiceView({ model, nowMs, done, banners }: Props) {
  const { service, sentences, days, uptime, zone, outages, sayings, checks } = model;
  return (
    <div class="service">
      <Banners done={done} banners={banners} nowMs={nowMs} />
      <ServiceVerdict service={service} nowMs={nowMs} />
      <Neighbours service={service} />
      {service.configured && (
        <form class="actions" method="post" action="/dashboard/check">
          <input type="hidden" name="service" value={service.service} />
          <button type="submit">Check now</button>
        </form>
      )}
      <Figures model={model} />
      {sentences.length > 0 && (
        <section aria-labelledby="why">
          <h2 id="why">Why?</h2>
          <ul class="events">
            {sentences.map((sentence) => (
              <li>
                {sentenceParts(sentence).map((part) =>
                  typeof part === "string" ? part : <Running {...part} nowMs={nowMs} />,
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      <SaidOfItself sayings={sayings} />
      <ServiceChart model={model} nowMs={nowMs} />
      <Quarter days={days} uptime={uptime} zone={zone} />
      <OutageList outages={outages} isDown={isDown(service.status)} nowMs={nowMs} />
      <Checks checks={checks} nowMs={nowMs} />
      <Configuration configuration={service.configuration} />
      <script src={assetPath("service.js")} defer></script>
    </div>
  );
}

function Figures({ model: { service, series, range } }: Pick<Props, "model">) {
  return (
    <dl class="figures">
      {listFigures(service, series, range).map(({ label, value, note }) => (
        <div>
          <dt>{label}</dt>
          <dd>
            {value ?? <Response response={null} />}
            {note !== "" && <span class="muted"> {note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
