/**
 * How many connections clients may have open to this service. Node alone can hold to it.
 * Invariant: where nothing is said, no single client can take all of them.
 */
import * as z from "zod/mini";
import { parseAddressBlock } from "../../domain/net/address-block.ts";
import { about, faultAt } from "../schemas.ts";
import { defineSection } from "../section.ts";

const DEFAULT_MAX_CONNECTIONS = 2_000;

const countSchema = z.int().check(z.gte(1), z.lte(100_000));

export const maxConnections = defineSection({
  schema: () =>
    about(
      "Open connections to this service at the same time, at most half of the files that the process may open; further ones are refused.",
      z._default(countSchema, DEFAULT_MAX_CONNECTIONS),
    ),
});

export const maxConnectionsPerAddress = defineSection({
  schema: ({ valueOf }) =>
    z.pipe(
      about("How many of them one address may have open. Default: half of max_connections.", z.optional(countSchema)),
      z.transform((count) => count ?? Math.ceil((valueOf(maxConnections) ?? DEFAULT_MAX_CONNECTIONS) / 2)),
    ),
});

const blockSchema = z.pipe(
  z.string(),
  z.transform((text: string, { issues }) => {
    const block = parseAddressBlock(text);
    if (block === null) issues.push(faultAt([], "an address or a network such as 192.168.1.0/24"));
    return block ?? z.NEVER;
  }),
);

export const trustedProxies = defineSection({
  schema: () =>
    about(
      "Addresses and networks of load balancers, which speak for many clients: max_connections_per_address is not for them, and their X-Forwarded-For says whose request it is.",
      z._default(z.array(blockSchema), []),
    ),
});
