/**
 * Files of packages that are loaded alone, because the whole package costs MBs of memory. The packages type only what their
 * index exports, which is the same.
 */
declare module "undici/lib/dispatcher/client.js" {
  export { Client as default } from "undici";
}

declare module "systeminformation/lib/cpu.js" {
  export { cpuTemperature, currentLoad } from "systeminformation";
}

declare module "systeminformation/lib/filesystem.js" {
  export { fsSize } from "systeminformation";
}

declare module "systeminformation/lib/memory.js" {
  export { mem } from "systeminformation";
}
