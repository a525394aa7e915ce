// Mini programs by their ID, for what names one without bringing its name and picture along.

import { useEffect } from "preact/hooks";
import { ApiError } from "../../../shared/api";
import type { App, ID } from "../../../shared/types";
import { api } from "../services";
import { Store, useStore } from "./store";

/** null: the host does not say, because there is none or it is not released. */
const apps = new Store<ReadonlyMap<ID, App | null>>(new Map());
const asked = new Set<ID>();

async function load(id: ID): Promise<void> {
  if (asked.has(id)) return;
  asked.add(id);
  try {
    const app = await api.get<App>(`/apps/${encodeURIComponent(id)}`);
    apps.update((known) => new Map(known).set(id, app));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) apps.update((known) => new Map(known).set(id, null));
    else asked.delete(id); // Asked again by the next card.
  }
}

/** The app once it is known; undefined until then. */
export function useApp(id: ID): App | null | undefined {
  useEffect(() => void load(id), [id]);
  return useStore(apps, (known) => known.get(id));
}
