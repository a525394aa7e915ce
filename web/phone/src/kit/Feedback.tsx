import type { ButtonHTMLAttributes, ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../../shared/api";
import { back } from "../nav/routes";
import { t } from "../texts";
import { Icon, type IconName } from "./Icon";
import type { Pages } from "./usePages";
import { passes, useRecovery } from "./useRecovery";

/** A screen that loads at once does not show "loading". */
const SKELETON_AFTER_MS = 300;

export function Spinner({ label }: { label?: string }): JSX.Element {
  return <span class="spinner" role="progressbar" aria-label={label ?? t("loading")} />;
}

/** True once this long after the first rendering. */
export function useAfter(ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return passed;
}

export function SkeletonRows({ count = 8 }: { count?: number }): JSX.Element {
  const shown = useAfter(SKELETON_AFTER_MS);
  return (
    <div class="skeleton-rows" role="status" aria-label={t("loading")} data-shown={shown}>
      {Array.from({ length: count }, (_, index) => (
        <div class="skeleton-row" key={index} aria-hidden="true">
          <span class="skeleton square" />
          <span class="skeleton-lines">
            <span class="skeleton" style={{ width: `${30 + ((index * 17) % 30)}%` }} />
            <span class="skeleton" style={{ width: `${50 + ((index * 23) % 40)}%` }} />
          </span>
        </div>
      ))}
    </div>
  );
}

interface EmptyProps {
  icon: IconName;
  text: string;
  children?: ComponentChildren;
}

export function Empty({ icon, text, children }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={56} />
      </span>
      <p>{text}</p>
      {children}
    </div>
  );
}

/** Not there, or not for this person: asking again gets the same answer. */
const FINAL = [403, 404, 410];

/** Why a screen is empty, and what to do. Errors that may pass are tried again without a tap. */
export function ErrorBlock({ error, retry }: { error: ApiError; retry: () => void }): JSX.Element {
  useRecovery(passes(error), retry);
  return (
    <div class="empty" role="alert">
      <span class="empty-icon">
        <Icon name={error.isNetwork ? "offline" : "info"} size={56} />
      </span>
      <p>{errorText(error)}</p>
      {FINAL.includes(error.status) ? (
        <Button kind="plain" onClick={() => back()}>
          {t("back")}
        </Button>
      ) : (
        <Button kind="plain" onClick={retry}>
          {t("tryAgain")}
        </Button>
      )}
      {error.status >= 500 && error.requestId && (
        <p class="request-id">{t("requestId", { id: error.requestId })}</p>
      )}
    </div>
  );
}

/** The end of a list of which there is more. */
export function More({ of }: { of: Pick<Pages<never>, "more"> }): JSX.Element | null {
  const end = useRef<HTMLDivElement>(null);
  const next = useRef(of.more);
  next.current = of.more;
  useEffect(() => {
    if (!end.current) return;
    const observer = new IntersectionObserver((seen) => {
      if (seen.some((entry) => entry.isIntersecting)) next.current?.();
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [of.more === null]);
  if (of.more === null) return null;
  return (
    <div ref={end} class="statement-end">
      <button type="button" class="link" onClick={of.more}>
        {t("loadMore")}
      </button>
    </div>
  );
}

/** The host's texts are for the user and in the user's language. A call that did not reach the host gets a
 * text from here. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.isNetwork) return t("errorNetwork");
    // An internal error has no text for the user; a busy host says when to try again.
    if (error.status >= 500 && error.status !== 503) return t("errorServer");
  }
  return error instanceof Error && error.message ? error.message : t("errorServer");
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: "primary" | "plain" | "danger";
  busy?: boolean;
  small?: boolean;
}

export function Button({
  kind = "primary",
  busy,
  small,
  children,
  ...rest
}: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      {...rest}
      class={`button ${kind}${small ? " small" : ""}${rest.class ? ` ${rest.class as string}` : ""}`}
      disabled={rest.disabled || busy}
      aria-busy={busy ? "true" : undefined}
    >
      {busy && <Spinner />}
      <span>{children}</span>
    </button>
  );
}

export function Badge({ count }: { count: number }): JSX.Element | null {
  if (count <= 0) return null;
  return (
    <span class="badge">
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span class="sr-only">{t("unreadCount", { count })}</span>
    </span>
  );
}
