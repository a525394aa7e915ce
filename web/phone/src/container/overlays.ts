// Sheets, dialogs and the notice over the pages of an open app.

import type { JSX } from "preact";
import { Store } from "../state/store";

export interface Overlay {
  key: number;
  /** It is what the capsule opens. */
  isMenu?: boolean;
  view: () => JSX.Element;
  /** Closes it without an answer, because the user has left the app. */
  drop: () => void;
}

export interface Notice {
  text: string;
  icon: string;
  image: string;
  mask: boolean;
}

const NOTICE_MS = 1500;

export class Overlays {
  readonly open = new Store<readonly Overlay[]>([]);
  readonly notice = new Store<Notice | null>(null);
  private keys = 1;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Opens a sheet; it closes with the answer, or with `null` when something else closes it. */
  ask<T>(make: (close: (answer: T | null) => void) => Omit<Overlay, "key">): Promise<T | null> {
    return new Promise((resolve) => {
      const close = (answered: T | null) => {
        this.open.update((open) => open.filter((one) => one !== overlay));
        resolve(answered);
      };
      const overlay: Overlay = { key: this.keys++, ...make(close) };
      this.open.update((open) => [...open, overlay]);
    });
  }

  say(text: string, options: Partial<Notice> & { duration?: number | null } = {}): void {
    clearTimeout(this.timer);
    const { icon = "none", image = "", mask = false, duration = NOTICE_MS } = options;
    this.notice.set({ text, icon, image, mask });
    // A loading notice stays until the app takes it away.
    if (duration !== null) this.timer = setTimeout(() => this.hush(), duration);
  }

  hush(): void {
    clearTimeout(this.timer);
    this.notice.set(null);
  }

  /** Closes all sheets: the user has left. */
  drop(): void {
    for (const overlay of this.open.get()) overlay.drop();
  }
}
