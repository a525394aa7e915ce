// The user websocket: news of versions and of their pauses make the lists and pages that show them ask again.

import { RealtimeClient } from "../../../shared/realtime";
import type { RealtimeEvent } from "../../../shared/types";
import { api, queries } from "./session";

export type VersionNews = Extract<RealtimeEvent, { type: "version" }>;

/** Listens until the returned function is called. */
export function listenForNews(onVersion: (news: VersionNews) => void): () => void {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const client = new RealtimeClient({
    url: () => `${scheme}//${location.host}/realtime`,
    token: (fresh) => api.accessToken(fresh),
    onEvent: (event) => {
      if (event.type === "quarantine") {
        void queries.invalidateQueries({ queryKey: ["app", event.app_id] });
        void queries.invalidateQueries({ queryKey: ["quarantines"] });
      }
      if (event.type !== "version") return;
      void queries.invalidateQueries({ queryKey: ["app", event.app_id] });
      void queries.invalidateQueries({ queryKey: ["submissions"] });
      onVersion(event);
    },
    // Events are not sent again after a lost connection: load again what is on the screen.
    onReady: () => {
      void queries.invalidateQueries({ queryKey: ["app"] });
      void queries.invalidateQueries({ queryKey: ["submissions"] });
    },
    onState: () => undefined,
  });
  client.start();
  return () => client.stop();
}
