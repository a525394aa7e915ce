import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../texts";
import { Icon } from "./Icon";

interface FieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "password";
  hint?: string;
  error?: string | null;
  name?: string;
  autocomplete?: string;
  maxLength?: number;
  autoFocus?: boolean;
  /** A handle or a code: the keyboard must not correct it. */
  verbatim?: boolean;
}

export function Field(props: FieldProps): JSX.Element {
  const { label, value, onValue, hint, error, type = "text", verbatim } = props;
  const id = useId();
  const [visible, setVisible] = useState(false);
  const secret = type === "password";
  const described = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div class={error ? "field wrong" : "field"}>
      <label for={id}>{label}</label>
      <div class="field-box">
        <input
          id={id}
          // The types know one kind of field at a time; this one changes when the eye is pressed.
          type={(secret && visible ? "text" : type) as "text"}
          name={props.name}
          value={value}
          autocomplete={props.autocomplete}
          maxLength={props.maxLength}
          autoFocus={props.autoFocus}
          autocapitalize={verbatim ? "none" : undefined}
          autocorrect={verbatim ? "off" : undefined}
          spellcheck={verbatim ? false : undefined}
          onInput={(event) => onValue(event.currentTarget.value)}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={described}
        />
        {secret && (
          <button
            type="button"
            class="field-eye"
            aria-pressed={visible}
            aria-label={t("showPassword")}
            title={t("showPassword")}
            onClick={() => setVisible(!visible)}
          >
            <Icon name={visible ? "eyeOff" : "eye"} size={20} />
          </button>
        )}
      </div>
      {error ? (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      ) : (
        hint && (
          <p class="field-hint" id={`${id}-hint`}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

interface SearchProps {
  value: string;
  onValue: (value: string) => void;
  label: string;
  autoFocus?: boolean;
}

export function SearchField({ value, onValue, label, autoFocus }: SearchProps): JSX.Element {
  return (
    <div class="search-bar" role="search">
      <div class="search-box">
        <Icon name="search" size={18} />
        <input
          type="search"
          value={value}
          placeholder={label}
          aria-label={label}
          autoFocus={autoFocus}
          autocomplete="off"
          enterkeyhint="search"
          onInput={(event) => onValue(event.currentTarget.value)}
        />
        {value && (
          <button
            type="button"
            class="search-clear"
            aria-label={t("clear")}
            onClick={() => onValue("")}
          >
            <Icon name="close" size={16} />
          </button>
        )}
      </div>
    </div>
  );
}
