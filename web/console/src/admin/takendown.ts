import type { AuditEntry } from "../wire";

export interface TakenDown {
  appId: string;
  at: string;
  by: string;
  reason: string;
}

/** Which apps are down, from entries "app.disable" and "app.enable" in any order. */
export function takenDown(entries: AuditEntry[]): TakenDown[] {
  const latest = new Map<string, AuditEntry>();
  for (const entry of entries) {
    const known = latest.get(entry.target);
    if (!known || Date.parse(entry.at) > Date.parse(known.at)) latest.set(entry.target, entry);
  }
  return [...latest.values()]
    .filter((entry) => entry.action === "app.disable")
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .map((entry) => ({
      appId: entry.target.replace(/^app:/, ""),
      at: entry.at,
      by: entry.actor.replace(/^user:/, ""),
      reason: String(entry.detail.reason ?? ""),
    }));
}
