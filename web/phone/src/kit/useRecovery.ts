import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../../../shared/api";
import { backoff } from "../../../shared/realtime";
import { onReconnect } from "../state/connection";

/** Skips the shortest pauses of a reconnecting socket: a screen is asked for less often. */
const FIRST_PAUSE = 2;

/** Whether the same question may get another answer later, without the user doing anything. */
export function passes(error: unknown): boolean {
  return error instanceof ApiError && (error.isNetwork || error.status >= 500);
}

/** Tries again after an error that may pass: at once when the host is back, and at intervals. */
export function useRecovery(failed: boolean, retry: () => void): void {
  const latest = useRef(retry);
  latest.current = retry;
  useEffect(() => {
    if (!failed) return;
    let tries = FIRST_PAUSE;
    let timer: ReturnType<typeof setTimeout>;
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(again, backoff(tries++));
      latest.current();
    };
    timer = setTimeout(again, backoff(tries++));
    const stop = onReconnect(again);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [failed]);
}
