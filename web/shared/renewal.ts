// A socket of the host ends with the token that it was opened with, so a new one is sent before that.

import { RENEW_BEFORE_MS } from "./api";

/** When to renew a token that has so many seconds left: when the API client would get a new one. */
function renewIn(expiresIn: number): number {
  return Math.max(1000, expiresIn * 1000 - RENEW_BEFORE_MS + 1000);
}

export class Renewal {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts plans, so that a token for an old socket is not sent over a new one. */
  private plan = 0;

  constructor(private readonly token: () => Promise<string | null>) {}

  /** Sends a new token before the present one ends in so many seconds; hosts of older versions do not say. */
  before(expiresIn: number | undefined, send: (token: string) => void): void {
    this.stop();
    if (expiresIn === undefined) return;
    const plan = this.plan;
    this.timer = setTimeout(async () => {
      try {
        const token = await this.token();
        if (token !== null && plan === this.plan) send(token);
      } catch {
        // No network: the socket ends, and the next one brings a new token.
      }
    }, renewIn(expiresIn));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.plan++;
  }
}
