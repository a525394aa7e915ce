// Before an app is there, and when it is not: launch screen, failure page, log.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Avatar } from "../kit/Avatar";
import { Icon } from "../kit/Icon";
import { useRecovery } from "../kit/useRecovery";
import { go, routes } from "../nav/routes";
import { signedOut } from "../state/session";
import type { OpenApp } from "./app";
import { LAUNCH_AFTER_MS } from "./limits";
import { AppMark } from "./sheets/AppMark";
import { t } from "./texts";

export function Launch({ app }: { app: OpenApp }): JSX.Element {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), LAUNCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="mp-launch" role="status" aria-label={t("opening", { name: app.info.name })}>
      {due && (
        <>
          {app.info.name ? (
            <Avatar name={app.info.name} url={app.info.icon_url} size={60} round />
          ) : (
            <span class="mp-launch-blank" />
          )}
          <p dir="auto">{app.info.name}</p>
          <span class="mp-three" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
        </>
      )}
    </div>
  );
}

/** Codes that mean: it ran, and stopped running. */
const STOPPED = new Set(["app-crashed", "app-stopped", "app-broken", "app-idle", "view"]);

/** Trying again changes nothing; those who made the app can say more. */
const GONE = new Set(["no-such-app", "app-taken-down", "app-broken", "quarantined"]);

export function Failure({ app }: { app: OpenApp }): JSX.Element {
  const { code, message } = app.failure!;
  const title = STOPPED.has(code) ? t("stopped") : code ? t("failedCode", { code }) : t("failed");
  const hint = code === "network" ? t("network") : code === "signed-out" ? t("signedOut") : message;
  const { account } = app.info;
  useRecovery(code === "network", () => app.restart(app.place));
  return (
    <div class="mp-failure" role="alert">
      {app.info.name !== "" && <AppMark app={app.info} />}
      <span class="mp-failure-icon">
        <Icon name={code === "network" ? "offline" : "info"} size={56} />
      </span>
      <strong>{title}</strong>
      {hint && <p dir="auto">{hint}</p>}
      {code === "signed-out" ? (
        <button type="button" class="mp-button mp-green" onClick={() => signedOut()}>
          {t("logIn")}
        </button>
      ) : GONE.has(code) ? (
        <>
          <button type="button" class="mp-button mp-green" onClick={() => app.exit()}>
            {t("hide")}
          </button>
          {account && (
            <button
              type="button"
              class="mp-button mp-grey"
              onClick={() => go(routes.account(account.id))}
            >
              {t("askAccount", { name: account.name })}
            </button>
          )}
        </>
      ) : (
        <button
          type="button"
          class="mp-button mp-green"
          onClick={() => app.restart()}
          data-testid="app-retry"
        >
          {t("retry")}
        </button>
      )}
    </div>
  );
}

export function LogPanel({ app }: { app: OpenApp }): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [app.logs.length]);
  const close = () => {
    app.showLog = false;
    app.changed();
  };
  return (
    <section class="mp-log" role="log" aria-label={t("log")}>
      <div class="mp-log-head">
        <strong>{t("log")}</strong>
        <button
          type="button"
          onClick={() => {
            app.logs = [];
            app.changed();
          }}
        >
          {t("clear")}
        </button>
        <button type="button" aria-label={t("close")} onClick={close}>
          <Icon name="close" size={18} />
        </button>
      </div>
      <ol ref={list} tabIndex={0}>
        {app.logs.length === 0 && <li>{t("noLog")}</li>}
        {app.logs.map((line, index) => (
          <li key={index} data-level={line.level}>
            <span>{line.text}</span>
            {line.file && (
              <small>
                {line.file}:{line.line}
                {line.column ? `:${line.column}` : ""}
              </small>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
