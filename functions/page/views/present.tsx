/** One service while its past cannot be read: what it is now, and how it is checked. */
import type { Banner } from "../banners.ts";
import type { PresentService } from "../read-service.ts";
import { Banners } from "./banners.tsx";
import { Configuration } from "./configuration.tsx";
import { Neighbours, ServiceVerdict } from "./service-verdict.tsx";

interface Props {
  readonly service: PresentService;
  readonly nowMs: number;
  /** What was done just now; null: nothing. */
  readonly done: string | null;
  readonly banners: readonly Banner[];
}

export function PresentView({ service, nowMs, done, banners }: Props) {
  return (
    <div class="service">
      <Banners done={done} banners={banners} nowMs={nowMs} />
      <ServiceVerdict service={service} nowMs={nowMs} />
      <Neighbours service={service} />
      <p>How it was cannot be told now: storage does not work.</p>
      <Configuration configuration={service.configuration} />
    </div>
  );
}
