// Short notices of what was done, shown for some seconds. Those of antd would add its dialogs and forms to what
// forms to what every visit loads; these do not.

import { useSyncExternalStore } from "react";

type Kind = "done" | "news" | "warning";

interface Notice {
  key: number;
  kind: Kind;
  text: string;
}

const SHOWN_MS = 4_000;
/** More at once would cover the page. */
const AT_ONCE = 3;

let notices: readonly Notice[] = [];
let count = 0;
const listeners = new Set<() => void>();

function show(next: readonly Notice[]): void {
  notices = next;
  for (const listener of [...listeners]) listener();
}

export function notify(text: string, kind: Kind = "done"): void {
  const notice = { key: count++, kind, text };
  show([...notices, notice].slice(-AT_ONCE));
  setTimeout(() => show(notices.filter(({ key }) => key !== notice.key)), SHOWN_MS);
}

export function Notices() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
  return (
    <div className="notices" role="status">
      {shown.map(({ key, kind, text }) => (
        <p key={key} className={`notice notice-${kind}`} dir="auto">
          {text}
        </p>
      ))}
    </div>
  );
}
