// Where a mini program runs: over everything on a phone, beside the chat on a wide screen. After
// the user has left, it stays alive for a while, so that returning to it takes no time.

import type { JSX } from "preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useRef, useState } from "preact/hooks";
import { Spinner } from "../kit/Feedback";
import { entryState } from "../nav/layers";
import { back } from "../nav/routes";

/** How long an app that is out of sight keeps its session. */
const KEEP_ALIVE_MS = 5 * 60_000;
/** The vendor's scene number for an app that was opened by itself. */
const DEFAULT_SCENE = 1001;

const MiniProgram = lazy(() => import("../container").then((m) => ({ default: m.MiniProgram })));

interface Running {
  appId: string;
  version: string;
  path?: string;
  scene: number;
  /** A new number is a new session. */
  session: number;
}

interface Props {
  /** Path and query of the app in the address, or null. */
  address: string | null;
  wide: boolean;
}

let sessions = 0;

export function AppPanel({ address, wide }: Props): JSX.Element | null {
  const [running, setRunning] = useState<Running | null>(null);
  // On a wide screen an app stays open while the user reads chats next to it.
  const [pinned, setPinned] = useState(false);
  const openedAt = useRef(0);

  useEffect(() => {
    const depth = entryState().depth ?? 0;
    if (address !== null) {
      openedAt.current = depth;
      setPinned(true);
      setRunning((before) => continued(before, address));
    } else if (depth < openedAt.current) {
      setPinned(false); // Back from the app.
    }
  }, [address]);

  const visible = running !== null && (address !== null || (wide && pinned));
  useEffect(() => {
    if (visible || running === null) return;
    const timer = setTimeout(() => setRunning(null), KEEP_ALIVE_MS);
    return () => clearTimeout(timer);
  }, [visible, running]);

  if (running === null) return null;
  const exit = () => {
    setPinned(false);
    if (address !== null) back("/discover");
  };
  return (
    <aside class="app-panel" data-visible={visible} inert={!visible} data-testid="app-panel">
      <Suspense
        fallback={
          <div class="page-wait">
            <Spinner />
          </div>
        }
      >
        <MiniProgram
          key={running.session}
          appId={running.appId}
          version={running.version}
          path={running.path}
          scene={running.scene}
          visible={visible}
          onExit={exit}
        />
      </Suspense>
    </aside>
  );
}

/** The running app if the address means it, else the one that the address asks for. */
function continued(before: Running | null, address: string): Running {
  const url = new URL(address, location.origin);
  const appId = decodeURIComponent(url.pathname.slice("/a/".length));
  const version = url.searchParams.get("version") ?? "released";
  const path = url.searchParams.get("path") ?? undefined;
  const same =
    before !== null &&
    before.appId === appId &&
    before.version === version &&
    (path === undefined || before.path === path);
  if (same) return before;
  return {
    appId,
    version,
    path,
    scene: Number(url.searchParams.get("scene")) || DEFAULT_SCENE,
    session: ++sessions,
  };
}
