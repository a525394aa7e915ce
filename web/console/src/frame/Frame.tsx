// The frame of every page: the bar on top, the navigation at the side, the area for the page.

import { DownOutlined, UserOutlined } from "@ant-design/icons";
import { Button, Spin } from "antd";
import { Component, Suspense, useEffect, useRef, type ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { LOCALES, locale, setLocale, type Locale } from "../../../shared/i18n";
import { setTheme, theme, type Theme } from "../../../shared/theme";
import type { User } from "../../../shared/types";
import { Menu } from "./Menu";
import { api } from "./session";
import { t } from "./texts";

export type Side = "developer" | "admin";

export interface Place {
  to: string;
  label: string;
  icon?: ReactNode;
  /** Also current for addresses below it. */
  deep?: boolean;
  badge?: ReactNode;
}

interface FrameProps {
  side: Side;
  user?: User;
  places?: Place[];
  children: ReactNode;
}

export function Frame({ side, user, places, children }: FrameProps) {
  const main = useRef<HTMLElement>(null);
  return (
    <div className={places ? "frame" : "frame frame-bare"}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place of this page, and the router must not take it for another */}
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t("skip")}
      </a>
      <header className="bar">
        <Link href="/" className="brand">
          <img src="/console/icon.svg" alt="" width={26} height={26} />
          <span>Teahouse</span>
          <span className="brand-side">
            {side === "admin" ? t("brandAdmin") : t("brandDeveloper")}
          </span>
        </Link>
        <div className="bar-end">
          <Languages />
          <ThemeMenu />
          {user && <AccountMenu user={user} side={side} />}
        </div>
      </header>
      {places && (
        <nav className="side" aria-label={t("main")}>
          <PlaceLinks places={places} />
        </nav>
      )}
      <main id="content" className="content" tabIndex={-1} ref={main}>
        <PageBoundary>
          <Suspense fallback={<Waiting />}>{children}</Suspense>
        </PageBoundary>
      </main>
    </div>
  );
}

export function PlaceLinks({ places }: { places: Place[] }) {
  const [here] = useLocation();
  const list = useRef<HTMLUListElement>(null);
  // On a narrow screen the row is longer than the window: the current place must be visible.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the current place follows the address
  useEffect(() => {
    const show = () => {
      const row = list.current;
      const here = row?.querySelector("[aria-current]");
      if (!row || !here) return;
      // Only along the row. scrollIntoView would also bring the page back to the row, under somebody
      // who reads further down: a phone's browser that hides its address bar has another size too.
      const [around, place] = [row.getBoundingClientRect(), here.getBoundingClientRect()];
      row.scrollLeft += place.left + place.width / 2 - (around.left + around.width / 2);
    };
    show();
    window.addEventListener("resize", show); // a phone that is turned
    return () => window.removeEventListener("resize", show);
  }, [here]);
  return (
    <ul className="places" ref={list}>
      {places.map(({ to, label, icon, deep, badge }) => {
        const current = here === to || (deep === true && here.startsWith(`${to}/`));
        return (
          <li key={to}>
            <Link href={to} aria-current={current ? "page" : undefined}>
              {icon}
              <span className="place-label">{label}</span>
              {badge}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

export function Waiting() {
  return (
    <div className="waiting" role="status">
      <Spin />
      <span className="unseen">{t("loading")}</span>
    </div>
  );
}

function Languages() {
  const short: Record<Locale, string> = { en: "EN", "zh-CN": "中文" };
  return (
    <fieldset className="languages">
      <legend className="unseen">{t("language")}</legend>
      {(Object.keys(LOCALES) as Locale[]).map((name) => (
        <label key={name} lang={name} className={name === locale() ? "on" : undefined}>
          <input
            type="radio"
            name="language"
            aria-label={LOCALES[name]}
            checked={name === locale()}
            onChange={() => setLocale(name)}
          />
          {short[name]}
        </label>
      ))}
    </fieldset>
  );
}

function ThemeMenu() {
  const names: Record<Theme, string> = {
    system: t("themeSystem"),
    light: t("themeLight"),
    dark: t("themeDark"),
  };
  return (
    <Menu
      name={t("theme")}
      items={(Object.keys(names) as Theme[]).map((key) => ({
        key,
        label: names[key],
        chosen: key === theme(),
        onPress: () => setTheme(key),
      }))}
    >
      <HalfMoon />
    </Menu>
  );
}

function HalfMoon() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
    </svg>
  );
}

function AccountMenu({ user, side }: { user: User; side: Side }) {
  const go = (address: string) => () => location.assign(address);
  const items = [
    { key: "security", label: t("security"), onPress: go("/settings/security") },
    { key: "chats", label: t("openChats"), onPress: go("/") },
    { key: "docs", label: t("docs"), onPress: go("/docs") },
    ...(side === "admin"
      ? [{ key: "developer", label: t("toDeveloper"), onPress: go("/developer/") }]
      : []),
    ...(side === "developer" && user.roles.includes("admin")
      ? [{ key: "admin", label: t("toAdmin"), onPress: go("/admin/") }]
      : []),
    { key: "out", label: t("logOut"), onPress: () => void api.logOut() },
  ];
  return (
    <Menu
      name={`${t("account")}: ${user.display_name || user.handle}`}
      className="account-button"
      items={items}
    >
      <UserOutlined aria-hidden />
      <bdi className="account-name">{user.display_name || user.handle}</bdi>
      <DownOutlined aria-hidden style={{ fontSize: 10 }} />
    </Menu>
  );
}

/** An error of the page's own code leaves the frame standing, so that people can go elsewhere. */
class PageBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert" className="alone">
        <h1>{t("broken")}</h1>
        <p>{t("brokenLead")}</p>
        <Button type="primary" onClick={() => location.reload()}>
          {t("reload")}
        </Button>
      </div>
    );
  }
}

/** The title of the browser's tab follows the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Teahouse`;
  }, [title]);
}
