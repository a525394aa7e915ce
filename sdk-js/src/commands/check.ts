import type { Command } from "../command.js";
import { runOn } from "../program.js";
import { t } from "../texts.js";

/** Runs the host binary's own check, which is the same code that review runs, with the same options. */
export const check: Command = {
  name: "check",
  about: t("aboutCheck"),
  words: ["DIR"],
  options: {
    strict: { about: t("aboutStrict") },
    page: { value: "PAGE", many: true, about: t("aboutPage") },
    tree: { about: t("aboutTree") },
    "first-tree": { about: t("aboutFirstTree") },
    steps: { value: "FILE", about: t("aboutSteps") },
    record: { value: "FOLDER", about: t("aboutRecord") },
    lang: { value: "TAG", of: ["en", "zh-CN"], about: t("aboutLang") },
  },
  more: t("moreCheck"),
  run(call) {
    const options = Object.entries(check.options).flatMap(([name, { value, many }]) => {
      if (!value) return call.on(name) ? [`--${name}`] : [];
      const given = many ? call.all(name) : [call.value(name)];
      return given.filter((text) => text !== undefined).map((text) => `--${name}=${text}`);
    });
    if (call.json) options.push("--json");
    return runOn(call.need(0), (folder) => ["check", folder, ...options]);
  },
};
