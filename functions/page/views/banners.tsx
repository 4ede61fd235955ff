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

interface MoreProps extends Pick<BannersProps, "nowMs"> {
  readonly more: NonNullable<Banner["more"]>;
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
          {more && <More more={more} nowMs={nowMs} />}
        </p>
      ))}
    </>
  );
}

/** Since when it is so and why, or when it was noticed, or when it will be over; and what people can do. */
function More({ more, nowMs }: MoreProps) {
  if ("untilMs" in more)
    return (
      <>
        {" until "}
        <Time atMs={more.untilMs} nowMs={nowMs} />. {more.advice}
      </>
    );
  const { sinceMs, why, advice } = more;
  const time = <Time atMs={sinceMs} nowMs={nowMs} />;
  if (why === null)
    return (
      <>
        . Noticed at {time}. {advice}
      </>
    );
  return (
    <>
      {" since "}
      {time}: {why}. {advice}
    </>
  );
}
