/** What was done just now, and what every reader must know of the monitor itself; before anything else of a view. */
import type { Banner } from "../banners.ts";
import { Time } from "./parts.tsx";

interface Props extends BannersProps {
  /** What was done just now; null: nothing. */
  readonly done: string | null;
}

interface BannersProps {
  readonly banners: readonly Banner[];
  readonly nowMs: number;
}

export function Banners({ done, banners, nowMs }: Props) {
  return (
    <>
      <Done done={done} />
      <MonitorBanners banners={banners} nowMs={nowMs} />
    </>
  );
}

export function Done({ done }: Pick<Props, "done">) {
  if (done === null) return null;
  return (
    <p class="banner done" role="status">
      {done}
    </p>
  );
}

export function MonitorBanners({ banners, nowMs }: BannersProps) {
  return (
    <>
      {banners.map(({ sentence, more }) => (
        <p class="banner">
          {sentence}
          {more && (
            <>
              {" since "}
              <Time atMs={more.sinceMs} nowMs={nowMs} />: {more.why}. {more.advice}
            </>
          )}
        </p>
      ))}
    </>
  );
}
