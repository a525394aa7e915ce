import { cp, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "../command.js";
import { Failure } from "../failure.js";
import { self } from "../self.js";
import { appOf } from "../settings.js";

export const init: Command = {
  name: "init",
  about: "start a mini program from a template",
  words: ["DIR"],
  options: { app: { value: "ID", about: "the app it will be; is written into teahouse.json" } },
  async run(call) {
    const directory = call.need(0);
    const app = call.value("app") && (await appOf(directory, call.value("app")));
    const there = await stat(directory).catch(() => undefined);
    if (there && !there.isDirectory())
      throw new Failure(`${directory} is a file; name a new folder.`);
    if (there && (await readdir(directory)).length > 0)
      throw new Failure(`${directory} is not empty; name a new folder.`);
    await mkdir(directory, { recursive: true });
    await cp(fileURLToPath(new URL("../../templates/blank", import.meta.url)), directory, {
      recursive: true,
    });
    if (app)
      await writeFile(
        join(directory, "teahouse.json"),
        `${JSON.stringify({ app_id: app, scope_reasons: {} }, null, 2)}\n`,
      );
    call.answer({ directory }, () =>
      [
        `${directory} is a mini program: a page with a button.`,
        `Next: ${self()} upload ${directory}${app ? "" : " --app ta…"}`,
      ].join("\n"),
    );
    return 0;
  },
};
