import type { JSX } from "preact";
import { Avatar } from "../../kit/Avatar";
import type { AppInfo } from "../../../../shared/protocol";

interface Props {
  app: AppInfo;
  size?: number;
  class?: string;
}

/** The name and picture of the app whose text is shown: those that the host has, not those that the app gives. */
export function AppMark({ app, size = 18, class: className = "" }: Props): JSX.Element {
  return (
    <span class={`mp-mark ${className}`} data-testid="app-mark">
      <Avatar name={app.name} url={app.icon_url} size={size} round />
      <bdi>{app.name}</bdi>
    </span>
  );
}
