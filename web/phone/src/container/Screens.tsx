// The launch screen, the page for failures, and the log.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Avatar } from "../kit/Avatar";
import { Icon } from "../kit/Icon";
import { useRecovery } from "../kit/useRecovery";
import { go, routes } from "../nav/routes";
import { signedOut } from "../state/session";
import { useStore } from "../state/store";
import type { OpenApp } from "./app";
import { LAUNCH_AFTER_MS } from "./limits";
import { t } from "./texts";

export function Launch({ app }: { app: OpenApp }): JSX.Element {
  const info = useStore(app.state, (state) => state.info);
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), LAUNCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="mp-launch" role="status" aria-label={t("opening", { name: info.name })}>
      {due && (
        <>
          {info.name ? (
            <Avatar name={info.name} url={info.icon_url} size={60} round />
          ) : (
            <span class="mp-launch-blank" />
          )}
          <p dir="auto">{info.name}</p>
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

/** Codes of an app that ran and was stopped. */
const STOPPED = new Set(["app-crashed", "app-stopped", "app-broken", "app-idle", "view"]);

/** Codes for which another try does not help: only the app's developer can. */
const GONE = new Set(["no-such-app", "app-taken-down", "app-broken", "quarantined"]);

function titleOf(code: string): string {
  if (code === "quarantined") return t("paused");
  if (STOPPED.has(code)) return t("stopped");
  return code ? t("failedCode", { code }) : t("failed");
}

export function Failure({ app }: { app: OpenApp }): JSX.Element {
  const { failure, info } = useStore(app.state, (state) => state);
  const { code, message } = failure!;
  const title = titleOf(code);
  const hint = code === "network" ? t("network") : code === "signed-out" ? t("signedOut") : message;
  const { account } = info;
  useRecovery(code === "network", () => app.restart(app.place));
  return (
    <div class="mp-failure" role="alert">
      <div class="mp-nav">
        <div class="mp-nav-row">
          <div class="mp-nav-text mp-nav-same">
            {info.name !== "" && <Avatar name={info.name} url={info.icon_url} size={18} round />}
            <h1 class="mp-nav-title" dir="auto">
              <span>{info.name || t("failed")}</span>
            </h1>
          </div>
        </div>
      </div>
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
  const lines = useStore(app.log.lines, (all) => all);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines]);
  return (
    <section class="mp-log" role="log" aria-label={t("log")}>
      <div class="mp-log-head">
        <strong>{t("log")}</strong>
        <button type="button" onClick={() => app.log.clear()}>
          {t("clear")}
        </button>
        <button type="button" aria-label={t("close")} onClick={() => app.log.show(false)}>
          <Icon name="close" size={18} />
        </button>
      </div>
      <ol ref={list} tabIndex={0}>
        {lines.length === 0 && <li>{t("noLog")}</li>}
        {lines.map((line, index) => (
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
