/**
 * How a channel type is described: its configuration keys, and how they become a delivery.
 * Each `shared/notify/<name>.ts` exports one, `registry.ts` lists them, the deliverer calls what they configure. Knows nothing of alerts' lives, outbox or retries.
 * Invariant: whatever `configure` accepts can be used; what cannot is reported with the key that is wrong.
 */
import type * as z from "zod/mini";
import type { ReportFault } from "../domain/report-fault.ts";
import type { RuntimeAbilities } from "../domain/runtime-abilities.ts";
import type { ChannelTier, Deliver } from "../ports/notifier.ts";

export interface ConfiguredChannel {
  /** To all recipients. */
  readonly deliver: Deliver;
  /** To each of several, by what names it in the outbox. Default: there is one. */
  readonly recipients?: readonly { readonly key: string; readonly deliver: Deliver }[];
  /** For each recipient. Default: any number. */
  readonly dailyCap?: number;
  /** Of one delivery, in ms. Default: 10,000. */
  readonly timeoutMs?: number;
}

/** `Shape`: Zod shape of the keys beside `type`. */
export interface ChannelType<Shape extends z.core.$ZodLooseShape = z.core.$ZodLooseShape> {
  /** Every value must be JSON-Schema-representable. */
  readonly keys: Shape;
  /** Keys whose values must be `${NAME}` references, never literals. */
  readonly secretKeys: readonly string[];
  readonly tier: ChannelTier;
  /** Between two messages, in ms: what the receiver's own limits ask for. */
  readonly shortestGapMs: number;
  /** Makes the delivery of one channel; returns null after reporting at least one fault. */
  configure(
    settings: z.output<z.ZodMiniObject<Shape>>,
    report: ReportFault,
    abilities: RuntimeAbilities,
  ): ConfiguredChannel | null;
}

/** Ties the shape of the keys to the type that `configure` receives. */
export function defineChannelType<Shape extends z.core.$ZodLooseShape>(definition: ChannelType<Shape>): ChannelType {
  return definition;
}
