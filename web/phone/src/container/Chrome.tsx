// The parts around a page: navigation bar, capsule, tab bar.

import type { ComponentChildren, JSX } from "preact";
import { Avatar } from "../kit/Avatar";
import { Icon } from "../kit/Icon";
import { useStore } from "../state/store";
import type { OpenApp } from "./app";
import { colour, isDarkColour } from "./colour";
import { assetURL } from "./images";
import type { PageView } from "./pages";
import { AppMark } from "./sheets/AppMark";
import { t } from "./texts";

export function NavigationBar({ app, page }: { app: OpenApp; page: PageView }): JSX.Element | null {
  const info = useStore(app.state, (state) => state.info);
  const depth = useStore(app.pages.state, ({ stack }) => stack.indexOf(page.id));
  // The app chooses the title; if it is not the app's name, the name is shown under it.
  const named = page.title === info.name;
  const under = depth > 0 || page.motion === "leaving";
  const home = !under && app.offersHome && page.config.homeButton !== false;
  if (page.config.navigationStyle === "custom") return null;
  return (
    <div class="mp-nav" style={{ background: page.background, color: page.foreground }}>
      <div class="mp-nav-row">
        {under && (
          <button
            type="button"
            class="mp-nav-button"
            aria-label={t("back")}
            onClick={() => app.pages.back()}
          >
            <Icon name="back" />
          </button>
        )}
        {home && (
          <button
            type="button"
            class="mp-nav-button"
            aria-label={t("home")}
            onClick={() => app.home()}
          >
            <svg
              class="icon"
              width="22"
              height="22"
              viewBox="0 0 24 24"
              aria-hidden="true"
              fill="none"
              stroke="currentColor"
              stroke-width="1.6"
              stroke-linejoin="round"
            >
              <path d="M4 11 12 4l8 7v9h-5.5v-6h-5v6H4z" />
            </svg>
          </button>
        )}
        <div class={named ? "mp-nav-text mp-nav-same" : "mp-nav-text"}>
          {named && <Avatar name={info.name} url={info.icon_url} size={18} round />}
          <h1 class="mp-nav-title" dir="auto">
            {page.busy && <span class="mp-spin" role="progressbar" aria-label={t("loading")} />}
            <span>{page.title}</span>
          </h1>
          {!named && (
            // Readable with any colours that the app has chosen for its title.
            <AppMark
              app={info}
              size={12}
              class={isDarkColour(page.background) ? "mp-on-dark" : ""}
            />
          )}
        </div>
      </div>
    </div>
  );
}

interface CapsuleProps {
  dark?: boolean;
  /** It says that this is a development version. */
  development?: boolean;
  /** A payment is running: leaving would hide its result. */
  locked?: boolean;
  /** The app's picture, where the page has no bar that shows whose it is. */
  picture?: ComponentChildren;
  onMenu: () => void;
  onHide: () => void;
}

/** Always at the same place, above everything of the app: apps compute their layout from it. */
export function Capsule(props: CapsuleProps): JSX.Element {
  const { locked } = props;
  const dark = props.dark ? " mp-capsule-dark" : "";
  const development = props.development ? " mp-capsule-development" : "";
  return (
    <div
      class={`mp-capsule${dark}${development}`}
      role="group"
      aria-label={props.development ? t("development") : undefined}
    >
      <button
        type="button"
        aria-label={t("menu")}
        aria-haspopup="dialog"
        disabled={locked}
        onClick={props.onMenu}
        data-testid="capsule-menu"
      >
        {props.picture}
        <svg width="20" height="8" viewBox="0 0 20 8" aria-hidden="true" fill="currentColor">
          <circle cx="3" cy="4" r="2" />
          <circle cx="10" cy="4" r="3" />
          <circle cx="17" cy="4" r="2" />
        </svg>
      </button>
      <button
        type="button"
        aria-label={t("hide")}
        disabled={locked}
        onClick={props.onHide}
        data-testid="capsule-hide"
      >
        <svg width="19" height="19" viewBox="0 0 19 19" aria-hidden="true">
          <circle cx="9.5" cy="9.5" r="8.2" fill="none" stroke="currentColor" stroke-width="2" />
          <circle cx="9.5" cy="9.5" r="3" fill="currentColor" />
        </svg>
      </button>
    </div>
  );
}

export function TabBar({ app }: { app: OpenApp }): JSX.Element | null {
  const { image } = useStore(app.state, (state) => state);
  const state = useStore(app.bars.tabBar, (bar) => bar);
  const bottom = useStore(app.pages.state, () => app.pages.stack[0]);
  const bar = app.bars.tabBarLook();
  if (!bar || !app.bars.tabBarVisible(bottom)) return null;
  const style = { ...bar, ...state.style };
  const top = bar.position === "top";
  const route = bottom?.route;
  const light = style.borderStyle === "white";
  return (
    <nav
      class={top ? "mp-tabs mp-tabs-top" : "mp-tabs"}
      aria-label={t("tabs")}
      style={{
        background: colour(style.backgroundColor) ?? "#ffffff",
        borderColor: light ? "#ffffff" : undefined,
      }}
    >
      {bar.list.slice(0, 5).map((tab, index) => {
        const own = state.tabs[index] ?? {};
        const selected = tab.pagePath === route;
        const label = own.text ?? tab.text;
        const icon = selected
          ? (own.selectedIconPath ?? tab.selectedIconPath ?? own.iconPath ?? tab.iconPath)
          : (own.iconPath ?? tab.iconPath);
        const news = Boolean(own.badge) || own.dot === true;
        return (
          <button
            type="button"
            key={tab.pagePath}
            class={selected ? "mp-tab mp-tab-on" : "mp-tab"}
            aria-current={selected ? "page" : undefined}
            aria-label={news ? t("unread", { text: label }) : undefined}
            style={{
              color:
                (selected ? style.selectedColor : style.color) ||
                (selected ? "#047a3c" : "#7a7e83"),
            }}
            onClick={() => app.send({ t: "tab", index })}
          >
            <span class="mp-tab-icon">
              {!top && icon && <img src={assetURL(image, icon)} alt="" width={27} height={27} />}
              {own.badge && (
                <span class="mp-badge" aria-hidden="true">
                  {own.badge}
                </span>
              )}
              {own.dot && <span class="mp-dot" aria-hidden="true" />}
            </span>
            <span class="mp-tab-text" dir="auto">
              {label}
            </span>
          </button>
        );
      })}
    </nav>
  );
}

/** Whether the text on a colour of the app is white; the capsule follows it. */
export function isDark(page: PageView | null): boolean {
  return page?.foreground === "#ffffff";
}
