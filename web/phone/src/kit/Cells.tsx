import type { ComponentChildren, JSX } from "preact";
import { go } from "../nav/routes";
import { Icon, type IconName } from "./Icon";

interface GroupProps {
  title?: string;
  note?: ComponentChildren;
  children: ComponentChildren;
  inset?: boolean;
}

export function CellGroup({ title, note, children, inset }: GroupProps): JSX.Element {
  return (
    <section class={inset ? "cells inset" : "cells"} aria-label={title}>
      {title && <h2 class="cells-title">{title}</h2>}
      <div class="cells-box">{children}</div>
      {note && <p class="cells-note">{note}</p>}
    </section>
  );
}

interface CellProps {
  icon?: IconName;
  /** Colour of the icon tile. */
  tint?: string;
  /** Instead of an icon, e.g. an avatar. */
  media?: ComponentChildren;
  title: ComponentChildren;
  detail?: ComponentChildren;
  value?: ComponentChildren;
  /** An address inside the app. */
  to?: string;
  /** An address outside of it, e.g. the console. */
  href?: string;
  onClick?: () => void;
  danger?: boolean;
  tall?: boolean;
  testid?: string;
}

export function Cell(props: CellProps): JSX.Element {
  const leads = props.to !== undefined || props.href !== undefined;
  const body = (
    <>
      {props.icon && (
        <span class="cell-icon" style={props.tint ? { color: props.tint } : undefined}>
          <Icon name={props.icon} />
        </span>
      )}
      {props.media}
      <span class="cell-main">
        <span class="cell-title" dir="auto">
          {props.title}
        </span>
        {props.detail !== undefined && (
          <span class="cell-detail" dir="auto">
            {props.detail}
          </span>
        )}
      </span>
      {props.value !== undefined && <span class="cell-value">{props.value}</span>}
      {leads && (
        <span class="cell-arrow">
          <Icon name="forward" size={16} />
        </span>
      )}
    </>
  );
  const className = `cell${props.tall ? " tall" : ""}${props.danger ? " danger" : ""}`;
  if (props.href !== undefined) {
    return (
      <a class={className} href={props.href} data-testid={props.testid}>
        {body}
      </a>
    );
  }
  if (props.to !== undefined) {
    return (
      <Link class={className} to={props.to} testid={props.testid}>
        {body}
      </Link>
    );
  }
  if (props.onClick) {
    return (
      <button type="button" class={className} onClick={props.onClick} data-testid={props.testid}>
        {body}
      </button>
    );
  }
  return (
    <div class={className} data-testid={props.testid}>
      {body}
    </div>
  );
}

interface LinkProps {
  to: string;
  class?: string;
  testid?: string;
  label?: string;
  current?: boolean;
  /** Take the place of the open page instead of lying over it. */
  replace?: boolean;
  children: ComponentChildren;
}

/** A link of the app: a new tab on Ctrl or middle click, the app's own navigation otherwise. */
export function Link(props: LinkProps): JSX.Element {
  return (
    <a
      class={props.class}
      href={props.to}
      data-testid={props.testid}
      aria-label={props.label}
      aria-current={props.current ? "true" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(props.to, { replace: props.replace });
      }}
    >
      {props.children}
    </a>
  );
}

interface ChoiceProps<T extends string> {
  title: string;
  value: T;
  options: { value: T; label: string; detail?: string }[];
  onChange: (value: T) => void;
}

/** One of several, with a tick at the chosen one. */
export function ChoiceCells<T extends string>(props: ChoiceProps<T>): JSX.Element {
  return (
    <div class="cells" role="radiogroup" aria-label={props.title}>
      <h2 class="cells-title">{props.title}</h2>
      <div class="cells-box">
        {props.options.map((option) => (
          <label class="cell choice" key={option.value}>
            <span class="cell-main">
              <span class="cell-title">{option.label}</span>
              {option.detail && <span class="cell-detail">{option.detail}</span>}
            </span>
            <input
              type="radio"
              name={props.title}
              checked={props.value === option.value}
              onChange={() => props.onChange(option.value)}
            />
            <span class="choice-tick">
              <Icon name="check" size={22} />
            </span>
          </label>
        ))}
      </div>
    </div>
  );
}

interface SwitchProps {
  title: string;
  detail?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function SwitchCell(props: SwitchProps): JSX.Element {
  return (
    <label class="cell">
      <span class="cell-main">
        <span class="cell-title">{props.title}</span>
        {props.detail && <span class="cell-detail">{props.detail}</span>}
      </span>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        checked={props.checked}
        aria-checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
