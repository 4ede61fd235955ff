/**
 * A real mail server for tests: Exim from Debian on loopback, with STARTTLS, a login, two mailboxes and one that is greylisted.
 * It runs from a copy, which is not set-uid root: so it stays an ordinary user's program whose environment take-along.ts can read,
 * and as nobody where root runs the tests, since Exim delivers nothing as root.
 */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Certificate } from "../certificates.ts";
import { startDaemon } from "../daemon.ts";
import { findProgram } from "../installed.ts";
import { closedPort } from "../loopback-server.ts";

export const EXIM = findProgram("exim4");

export const MAIL_LOGIN = { user: "monitor", password: "canary-s3cret" };

export interface EximServer {
  readonly port: number;
  /** What has been delivered to `one` or `two`, as the files of a mailbox hold it. */
  mailbox(name: "one" | "two"): string[];
  close(): Promise<void>;
}

const NOBODY = 65_534;

/** After the default configuration of Debian's package, as far as one that delivers to mailboxes of its own needs it. */
function configuration(folder: string, port: number, certificate: Certificate | null): string {
  const tls = certificate
    ? `tls_advertise_hosts = *
tls_certificate = ${folder}/mail.crt
tls_privatekey = ${folder}/mail.key
auth_advertise_hosts = \${if eq{$tls_in_cipher}{}{}{*}}`
    : "tls_advertise_hosts =";
  return `
primary_hostname = mail.example.test
exim_user = ${process.getuid?.() === 0 ? NOBODY : process.getuid?.()}
exim_group = ${process.getuid?.() === 0 ? NOBODY : process.getgid?.()}
exim_path = ${folder}/exim
spool_directory = ${folder}/spool
log_file_path = ${folder}/spool/%slog
pid_file_path = ${folder}/spool/exim.pid
keep_environment = ^TAKEN_ALONG_
daemon_smtp_ports = ${port}
local_interfaces = 127.0.0.1
timezone = UTC
never_users =
${tls}
acl_smtp_rcpt = check_rcpt
domainlist local_domains = example.test

begin acl
check_rcpt:
  require message = authentication required
          authenticated = *
  defer   message = greylisted, try again later
          local_parts = later
  require verify = recipient
  accept

begin routers
known:
  driver = accept
  domains = +local_domains
  local_parts = one : two : later
  transport = mailbox

begin transports
mailbox:
  driver = appendfile
  maildir_format
  directory = ${folder}/mail/$local_part_data
  envelope_to_add
  return_path_add

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${MAIL_LOGIN.user}}}{eq{$auth3}{${MAIL_LOGIN.password}}}}}
  server_set_id = $auth2
`;
}

/** @param certificate null for a server that offers no encryption */
export async function startExim(certificate: Certificate | null): Promise<EximServer> {
  const port = await closedPort();
  const folder = mkdtempSync(join(tmpdir(), "exim-"));
  const program = join(folder, "exim");
  copyFileSync(EXIM ?? "exim4", program);
  for (const name of ["spool", "mail"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "exim.conf"), configuration(folder, port, certificate));
  writeFileSync(join(folder, "mail.crt"), certificate?.cert ?? "");
  writeFileSync(join(folder, "mail.key"), certificate?.key ?? "");
  chmodSync(program, 0o755);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const name of ["", "spool", "mail"]) chownSync(join(folder, name), NOBODY, NOBODY);
  const args = ["-C", join(folder, "exim.conf"), "-bdf"];
  const options = isRoot ? { uid: NOBODY, gid: NOBODY, cwd: folder } : { cwd: folder };
  const daemon = await startDaemon({ program, args, port, options });
  return {
    port,
    mailbox(name) {
      const arrived = join(folder, "mail", name, "new");
      try {
        return readdirSync(arrived).map((file) => readFileSync(join(arrived, file), "utf8"));
      } catch {
        return []; // made for the first message
      }
    },
    async close() {
      await daemon.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
