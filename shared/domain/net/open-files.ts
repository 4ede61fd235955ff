/**
 * Who may use the files and sockets that a process may have open: clients and probes get a share each, so that neither can take
 * what the database and messages need. Pure; the monitor asks it where its configuration would allow more.
 */

/** Of Node, the database, its threads and the log. */
const OWN_FILES = 40;

const FEWEST = 4;

/** @param openFiles Infinity: without a limit */
export function shareOpenFiles(openFiles: number): { readonly connections: number; readonly probes: number } {
  const spare = Math.max(FEWEST, openFiles - OWN_FILES);
  return { connections: Math.floor(spare / 2), probes: Math.floor(spare / 4) };
}
