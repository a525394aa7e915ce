import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../texts";
import { Sheet } from "./Sheet";

interface DialogProps {
  title: string;
  text: string;
  cancel: string | null;
  confirm: string;
  cancelColor?: string;
  confirmColor?: string;
  editable?: boolean;
  placeholder?: string;
  onAnswer: (answer: { confirm: boolean; content: string } | null) => void;
}

/** wx.showModal. */
export function Dialog(props: DialogProps): JSX.Element {
  const [content, setContent] = useState(props.editable ? props.text : "");
  const end = (confirm: boolean) => props.onAnswer({ confirm, content });
  return (
    <Sheet kind="centre" alert label={props.title || props.text} onClose={() => end(false)}>
      <div class="mp-dialog-text">
        {props.title && <strong dir="auto">{props.title}</strong>}
        {props.editable ? (
          <textarea
            autofocus
            value={content}
            placeholder={props.placeholder}
            aria-label={props.title || props.placeholder}
            onInput={(event) => setContent(event.currentTarget.value)}
          />
        ) : (
          props.text && <p dir="auto">{props.text}</p>
        )}
      </div>
      <div class="mp-dialog-buttons">
        {props.cancel !== null && (
          <button type="button" style={{ color: props.cancelColor }} onClick={() => end(false)}>
            {props.cancel}
          </button>
        )}
        <button
          type="button"
          class="mp-main"
          style={{ color: props.confirmColor }}
          onClick={() => end(true)}
        >
          {props.confirm}
        </button>
      </div>
    </Sheet>
  );
}

interface ActionProps {
  title: string;
  rows: string[];
  color?: string;
  onAnswer: (index: number | null) => void;
}

/** wx.showActionSheet. */
export function ActionSheet({ title, rows, color, onAnswer }: ActionProps): JSX.Element {
  return (
    <Sheet kind="actions" label={title || rows.join(", ")} onClose={() => onAnswer(null)}>
      {title && (
        <p class="mp-actions-title" dir="auto">
          {title}
        </p>
      )}
      {rows.map((row, index) => (
        <button
          type="button"
          key={index}
          class="mp-action"
          style={{ color }}
          onClick={() => onAnswer(index)}
          dir="auto"
        >
          {row}
        </button>
      ))}
      <button type="button" class="mp-action mp-action-cancel" onClick={() => onAnswer(null)}>
        {t("cancel")}
      </button>
    </Sheet>
  );
}
