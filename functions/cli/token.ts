/**
 * `npm run token -- NAME`: makes a token for the API and prints it once, with the lines for the configuration that let it in.
 * Knows no configuration file: the person decides where the lines go.
 * Invariant: the token is written to standard output and nowhere else; the configuration gets its hash.
 */
import { parseArgs } from "node:util";
import { SCOPES, TOKEN_NAME } from "../../shared/domain/access/access.ts";
import { newToken } from "./new-token.ts";

const USAGE = `usage: npm run token -- NAME [--scope ${SCOPES.join("|")}]... [--expires 2027-06-30T00:00:00Z]
NAME says who uses it: lower-case letters, digits and "-", such as agents or haproxy`;

function refuse(fault: string): never {
  console.error(`${fault}\n${USAGE}`);
  process.exit(2);
}

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { scope: { type: "string", multiple: true, default: ["read"] }, expires: { type: "string" } },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { positionals, values } = read();
const [name, ...more] = positionals;
if (name === undefined || more.length > 0) refuse("one NAME is needed");
if (!TOKEN_NAME.test(name)) refuse(`"${name}" cannot be a name`);
const unknown = values.scope.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
if (unknown.length > 0) refuse(`there is no scope ${unknown.join(", ")}`);

const { token, hash } = newToken(name);
const expires = values.expires === undefined ? "" : `, expires: "${values.expires}"`;
console.log(`Token, shown only now:

  ${token}

For the configuration:

auth:
  tokens:
    ${name}: { hash: "${hash}", scopes: [${values.scope.join(", ")}]${expires} }`);
