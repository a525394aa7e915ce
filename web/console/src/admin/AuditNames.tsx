// Actors and targets of the audit log are "kind:id"; people read names.

import { Person } from "../kit/Marks";
import { useAppName } from "./data";

function parts(name: string): [kind: string, id: string] {
  const at = name.indexOf(":");
  return at < 0 ? [name, ""] : [name.slice(0, at), name.slice(at + 1)];
}

export function Actor({ of }: { of: string }) {
  const [kind, id] = parts(of);
  return kind === "user" ? <Person id={id} /> : <code>{of}</code>;
}

export function Target({ of }: { of: string }) {
  const [kind, id] = parts(of);
  if (kind === "user") return <Person id={id} />;
  if (kind === "app") return <AppName id={id} />;
  const short = id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-6)}` : id;
  return <code title={of}>{short ? `${kind}:${short}` : kind}</code>;
}

export function AppName({ id }: { id: string }) {
  const name = useAppName(id);
  return name ? <bdi title={id}>{name}</bdi> : <code>{id}</code>;
}
