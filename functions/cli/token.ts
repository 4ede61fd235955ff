/**
 * `npm run token -- NAME`: makes a token for the API and prints it once, with the lines for the configuration that let it in.
 * Knows no configuration file: the person decides where the lines go.
 * Invariant: the token is written to standard output and nowhere else; the configuration gets its hash.
 */
import { SCOPES, TOKEN_NAME } from "../../shared/domain/access/access.ts";
import { newToken } from "./new-token.ts";
import { parseOnce, readArguments } from "../../shared/node/read-arguments.ts";

const USAGE = `usage: npm run token -- NAME [--scope ${SCOPES.join("|")}]... [--expires 2027-06-30T00:00:00Z]
NAME says who uses it: lower-case letters, digits and "-", such as agents or haproxy`;

const { name, scope, expires } = readArguments(() => {
  const { positionals, values } = parseOnce({
    allowPositionals: true,
    options: { scope: { type: "string", multiple: true, default: ["read"] }, expires: { type: "string" } },
  });
  const [first, ...more] = positionals;
  if (first === undefined || more.length > 0) throw new Error("one NAME is needed");
  if (!TOKEN_NAME.test(first)) throw new Error(`"${first}" cannot be a name`);
  const unknown = values.scope.filter((each) => !(SCOPES as readonly string[]).includes(each));
  if (unknown.length > 0) throw new Error(`there is no scope ${unknown.join(", ")}`);
  return { ...values, name: first };
}, USAGE);

const { token, hash } = newToken(name);
const ending = expires === undefined ? "" : `, expires: "${expires}"`;
console.log(`Token, shown only now:

  ${token}

For the configuration:

auth:
  tokens:
    ${name}: { hash: "${hash}", scopes: [${scope.join(", ")}]${ending} }`);
