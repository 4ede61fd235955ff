/**
 * Whether the service can listen where it is told to, asked before anything else is started, so that a start that is in vain leaves
 * no trace. Called by functions/runtimes/node.ts. Invariant: every refusal says what to do about it.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { errorCode } from "../domain/net/connection-failure.ts";
import { portHolder } from "./port-holder.ts";

export interface ListenAddress {
  readonly port: number;
  readonly hostname: string;
}

/** The service cannot listen there; the message is for the person who starts it. */
class ListenFault extends Error {
  /** Somebody else may have gone by the next start. */
  readonly isConfiguration = false;
  /** sysexits.h: EX_UNAVAILABLE. */
  readonly exitCode = 69;
}

/** Rejects with a fault for people. */
export async function assertCanListen(address: ListenAddress): Promise<void> {
  const server = createServer();
  try {
    server.listen(address.port, address.hostname);
    await once(server, "listening");
  } catch (error) {
    throw new ListenFault(reasonOf(errorCode(error) ?? String(error), address), { cause: error });
  }
  await once(server.close(), "close");
}

function reasonOf(code: string, { port, hostname }: ListenAddress): string {
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} is taken by ${holderOf(port)}. Stop it or set PORT.`;
    case "EACCES":
      return `Port ${port} is only for privileged users. Set PORT to 1024 or more.`;
    case "EADDRNOTAVAIL":
      return `HOST: ${hostname} is not an address of this machine. Set HOST to one, or to 0.0.0.0 for all.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `HOST: the name ${hostname} does not resolve. Set HOST to an address of this machine, or to 0.0.0.0 for all.`;
    default:
      return `Cannot listen on port ${port} of ${hostname} (${code}). Set HOST and PORT.`;
  }
}

function holderOf(port: number): string {
  const holder = portHolder(port);
  return holder ? `${holder.name} (pid ${holder.pid})` : "another program";
}
