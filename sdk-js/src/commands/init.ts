import { cp, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "../command.js";
import { Failure } from "../failure.js";
import { self } from "../self.js";
import { checkAppID } from "../settings.js";
import { t } from "../texts.js";

export const init: Command = {
  name: "init",
  about: t("aboutInit"),
  words: ["DIR"],
  options: { app: { value: "ID", about: t("aboutInitApp"), check: checkAppID } },
  async run(call) {
    const directory = call.need(0);
    const app = call.value("app");
    const there = await stat(directory).catch(() => undefined);
    if (there && !there.isDirectory()) throw new Failure(t("initFile", { directory }));
    if (there && (await readdir(directory)).length > 0)
      throw new Failure(t("initNotEmpty", { directory }));
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
      t("initDone", { directory, self: self(), app: app ? "" : " --app ta…" }),
    );
    return 0;
  },
};
