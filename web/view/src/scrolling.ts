// Scrolling of the whole page: what the app is told, and what it asks for.

import type { PageContext } from "./component";
import { SCROLL_REPORT_MS } from "./limits";
import { reducedMotion } from "./motion";
import { select } from "./query";
import type { ToShell, Value } from "../../shared/protocol";

/** Reports scroll positions and the end of the page. `hooks`: what the page listens to, if known. */
export function watchScroll(
  page: PageContext & { post(message: ToShell): void },
  hooks: string[] | null,
): void {
  const scroller = document.scrollingElement ?? document.documentElement;
  const listens = hooks?.includes("onPageScroll") ?? null;
  let waiting = false;
  let reported = 0;
  let armedHeight = -1;
  const report = () => {
    waiting = false;
    reported = performance.now();
    page.post({ t: "scroll", top: Math.round(scroller.scrollTop) });
  };
  addEventListener(
    "scroll",
    () => {
      if (listens !== false && !waiting) {
        waiting = true;
        const pause = listens ? 0 : SCROLL_REPORT_MS - (performance.now() - reported);
        if (pause > 0) setTimeout(report, pause);
        else requestAnimationFrame(report);
      }
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      const distance = page.config.onReachBottomDistance ?? 50;
      const near = scrollHeight - scrollTop - clientHeight <= distance;
      // Once per height: the event is sent again only after the page has grown.
      if (near && armedHeight !== scrollHeight) {
        armedHeight = scrollHeight;
        page.post({ t: "reachbottom" });
      } else if (!near) {
        armedHeight = -1;
      }
    },
    { passive: true },
  );
}

export function scrollPage(page: PageContext, args: Record<string, Value>): void {
  let top = Number(args.scrollTop ?? 0);
  if (typeof args.selector === "string") {
    const el = select(page, args.selector)[0];
    if (!el) return;
    top = el.getBoundingClientRect().top + scrollY + Number(args.offsetTop ?? 0);
  }
  const still = Number(args.duration ?? 300) === 0 || reducedMotion();
  scrollTo({ top, behavior: still ? "instant" : "smooth" });
}
