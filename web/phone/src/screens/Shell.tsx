// The frame of the app: tabs, the pages over them, the mini program beside or over everything. One
// tree for every width; the style sheet decides their positions.

import type { ComponentType, JSX, RefObject } from "preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Route, Switch } from "wouter";
import { Badge, Empty, Spinner, useAfter } from "../kit/Feedback";
import { Page } from "../kit/Page";
import { Icon, type IconName } from "../kit/Icon";
import { THREE_PANES, go, TABS, type Tab } from "../nav/routes";
import { useStack, type StackEntry } from "../nav/stack";
import { chats, totalUnread } from "../state/chats";
import { useMedia } from "../state/media";
import { useStore } from "../state/store";
import { t } from "../texts";
import { AppPanel } from "./AppPanel";
import { ChatsTab } from "./ChatsTab";
import { ContactsTab } from "./ContactsTab";
import { DiscoverTab } from "./DiscoverTab";
import { MeTab } from "./MeTab";

const loaders = {
  chat: () => import("./chat/ChatPage"),
  explore: () => import("./explore"),
  wallet: () => import("./wallet"),
  settings: () => import("./settings"),
  security: () => import("./security"),
};
type Pages<M> = { [K in keyof M]: M[K] extends ComponentType<infer P> ? ComponentType<P> : never };

function page<M, K extends keyof M & string>(load: () => Promise<M>, name: K) {
  return lazy(() => load().then((module) => ({ default: (module as Pages<M>)[name] })));
}

const ChatPage = page(loaders.chat, "ChatPage");
const AccountPage = page(loaders.explore, "AccountPage");
const AccountsPage = page(loaders.explore, "AccountsPage");
const UserPage = page(loaders.explore, "UserPage");
const SearchPage = page(loaders.explore, "SearchPage");
const WalletPage = page(loaders.wallet, "WalletPage");
const TopUpPage = page(loaders.wallet, "TopUpPage");
const EntryPage = page(loaders.wallet, "EntryPage");
const OrderPage = page(loaders.wallet, "OrderPage");
const PinPage = page(loaders.wallet, "PinPage");
const SettingsPage = page(loaders.settings, "SettingsPage");
const AppearancePage = page(loaders.settings, "AppearancePage");
const LanguagePage = page(loaders.settings, "LanguagePage");
const PermissionsPage = page(loaders.settings, "PermissionsPage");
const InvitationsPage = page(loaders.settings, "InvitationsPage");
const SecurityPage = page(loaders.security, "SecurityPage");
const PasswordPage = page(loaders.security, "PasswordPage");
const FactorPage = page(loaders.security, "FactorPage");
const DevicesPage = page(loaders.security, "DevicesPage");
const CloseAccountPage = page(loaders.security, "CloseAccountPage");
const ProfilePage = page(loaders.settings, "ProfilePage");

const TAB_VIEWS: { path: Tab; icon: IconName; View: ComponentType }[] = [
  { path: "/", icon: "chats", View: ChatsTab },
  { path: "/contacts", icon: "contacts", View: ContactsTab },
  { path: "/discover", icon: "discover", View: DiscoverTab },
  { path: "/me", icon: "me", View: MeTab },
];

const tabName = (path: Tab): string =>
  ({
    "/": t("chats"),
    "/contacts": t("contacts"),
    "/discover": t("discover"),
    "/me": t("me"),
  })[path];

export function Shell(): JSX.Element {
  const stack = useStack();
  const wide = useMedia(THREE_PANES);
  const covered = stack.entries.length > 0;
  usePrefetch();
  const details = useFocusPath(stack.entries.length);

  return (
    <div class="shell" data-covered={covered} data-app={stack.app !== null}>
      <TabBar tab={stack.tab} />
      <main class="roots">
        <Tabs tab={stack.tab} />
      </main>
      <section class="details" aria-label={t("details")} ref={details}>
        {!covered && (
          <div class="details-blank">
            {stack.tab === "/" ? (
              <Empty icon="chats" text={t("nothingOpen")} />
            ) : (
              <img class="blank-logo" src="/favicon.svg" alt="" width={88} height={88} />
            )}
          </div>
        )}
        {stack.entries.map((entry, index) => (
          <StackPage
            key={`${entry.depth} ${entry.path}`}
            entry={entry}
            state={index < stack.entries.length - 1 ? "under" : stack.entering ? "entering" : "top"}
            first={index === 0}
            beneathLeaving={stack.leaving !== null && index === stack.entries.length - 1}
          />
        ))}
        {stack.leaving && (
          <StackPage
            key={`${stack.leaving.depth} ${stack.leaving.path}`}
            entry={stack.leaving}
            state="leaving"
          />
        )}
      </section>
      <AppPanel address={stack.app} wide={wide} />
    </div>
  );
}

function TabBar({ tab }: { tab: Tab }): JSX.Element {
  const unread = useStore(chats, totalUnread);
  return (
    <nav class="tab-bar" aria-label={t("mainNavigation")}>
      <img class="rail-logo" src="/favicon.svg" alt="" width={36} height={36} />
      {TAB_VIEWS.map(({ path, icon }) => (
        <a
          key={path}
          href={path}
          class="tab"
          aria-current={tab === path ? "page" : undefined}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.button !== 0) return;
            event.preventDefault();
            if (tab === path) scrollTabToTop();
            go(path, { replace: isOnTab() });
          }}
        >
          <span class="tab-icon">
            <Icon name={icon} size={26} filled={tab === path && icon !== "discover"} />
            {path === "/" && <Badge count={unread} />}
          </span>
          <span class="tab-label">{tabName(path)}</span>
        </a>
      ))}
    </nav>
  );
}

