// Makes web/shared/schema.ts, the types of the REST API, from docs/openapi.json; with --check it only
// says whether the file is what the document gives.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const document = new URL("../docs/openapi.json", import.meta.url);
const file = new URL("../web/shared/schema.ts", import.meta.url);

// The paths are left out: screens name the answer's type, and the client the address.
const { components, openapi, info } = JSON.parse(readFileSync(document, "utf8"));
const types = astToString(await openapiTS({ openapi, info, components, paths: {} }));
const text = `// Made from docs/openapi.json by \`make types\`; do not edit.\n\n${types
  .slice(types.indexOf("export interface components"))
  .replace(/export type \$defs[\s\S]*$/, "")}`;

if (!process.argv.includes("--check")) {
  writeFileSync(file, text);
} else if (readFileSync(file, "utf8") !== text) {
  console.error("web/shared/schema.ts is not what docs/openapi.json gives; run `make types`.");
  process.exit(1);
}
