import type { ComponentChildren, JSX } from "preact";
import { Avatar } from "../../kit/Avatar";
import type { AppInfo } from "../wire";

/** Who is asking: the app as the host knows it, never as it calls itself. */
export function AppHead({
  app,
  size = 24,
  children,
}: {
  app: AppInfo;
  size?: number;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="mp-app-head">
      <Avatar name={app.name} url={app.icon_url} size={size} round />
      <span dir="auto">{children}</span>
    </div>
  );
}
