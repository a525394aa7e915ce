// Six cells and an own pad: an operating system's keyboard would cover the sheet and may keep what is
// typed. Typing and pasting work too, through one hidden field.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../texts";
import { Icon } from "./Icon";

export const PIN_LENGTH = 6;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

interface Props {
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** Called with the sixth digit. */
  onComplete: (pin: string) => void;
  disabled?: boolean;
  /** Counts failures: a change shakes the cells. */
  shake?: number;
  /** Between the cells and the pad, e.g. a link for people who forgot the PIN. */
  below?: ComponentChildren;
}

export function PinPad(props: Props): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!props.disabled) input.current?.focus({ preventScroll: true });
  }, [props.disabled, props.shake]);

  const take = (text: string) => {
    if (props.disabled) return;
    const pin = text.replace(/\D/g, "").slice(0, PIN_LENGTH);
    props.onValue(pin);
    if (pin.length === PIN_LENGTH) props.onComplete(pin);
  };
  return (
    <div class="pin">
      <label class="pin-cells" key={props.shake} data-shake={props.shake ? "true" : undefined}>
        <input
          ref={input}
          class="pin-input"
          type="password"
          inputMode="none"
          autocomplete="off"
          aria-label={props.label}
          maxLength={PIN_LENGTH}
          value={props.value}
          disabled={props.disabled}
          onInput={(event) => take(event.currentTarget.value)}
          data-testid="pin-input"
        />
        {Array.from({ length: PIN_LENGTH }, (_, index) => (
          <span
            key={index}
            aria-hidden="true"
            class={`pin-cell${index < props.value.length ? " full" : ""}${index === props.value.length ? " next" : ""}`}
          />
        ))}
      </label>
      <p class="sr-only" role="status">
        {t("pinProgress", { done: props.value.length, all: PIN_LENGTH })}
      </p>
      {props.below}
      <div class="pad" role="group" aria-label={t("numberPad")}>
        {KEYS.map((key) => (
          <button
            type="button"
            key={key}
            disabled={props.disabled}
            onClick={() => take(props.value + key)}
          >
            {key}
          </button>
        ))}
        <span class="pad-blank" />
        <button type="button" disabled={props.disabled} onClick={() => take(`${props.value}0`)}>
          0
        </button>
        <button
          type="button"
          class="pad-blank"
          disabled={props.disabled}
          aria-label={t("deleteDigit")}
          onClick={() => take(props.value.slice(0, -1))}
        >
          <Icon name="backspace" />
        </button>
      </div>
    </div>
  );
}
