// Actors and targets of the audit log are "kind:id"; people read the names that come with them.

import type { AuditEntry } from "../wire";

export function Actor({ of }: { of: AuditEntry }) {
  return <Named id={of.actor} name={of.actor_name} />;
}

export function Target({ of }: { of: AuditEntry }) {
  return <Named id={of.target} name={of.target_name} />;
}

function Named({ id, name }: { id: string; name: string }) {
  if (name) return <bdi title={id}>{name}</bdi>;
  const at = id.indexOf(":");
  if (at < 0) return <code>{id}</code>;
  const rest = id.slice(at + 1);
  const short = rest.length > 14 ? `${rest.slice(0, 6)}…${rest.slice(-6)}` : rest;
  return <code title={id}>{`${id.slice(0, at)}:${short}`}</code>;
}
