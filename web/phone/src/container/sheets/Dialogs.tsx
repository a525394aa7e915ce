import type { JSX } from "preact";
import { useContext, useState } from "preact/hooks";
import { AppContext } from "../context";
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

/** Six digits, in any script and with any characters between them: the form of a payment PIN. */
const LIKE_A_PIN = /^\P{Nd}*(?:\p{Nd}\P{Nd}*){6}$/u;

/** wx.showModal. */
export function Dialog(props: DialogProps): JSX.Element {
  const { name } = useContext(AppContext).app.info;
  const [content, setContent] = useState(props.editable ? props.text : "");
  const [doubt, setDoubt] = useState(false);
  const end = (confirm: boolean) => {
    // If an app asks for the PIN, the user is warned before the PIN is sent.
    if (confirm && props.editable && !doubt && LIKE_A_PIN.test(content)) setDoubt(true);
    else props.onAnswer({ confirm, content });
  };
  if (doubt) {
    return (
      <Sheet kind="centre" alert label={t("pinDoubtTitle")} onClose={() => setDoubt(false)}>
        <div class="mp-dialog-text">
          <strong>{t("pinDoubtTitle")}</strong>
          <p>{t("pinDoubt", { name })}</p>
        </div>
        <div class="mp-dialog-buttons">
          <button type="button" onClick={() => end(true)}>
            {t("pinDoubtSend")}
          </button>
          <button type="button" class="mp-main" autofocus onClick={() => setDoubt(false)}>
            {t("back")}
          </button>
        </div>
      </Sheet>
    );
  }
  return (
    <Sheet kind="centre" alert label={props.title || props.text} onClose={() => end(false)}>
      <div class="mp-dialog-text">
        {props.title && <strong dir="auto">{props.title}</strong>}
        {props.editable ? (
          <>
            <p class="mp-never" id="mp-never">
              {t("neverPin", { name })}
            </p>
            <textarea
              autofocus
              value={content}
              placeholder={props.placeholder}
              aria-label={props.title || props.placeholder || t("answerTo", { name })}
              aria-describedby="mp-never"
              onInput={(event) => setContent(event.currentTarget.value)}
            />
          </>
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
