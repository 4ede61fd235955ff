/**
 * Whether a client takes an answer compressed, how that is done and undone (RFC 9110 §12.5.3). Used by the pages.
 * Knows gzip only: it is what every browser takes, over plain http as well, and what is between us and a client may pack it anew.
 */
import { toResponse } from "./bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** By their names, in gzip. */
export type PackedFiles = ReadonlyMap<string, Bytes>;

/** To gzip, off the thread that answers. */
export type Compress = (text: string) => Promise<Bytes>;

/** By the header Accept-Encoding; without one a client gets the plain thing. */
export function acceptsGzip(accepted: string | null): boolean {
  const weights = new Map((accepted ?? "").split(",").map(readCoding));
  return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}

/** `gzip;q=0.5` → its name and how welcome it is. */
function readCoding(text: string): [name: string, weight: number] {
  const [name = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length);
  return [name, weight === undefined ? 1 : Number(weight)];
}

export async function gunzip(bytes: Bytes): Promise<Bytes> {
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** The same answer, compressed where its client takes that. It must hold nothing secret beside what somebody else wrote. */
export async function compressed(answer: Response, accepted: string | null, gzip: Compress): Promise<Response> {
  // In this order: to ask for the body makes a stream of what are bytes.
  if (answer.headers.has("content-encoding") || !answer.body) return answer;
  const headers = { ...Object.fromEntries(answer.headers), vary: "Accept-Encoding" };
  const [{ status }, body] = [answer, await answer.text()];
  if (!acceptsGzip(accepted)) return toResponse({ status, headers, body });
  return toResponse({ status, headers: { ...headers, "content-encoding": "gzip" }, body: await gzip(body) });
}
