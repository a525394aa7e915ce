// Mini programs that the tests publish, and the ways to publish them without a browser.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pack } from "../sdk-js/dist/bundle.js";
import { DEMO_PASSWORD, hostURL, unique } from "./phone.ts";

const root = resolve(import.meta.dirname, "..");

/** A copy of the café that talks to the server at `shop` (host:port). */
export function cafeProgram(shop: string): string {
  const directory = mkdtempSync(join(process.env.SCRATCH!, "teahouse-program-"));
  cpSync(join(root, "examples/cafe/miniprogram"), directory, { recursive: true });
  writeFileSync(join(directory, "config.js"), `module.exports = { api: 'http://${shop}' }\n`);
  replace(directory, "app.json", "127.0.0.1:8081", shop);
  return directory;
}

/** A program of the given files. */
export function programOf(files: Record<string, string | Buffer>): string {
  const directory = mkdtempSync(join(process.env.SCRATCH!, "teahouse-program-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

export function replace(directory: string, file: string, from: string, to: string): void {
  const path = join(directory, file);
  const text = readFileSync(path, "utf8");
  if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`);
  writeFileSync(path, text.replaceAll(from, to));
}

/** The zip that a developer would choose in the file dialog. */
export async function zipOf(
  directory: string,
): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const { zip } = await pack(directory);
  return { name: "bundle.zip", mimeType: "application/zip", buffer: Buffer.from(zip) };
}

/** Runs the command line as a developer's project that depends on it, as the café's server does. */
export function teahouse(args: string[], token: string): Promise<string> {
  const env = { ...process.env, TEAHOUSE_URL: hostURL(), TEAHOUSE_TOKEN: token };
  return new Promise((done, failed) => {
    execFile(
      "npx",
      ["--no-install", "teahouse", ...args],
      { cwd: join(root, "examples/cafe/server"), env },
      (error, out, err) =>
        error ? failed(new Error(`${error.message}\n${out}${err}`)) : done(out),
    );
  });
}

export interface CafeSettings {
  appID: string;
  appSecret: string;
  webhookSecret: string;
  templateID: string;
}

/** The account's own server, as the owner of a café would start it. */
export function startCafe(address: string, settings: CafeSettings): ChildProcess {
  const state = join(mkdtempSync(join(process.env.SCRATCH!, "teahouse-cafe-")), "orders.json");
  const output = process.env.E2E_LOG ? "inherit" : "ignore";
  return spawn(process.execPath, ["examples/cafe/server/server.js"], {
    cwd: root,
    stdio: ["ignore", output, "inherit"],
    env: {
      ...process.env,
      TEAHOUSE_URL: hostURL(),
      CAFE_ADDR: address,
      CAFE_KITCHEN_SECONDS: "1",
      CAFE_STATE: state,
      CAFE_APP_ID: settings.appID,
      CAFE_APP_SECRET: settings.appSecret,
      CAFE_WEBHOOK_SECRET: settings.webhookSecret,
      CAFE_TEMPLATE_ID: settings.templateID,
    },
  });
}

// --- Over REST, where publishing is not what a test is about -----------------------------------

interface Published {
  appID: string;
  versionID: string;
  /** Opens the version on a phone; it asks for its developer to be logged in. */
  link: string;
}

/** Makes an app of dana's and uploads a version of it. */
export async function uploaded(directory: string, name: string): Promise<Published> {
  const dana = await session("dana");
  const app = await newApp(dana, name);
  const form = new FormData();
  form.append("version", "1.0.0");
  form.append("notes", "");
  form.append("bundle", new Blob([new Uint8Array((await zipOf(directory)).buffer)]), "bundle.zip");
  const version = await dana<{ id: string; state: string; diagnostics: unknown }>(
    "POST",
    `/dev/apps/${app.id}/versions`,
    form,
  );
  if (version.state !== "ready")
    throw new Error(`${name} did not compile: ${JSON.stringify(version.diagnostics)}`);
  return { appID: app.id, versionID: version.id, link: `/a/${app.id}?version=${version.id}` };
}

/** An app in an account of the tests' own that has room for one: people have few accounts, and accounts few apps. */
async function newApp(dana: Call, name: string): Promise<{ id: string }> {
  const { items } = await dana<{ items: { id: string; handle: string }[] }>("GET", "/dev/accounts");
  const add = async (account: string) =>
    (
      await dana<{ app: { id: string } }>("POST", `/dev/accounts/${account}/apps`, {
        name,
        description: name,
      })
    ).app;
  for (const { id } of items.filter(({ handle }) => handle.startsWith("programs"))) {
    try {
      return await add(id);
    } catch (error) {
      if (!String(error).includes("too-many-apps")) throw error;
    }
  }
  const account = await dana<{ id: string }>("POST", "/dev/accounts", {
    handle: unique("programs"),
    name: "Programs of the tests",
    description: "",
    kind: "service",
    welcome_text: "Hello",
  });
  return add(account.id);
}

type Call = <T>(method: string, path: string, body?: object) => Promise<T>;

/** REST in the name of one of the demo's people. */
export async function session(handle: string): Promise<Call> {
  const call = async <T>(
    token: string,
    method: string,
    path: string,
    body?: object,
  ): Promise<T> => {
    const form = body instanceof FormData;
    const answer = await fetch(`${hostURL()}/api/v1${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(!form && { "content-type": "application/json" }),
      },
      body: form ? body : body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  const { access_token } = await call<{ access_token: string }>("", "POST", "/auth/login", {
    handle,
    password: DEMO_PASSWORD,
  });
  return (method, path, body) => call(access_token, method, path, body);
}
