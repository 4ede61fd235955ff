/**
 * What can have happened to the database while the service ran, as sentences for people. Told by shared/node/service-database.ts, shown with
 * advice by the pages (functions/page/banners.ts). Invariant: a sentence names no path and nothing of what is stored.
 */

export const REPLACED_FAULT =
  "The database was deleted or replaced while the service ran; history goes on in the file that is there now";
export const CUT_FAULT =
  "The log of the database (its -wal file) was cut while the service ran; what could still be read was saved";
export const CUT_LOST_FAULT =
  "The log of the database (its -wal file) was cut while the service ran; the last minutes of history are lost";
