import type { Command } from "../command.js";
import { runOn } from "../program.js";
import { t } from "../texts.js";

/** Plays a recorded session again in the host's own program. */
export const replay: Command = {
  name: "replay",
  about: t("aboutReplay"),
  words: ["FILE", "DIR"],
  options: {},
  more: `${t("moreReplay")}\n${t("moreCheck")}`,
  async run(call) {
    const words = (folder: string): string[] => ["replay", call.need(0), folder];
    if (!call.json) return runOn(call.need(1), words);
    let output = "";
    const code = await runOn(call.need(1), words, (text) => (output += text));
    call.answer({ lines: output.split("\n").filter((line) => line !== "") }, () => output);
    return code;
  },
};
