/**
 * The developer's side of the host's REST interface, as far as the command line needs it.
 *
 * @module
 */
import { problemOf } from "./problem.js";

export interface Diagnostic {
  severity: "error" | "warning";
  code: string;
  message: string;
  file: string;
  line: number;
  column: number;
}

export interface Version {
  id: string;
  app_id: string;
  version: string;
  state: string;
  size: number;
  file_count: number;
  diagnostics: Diagnostic[] | null;
}

export interface LogEntry {
  at?: string;
  created_at?: string;
  level: string;
  text: string;
  file?: string;
  line?: number;
  column?: number;
}

/** A client with a personal access token. */
export class Developer {
  constructor(
    private readonly baseURL: string,
    private readonly token: string,
  ) {}

  async get<Out>(path: string): Promise<Out> {
    return this.#call(path, { method: "GET" });
  }

  async post<Out>(path: string, body: object = {}): Promise<Out> {
    return this.#call(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  }

  upload(appID: string, zip: Uint8Array, version: string, notes: string): Promise<Version> {
    const form = new FormData();
    form.set("version", version);
    form.set("notes", notes);
    form.set(
      "bundle",
      new Blob([zip as Uint8Array<ArrayBuffer>], { type: "application/zip" }),
      "bundle.zip",
    );
    return this.#call(`/api/v1/dev/apps/${appID}/versions`, { method: "POST", body: form });
  }

  async #call<Out>(path: string, init: RequestInit): Promise<Out> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.baseURL), {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${this.token}` },
      });
    } catch (error) {
      throw new Error(`${this.baseURL} cannot be reached: ${(error as Error).message}`);
    }
    if (!response.ok) throw await problemOf(response);
    return (response.status === 204 ? undefined : await response.json()) as Out;
  }
}
