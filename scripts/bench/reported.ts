/**
 * What the service reports as response times, read from the history, as a user would.
 * Used by rows about targets that answer after 20 ms.
 */

/** Of all probes of so many services (`service_0` and so on) that ended during `work`, in ms. Throws when one of them failed. */
export async function reportedMs(port: number, services: number, work: () => Promise<unknown>): Promise<number[]> {
  const since = new Date().toISOString();
  await work();
  const period = new URLSearchParams({ since, until: new Date().toISOString() }).toString();
  const timesMs: number[] = [];
  for (let index = 0; index < services; index += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/history/service_${index}?${period}`);
    const { samples } = (await response.json()) as { samples: { status: string; response_time: number }[] };
    if (samples.some(({ status }) => status !== "healthy")) throw new Error("a probe failed");
    timesMs.push(...samples.map(({ response_time: seconds }) => seconds * 1_000));
  }
  // Each is probed once a second at least; with fewer the row would have measured something else.
  if (timesMs.length < services * 2) throw new Error(`only ${timesMs.length} probes in a round`);
  return timesMs;
}