// Tabs do not pile up in the history: Back leaves the app from any of them, as on a phone.
function isOnTab(): boolean {
  return (TABS as readonly string[]).includes(location.pathname);
}

function scrollTabToTop(): void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document
    .querySelector(".root:not([hidden]) .page-body")
    ?.scrollTo({ top: 0, behavior: calm ? "auto" : "smooth" });
}

/** Tabs stay as they were left; one that was never visited is not made. */
function Tabs({ tab }: { tab: Tab }): JSX.Element {
  const [visited, setVisited] = useState<ReadonlySet<Tab>>(new Set([tab]));
  useEffect(() => {
    setVisited((before) => (before.has(tab) ? before : new Set(before).add(tab)));
  }, [tab]);
  return (
    <>
      {TAB_VIEWS.filter(({ path }) => path === tab || visited.has(path)).map(({ path, View }) => (
        <section class="root" key={path} hidden={path !== tab} aria-label={tabName(path)}>
          <View />
        </section>
      ))}
    </>
  );
}

interface StackPageProps {
  entry: StackEntry;
  state: "under" | "top" | "entering" | "leaving";
  /** Nothing lies under it but the tabs. */
  first?: boolean;
  beneathLeaving?: boolean;
}

function StackPage({
  entry,
  state,
  first = false,
  beneathLeaving = false,
}: StackPageProps): JSX.Element {
  // The page under one that slides in stays visible until it is covered.
  const [covered, setCovered] = useState(false);
  useEffect(() => {
    if (state !== "under") {
      setCovered(false);
      return;
    }
    const timer = setTimeout(() => setCovered(true), 300);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <section
      class={`page ${state}`}
      tabIndex={-1}
      data-first={first}
      data-beneath={beneathLeaving}
      hidden={state === "under" && covered}
      inert={state === "under" || state === "leaving"}
    >
      <Suspense fallback={<PageWait />}>
        <Switch location={entry.path}>
          <Route path="/chat/:id">
            {({ id }) => <ChatPage id={id} active={state === "top" || state === "entering"} />}
          </Route>
          <Route path="/account/:id">{({ id }) => <AccountPage id={id} />}</Route>
          <Route path="/accounts">
            <AccountsPage />
          </Route>
          <Route path="/user/:id">{({ id }) => <UserPage id={id} />}</Route>
          <Route path="/search">
            <SearchPage scope="all" />
          </Route>
          <Route path="/people">
            <SearchPage scope="people" />
          </Route>
          <Route path="/wallet">
            <WalletPage />
          </Route>
          <Route path="/wallet/top-up">
            <TopUpPage />
          </Route>
          <Route path="/wallet/pin">
            <PinPage />
          </Route>
          <Route path="/wallet/entry/:id">{({ id }) => <EntryPage id={id} />}</Route>
          <Route path="/wallet/order/:id">{({ id }) => <OrderPage id={id} />}</Route>
          <Route path="/settings">
            <SettingsPage />
          </Route>
          <Route path="/settings/appearance">
            <AppearancePage />
          </Route>
          <Route path="/settings/language">
            <LanguagePage />
          </Route>
          <Route path="/settings/permissions">
            <PermissionsPage />
          </Route>
          <Route path="/invitations">
            <InvitationsPage />
          </Route>
          <Route path="/settings/security">
            <SecurityPage />
          </Route>
          <Route path="/settings/security/password">
            <PasswordPage />
          </Route>
          <Route path="/settings/security/second-factor">
            <FactorPage />
          </Route>
          <Route path="/settings/security/devices">
            <DevicesPage />
          </Route>
          <Route path="/settings/security/close">
            <CloseAccountPage />
          </Route>
          <Route path="/profile">
            <ProfilePage />
          </Route>
          <Route>
            <Missing />
          </Route>
        </Switch>
      </Suspense>
    </section>
  );
}

/** A page's code that is there soon is waited for without a sign. */
const SPINNER_AFTER_MS = 300;

function PageWait(): JSX.Element {
  return <div class="page-wait">{useAfter(SPINNER_AFTER_MS) && <Spinner />}</div>;
}

function Missing(): JSX.Element {
  useEffect(() => {
    // Log-in addresses lead nowhere once logged in.
    if (/^\/(login|signup)$/.test(location.pathname)) go("/", { replace: true });
  }, []);
  return (
    <Page title={t("pageMissingTitle")}>
      <Empty icon="info" text={t("pageMissing")}>
        <button type="button" class="button plain" onClick={() => go("/", { replace: true })}>
          <span>{t("chats")}</span>
        </button>
      </Empty>
    </Page>
  );
}

/** The focus enters a page that opens, and returns to what opened it when it closes. */
function useFocusPath(depth: number): RefObject<HTMLElement | null> {
  const details = useRef<HTMLElement>(null);
  const openers = useRef<(Element | null)[]>([]);
  useLayoutEffect(() => {
    const path = openers.current;
    if (depth > path.length) {
      while (path.length < depth) path.push(document.activeElement);
      const page = details.current?.querySelector<HTMLElement>(".page:last-of-type");
      // A page may focus a field of its own.
      if (page && !page.contains(document.activeElement)) page.focus({ preventScroll: true });
      return;
    }
    let opener: Element | null = null;
    while (path.length > depth) opener = path.pop()!;
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
  }, [depth]);
  return details;
}

/** What is likely to be opened next is fetched while nothing else happens. */
function usePrefetch(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // Without a network this comes to nothing, and is tried again when the page is opened.
      for (const load of Object.values(loaders)) void load().catch(() => undefined);
    }, 1500);
    return () => clearTimeout(timer);
  }, []);
}
