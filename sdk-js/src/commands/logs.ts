import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "../command.js";
import { Developer, type LogEntry } from "../developer.js";
import { self } from "../self.js";
import { appOf, load } from "../settings.js";
import { t } from "../texts.js";
import { APP, count, limitOption } from "./versions.js";

const LISTED = 100;

/** The kind of a line that has what went into its session. */
const REPLAY = "replay";

/** How many lines of one session are looked through for what went into it. */
const MOST_OF_SESSION = 1000;

export const logs: Command = {
  name: "logs",
  about: t("aboutLogs"),
  words: [],
  options: {
    app: APP,
    level: {
      value: "LEVEL",
      of: ["log", "info", "warn", "error"],
      about: t("aboutLevel"),
    },
    limit: limitOption(LISTED),
    record: { value: "FOLDER", about: t("aboutRecordLogs") },
  },
  async run(call) {
    const app = await appOf(".", call.value("app"));
    const most = count(call, LISTED);
    const { url, token } = await load();
    const lines: LogEntry[] = [];
    const host = new Developer(url, token);
    const path = `/api/v1/dev/apps/${app}/logs`;
    const record = call.value("record");
    // Recorded sessions are lines of the level "info".
    const level = record === undefined ? call.value("level") : undefined;
    for await (const entry of host.list<LogEntry>(path, { level }, most)) lines.push(entry);
    if (record !== undefined) {
      const files = await keepSessions(host, path, lines, record);
      call.answer(files, () =>
        files.length > 0
          ? t("recorded", { n: files.length, folder: record, file: files[0]!, self: self() })
          : t("nothingRecorded"),
      );
      return 0;
    }
    // The host gives the newest first; a terminal shows the end.
    call.answer(lines, () =>
      lines.length > 0 ? lines.reverse().map(line).join("\n") : t("logEmpty"),
    );
    return 0;
  },
};

/** Writes the recorded sessions that the lines tell of, and returns the files, those of the newest first. */
async function keepSessions(
  host: Developer,
  path: string,
  lines: LogEntry[],
  folder: string,
): Promise<string[]> {
  const files: string[] = [];
  await mkdir(folder, { recursive: true });
  const recorded = lines.filter(({ kind }) => kind === REPLAY);
  for (const session of new Set(recorded.map(({ session_id }) => session_id))) {
    // The newest line of a session tells the most; only a list of one session has what was recorded.
    for await (const entry of host.list<LogEntry>(path, { session_id: session }, MOST_OF_SESSION)) {
      if (entry.kind !== REPLAY || entry.stack === "") continue;
      const file = join(folder, `${session}.jsonl`);
      await writeFile(file, entry.stack);
      files.push(file);
      break;
    }
  }
  return files;
}

function line(entry: LogEntry): string {
  if (entry.kind === REPLAY) return `${entry.time} ${entry.level.padEnd(5)} ${t("recordedLine")}`;
  const { time, level, text, file, line: at, column } = entry;
  const where = [file, at, at && column].filter(Boolean).join(":");
  return `${time} ${level.padEnd(5)} ${text}${where ? ` (${where})` : ""}`;
}
