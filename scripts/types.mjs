// Makes web/shared/schema.ts, the types of the REST API, from docs/openapi.json. With --check it only
// checks that the file is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const document = new URL("../docs/openapi.json", import.meta.url);
const file = new URL("../web/shared/schema.ts", import.meta.url);

// The paths are left out: screens name the types of responses, and the client has the addresses.
const { components, openapi, info } = JSON.parse(readFileSync(document, "utf8"));
const types = astToString(await openapiTS({ openapi, info, components, paths: {} }));
const text = `// Made from docs/openapi.json by \`make types\`; do not edit.\n\n${types
  .slice(types.indexOf("export interface components"))
  .replace(/export type \$defs[\s\S]*$/, "")}`;

if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  console.error("web/shared/schema.ts does not match docs/openapi.json; run `make types`.");
  process.exit(1);
}
