import type { JSX } from "preact";

/** What the chat app hands to the mini-program container. */
export interface MiniProgramProps {
  appId: string;
  /** "released", or the ID of a development version. */
  version: string;
  /** Page and query to open, e.g. "pages/menu/menu?id=3"; the app's first page when absent. */
  path?: string;
  /** Where the user came from, in the scene numbers that mini programs know. */
  scene: number;
  /** False while the app is kept alive out of sight. */
  visible: boolean;
  /** The user left: the capsule's circle, Esc, or Back on the first page. */
  onExit: () => void;
}

export function MiniProgram(props: MiniProgramProps): JSX.Element {
  return (
    <div role="region" aria-label={props.appId}>
      <button type="button" onClick={props.onExit}>×</button>
    </div>
  );
}
