/**
 * Writes `cluster.schema.json`, the JSON Schema that editors use for `cluster.yaml`, from the definitions that parse it.
 * Run by hand after a key was added; with `--check` it writes nothing and exits with 1 when the file is out of date.
 * Invariant: running it twice changes nothing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildEditorSchema } from "../shared/config/editor-schema.ts";
import { CHANNEL_TYPES } from "../shared/notify/registry.ts";
import { CHECK_TYPES, DEFAULT_CHECK_TYPE } from "../shared/probes/registry.ts";

const SCHEMA_FILE = fileURLToPath(new URL("../cluster.schema.json", import.meta.url));

const schema = buildEditorSchema({
  checkTypes: CHECK_TYPES,
  defaultCheckType: DEFAULT_CHECK_TYPE,
  channelTypes: CHANNEL_TYPES,
});
const text = `${JSON.stringify(schema, null, 2)}\n`;

if (!process.argv.includes("--check")) {
  writeFileSync(SCHEMA_FILE, text);
} else if (readFileSync(SCHEMA_FILE, "utf8") !== text) {
  process.stderr.write("cluster.schema.json is out of date; run: node scripts/write-schema.ts\n");
  process.exitCode = 1;
}
