import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";
import { table, type Command } from "../command.js";
import { Developer, type App } from "../developer.js";
import { EXIT, Failure } from "../failure.js";
import { self } from "../self.js";
import { forget, hostAddress, load, save, settingsFile } from "../settings.js";

export const login: Command = {
  name: "login",
  about: "remember the host and your token",
  words: [],
  options: {
    url: { value: "URL", about: "the address of the host" },
    token: { value: "TOKEN", about: "the token; without it, it is asked for, or read from a pipe" },
  },
  more: "A token is made on the developer page of the host, under API tokens.",
  async run(call) {
    const given = call.value("url");
    if (!given) throw new Failure("login needs --url, the address of the host.", EXIT.usage);
    const url = hostAddress(given);
    const token = (call.value("token") ?? (await askForToken())).trim();
    if (!token)
      throw new Failure(
        `There was no token. Make one at ${url}/developer/tokens and give it with --token.`,
        EXIT.usage,
      );
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new Failure("That is not a token; one looks like tea_pat_….", EXIT.usage);
    let apps = 0;
    for await (const _ of new Developer(url, token).list<App>("/api/v1/dev/apps")) apps += 1;
    const file = await save({ url, token });
    call.answer(
      { url, apps, file },
      () => `Logged in; ${apps === 1 ? "1 app" : `${apps} apps`}. Saved in ${file}`,
    );
    return 0;
  },
};

/** What is typed is not shown; where nobody can type, the token comes through a pipe. */
async function askForToken(): Promise<string> {
  if (!process.stdin.isTTY) return text(process.stdin);
  process.stderr.write("Token: ");
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
  about: "forget the host and your token",
  words: [],
  options: {},
  async run(call) {
    await forget();
    call.answer({ file: settingsFile() }, () => `Logged out; ${settingsFile()} is gone.`);
    return 0;
  },
};

export const apps: Command = {
  name: "apps",
  about: "list the apps that you work on",
  words: [],
  options: {},
  async run(call) {
    const { url, token } = await load();
    const mine: App[] = [];
    for await (const app of new Developer(url, token).list<App>("/api/v1/dev/apps")) mine.push(app);
    call.answer(mine, () =>
      mine.length > 0
        ? table(mine.map(({ id, name }) => [id, name]))
        : `You work on no app yet. Make one at ${url}/developer/; then: ${self()} apps`,
    );
    return 0;
  },
};
