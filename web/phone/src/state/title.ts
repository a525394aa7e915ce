// The number of unread messages in the tab's title, where it is seen from other tabs.

import { chats, totalUnread } from "./chats";

export function startTitle(): () => void {
  const show = () => {
    const unread = totalUnread(chats.get());
    document.title = unread > 0 ? `(${unread > 99 ? "99+" : unread}) Teahouse` : "Teahouse";
  };
  show();
  const stop = chats.watch(show);
  return () => {
    stop();
    document.title = "Teahouse";
  };
}
