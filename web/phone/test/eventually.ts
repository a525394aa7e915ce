import { vi } from "vitest";

/** Waits until a check passes. It gives up only when it will not pass any more: machines are busy. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 50_000 });
}
