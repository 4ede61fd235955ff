/**
 * How servers of embeddings are asked for one, and the sentence that is embedded. A table. Used by embeddings.ts.
 * Invariant: the sentence never changes, or the first good answers that are kept mean nothing.
 */
import type { Json } from "../domain/monitoring/check.ts";

/** Of no language model's test set; short, so that it is the cheapest there is. */
const SENTENCE = "The quick brown fox jumps over the lazy dog.";

/** Where an API embeds a sentence, and how it is asked. */
export const APIS = {
  openai: {
    path: "/v1/embeddings",
    ask: (model: string | undefined) => ({ ...(model && { model }), input: [SENTENCE] }),
  },
  ollama: { path: "/api/embed", ask: (model: string | undefined) => ({ ...(model && { model }), input: [SENTENCE] }) },
  tei: { path: "/embed", ask: () => ({ inputs: [SENTENCE] }) },
} as const satisfies Record<string, { path: string; ask(model: string | undefined): Json }>;

export type ApiName = keyof typeof APIS;
