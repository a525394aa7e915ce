import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";
import { table, type Command } from "../command.js";
import { Developer, type App } from "../developer.js";
import { EXIT, Failure } from "../failure.js";
import { self } from "../self.js";
import { checkToken, forget, hostAddress, load, save, settingsFile } from "../settings.js";
import { t } from "../texts.js";

export const login: Command = {
  name: "login",
  about: t("aboutLogin"),
  words: [],
  options: {
    url: { value: "URL", about: t("aboutURL"), check: hostAddress },
    token: { value: "TOKEN", about: t("aboutToken"), check: (text) => checkToken(text.trim()) },
  },
  more: t("moreLogin"),
  async run(call) {
    const given = call.value("url");
    if (!given) throw new Failure(t("needsURL"), EXIT.usage);
    const url = hostAddress(given);
    const token = (call.value("token") ?? (await askForToken())).trim();
    if (!token) throw new Failure(t("noToken", { url }), EXIT.usage);
    checkToken(token);
    let apps = 0;
    for await (const _ of new Developer(url, token).list<App>("/api/v1/dev/apps")) apps += 1;
    const file = await save({ url, token });
    call.answer({ url, apps, file }, () => t("loggedIn", { apps, file }));
    return 0;
  },
};

/** What is typed is not shown; where nobody can type, the token comes through a pipe. */
async function askForToken(): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin);
  process.stderr.write(t("askToken"));
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve) => {
    lines.once("line", (line) => {
      lines.close();
      process.stderr.write("\n");
      resolve(line);
    });
    lines.once("close", () => resolve(""));
  });
}

export const logout: Command = {
  name: "logout",
  about: t("aboutLogout"),
  words: [],
  options: {},
  async run(call) {
    await forget();
    call.answer({ file: settingsFile() }, () => t("loggedOut", { file: settingsFile() }));
    return 0;
  },
};

export const apps: Command = {
  name: "apps",
  about: t("aboutApps"),
  words: [],
  options: {},
  async run(call) {
    const { url, token } = await load();
    const mine: App[] = [];
    for await (const app of new Developer(url, token).list<App>("/api/v1/dev/apps")) mine.push(app);
    call.answer(mine, () =>
      mine.length > 0
        ? table(mine.map(({ id, name }) => [id, name]))
        : t("noApps", { url, self: self() }),
    );
    return 0;
  },
};
