// The base of everything that slides over an app. A native dialog: the focus stays in it, Esc closes
// it, and what lies behind cannot be touched. It covers the app's panel, not the whole window.
//
// Every sheet has the app's name and picture at its head and the capsule on top: a text of the app
// cannot be taken for one of the platform, and the user can always leave.

import type { ComponentChildren, JSX } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { openLayer } from "../../nav/layers";
import { Capsule } from "../Chrome";
import { AppContext } from "../context";
import { AppMark } from "./AppMark";

interface Props {
  label: string;
  kind: "half" | "centre" | "actions" | "full";
  /** Esc, Back, or a tap outside of it. */
  onClose: () => void;
  /** A payment is running: nothing closes it. */
  locked?: boolean;
  children: ComponentChildren;
  alert?: boolean;
}

/** The panel that the app runs in; dialogs lie in the browser's top layer and must be told. */
const PANEL = "[data-mp-panel]:not([inert] *)";

export function Sheet({
  label,
  kind,
  onClose,
  locked = false,
  children,
  alert = false,
}: Props): JSX.Element {
  const { app, menu } = useContext(AppContext);
  const dialog = useRef<HTMLDialogElement>(null);
  const [box, setBox] = useState(panelBox);
  const latest = useRef({ locked, onClose });
  latest.current = { locked, onClose };
  const close = () => {
    if (!locked) onClose();
  };
  useEffect(() => {
    let leave: () => void;
    const enter = () => {
      // While locked, Back changes nothing: leaving would hide the result of a running payment.
      leave = openLayer(() => (latest.current.locked ? enter() : latest.current.onClose()));
    };
    enter();
    return () => leave();
  }, []);
  // Before the effects of the content, which may move the focus to where it belongs.
  useLayoutEffect(() => {
    const element = dialog.current!;
    const opener = document.activeElement as HTMLElement | null;
    element.showModal();
    const place = () => setBox(panelBox());
    addEventListener("resize", place);
    return () => {
      removeEventListener("resize", place);
      element.close();
      opener?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`mp-sheet mp-${kind}`}
      role={alert ? "alertdialog" : undefined}
      aria-label={label}
      style={box}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onKeyDown={(event) => event.key === "Escape" && locked && event.preventDefault()}
      onClick={(event) => event.target === dialog.current && close()}
    >
      {/* The sheet itself has the focus first: a ring around its first button, after a tap inside the
          app's frame, would look like a choice that is made already. */}
      <div class="mp-sheet-box" tabIndex={-1} autofocus>
        <p class="mp-sheet-mark">
          <AppMark app={app.info} />
        </p>
        {children}
      </div>
      <Capsule onMenu={menu} onHide={() => app.exit()} locked={locked} />
    </dialog>
  );
}

function panelBox(): Record<string, number | string> | undefined {
  const panel = document.querySelector(PANEL);
  if (!panel) return undefined;
  // A sheet may be asked for while the panel still slides in; it lies where the panel will be.
  for (const animation of panel.parentElement!.getAnimations()) animation.finish();
  const { left, top, width, height } = panel.getBoundingClientRect();
  // On a wide screen the panel has round corners, and so has what lies over it.
  return {
    left,
    top,
    width,
    height,
    borderRadius: getComputedStyle(panel.parentElement!).borderRadius,
  };
}
