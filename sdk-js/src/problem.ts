import { t } from "./texts.js";

/** One part of a request that was wrong. */
export interface ProblemField {
  path: string;
  message: string;
}

/** An answer of the host that says what went wrong: RFC 9457, with the host's request ID. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** Stable name of the problem, e.g. "missing-scope". */
    readonly slug: string,
    message: string,
    readonly requestID: string,
    readonly fields: readonly ProblemField[],
    readonly data: unknown,
  ) {
    super(message);
    this.name = "Problem";
  }

  /** The same problem in other words. */
  saying(message: string): Problem {
    return new Problem(this.status, this.slug, message, this.requestID, this.fields, this.data);
  }
}

/** Reads the problem out of an answer that is not a success. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Something between this command and the host answered: only its text is known.
  }
  const message =
    (body.detail as string) ??
    (body.error_description as string) ??
    (body.title as string) ??
    t("noReason", { status: response.status });
  const slug =
    String(body.type ?? body.error ?? "").replace(/^.*\/problems\//, "") ||
    `http-${response.status}`;
  return new Problem(
    response.status,
    slug,
    message,
    (body.request_id as string) ?? response.headers.get("x-request-id") ?? "",
    (body.errors as ProblemField[]) ?? [],
    body.data,
  );
}
