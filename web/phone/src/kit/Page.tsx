import type { ButtonHTMLAttributes, ComponentChildren, JSX, Ref } from "preact";
import { back } from "../nav/routes";
import { t } from "../texts";
import { Icon, type IconName } from "./Icon";

interface Props {
  title: string;
  /** Read by screen readers and shown in the bar; differs from the title for decorated titles. */
  heading?: ComponentChildren;
  /** Where Back goes when the page was opened by its address; null for a tab. */
  backTo?: string | null;
  /** Beside the back arrow, e.g. the number of unread messages. */
  backLabel?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
  /** Between the bar and what scrolls. */
  top?: ComponentChildren;
  /** Under what scrolls, e.g. the composer. */
  bottom?: ComponentChildren;
  bodyRef?: Ref<HTMLDivElement>;
  /** On the colour of cells instead of that of pages. */
  plain?: boolean;
  /** Reaches to the bottom edge, e.g. for a number pad. */
  fill?: boolean;
}

export function Page(props: Props): JSX.Element {
  const { title, backTo = "/" } = props;
  return (
    <>
      <header class="nav">
        <div class="nav-side">
          {backTo !== null && (
            <button
              type="button"
              class="nav-button nav-back"
              aria-label={props.backLabel ? `${t("back")}, ${props.backLabel}` : t("back")}
              onClick={() => back(backTo)}
            >
              <Icon name="back" />
              {props.backLabel && (
                <span class="nav-count" aria-hidden="true">
                  {props.backLabel}
                </span>
              )}
            </button>
          )}
        </div>
        <h1 class="nav-title" dir="auto">
          {props.heading ?? <span>{title}</span>}
        </h1>
        <div class="nav-side nav-actions">{props.actions}</div>
      </header>
      {props.top}
      <div
        class={`page-body${props.plain ? " plain" : ""}${props.fill ? " fill" : ""}`}
        ref={props.bodyRef}
      >
        {props.children}
      </div>
      {props.bottom}
    </>
  );
}

interface NavButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
}

export function NavButton({ icon, label, ...rest }: NavButtonProps): JSX.Element {
  return (
    <button type="button" class="nav-button" aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  );
}
