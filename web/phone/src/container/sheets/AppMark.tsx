import type { JSX } from "preact";
import { Avatar } from "../../kit/Avatar";
import type { AppInfo } from "../wire";

interface Props {
  app: AppInfo;
  size?: number;
  class?: string;
}

/** Whose words these are: the app as the host knows it, never as it calls itself. */
export function AppMark({ app, size = 18, class: className = "" }: Props): JSX.Element {
  return (
    <span class={`mp-mark ${className}`} data-testid="app-mark">
      <Avatar name={app.name} url={app.icon_url} size={size} round />
      <bdi>{app.name}</bdi>
    </span>
  );
}
