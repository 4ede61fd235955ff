/** A check that goes on, and how it ended. Invariant: who looks at it may leave at any time, and is told that nothing is lost by it. */
import { shorten } from "../shorten.ts";
import type { ServiceDocument } from "../read-service.ts";

interface CheckingProps {
  readonly service: ServiceDocument;
  /** How long it may take, in words. */
  readonly limit: string;
}

export function Checking({ service: { service: id, name }, limit }: CheckingProps) {
  return (
    <section class="verdict unknown" aria-labelledby="checking">
      <h1 id="checking">Checking {shorten(name)}</h1>
      <p>
        <progress aria-labelledby="checking"></progress>
      </p>
      <p>
        What has not been checked within ten seconds is checked now; that takes {limit} at most. You may leave: it goes
        on without you.{" "}
        <a class="alone" href={`/dashboard/services/${id}`}>
          Back to the service
        </a>
      </p>
    </section>
  );
}

/** Leads back by itself. */
export function Checked({ id }: { readonly id: string }) {
  const back = `/dashboard/services/${id}`;
  return (
    <>
      <p class="banner done" role="status">
        Checked.{" "}
        <a class="alone" href={back}>
          See what was found
        </a>
      </p>
      <meta http-equiv="refresh" content={`0; url=${back}`} />
    </>
  );
}

export function CheckRefused({ detail }: { readonly detail: string }) {
  return (
    <p class="banner" role="alert">
      {detail}
    </p>
  );
}
