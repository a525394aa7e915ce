import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../../shared/api";

export interface Loaded<T> {
  value: T | null;
  error: ApiError | null;
  reload: () => void;
  set: (value: T) => void;
}

/** Asks the host when `key` changes; what was shown stays until the new answer is there. */
export function useLoad<T>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;

  useEffect(() => {
    if (key === null) return;
    const control = new AbortController();
    latest
      .current(control.signal)
      .then((answer) => {
        if (control.signal.aborted) return;
        setValue(answer);
        setError(null);
      })
      .catch((reason: unknown) => {
        if (control.signal.aborted) return;
        if (reason instanceof ApiError) setError(reason);
        else throw reason;
      });
    return () => control.abort();
  }, [key, round]);

  const reload = useCallback(() => setRound((count) => count + 1), []);
  return { value, error, reload, set: setValue };
}

/** A value that follows `value` after it rests, so that typing asks the host once. */
export function useSettled<T>(value: T, ms = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
