// IDs and commands: shown in a fixed-width face, with a button that copies them.

import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";

import { notify } from "../frame/Notices";
import { t } from "./texts";

const SHOW_DONE_MS = 1500;

/** Browsers offer the clipboard on https only; the older way works on http too, as in a private network without a certificate. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("copy refused");
}

interface CopyProps {
  text: string;
  /** What it is, for the button's name: "Copy app ID". */
  what: string;
}

export function CopyButton({ text, what, labelled }: CopyProps & { labelled?: boolean }) {
  const [done, setDone] = useState(false);
  const name = t("copy", { what });
  async function press() {
    try {
      await copy(text);
      setDone(true);
      setTimeout(() => setDone(false), SHOW_DONE_MS);
      notify(t("copied"));
    } catch {
      notify(t("copyFailed"), "warning");
    }
  }
  return (
    <Button
      size={labelled ? "middle" : "small"}
      type={labelled ? "default" : "text"}
      className="copy"
      aria-label={name}
      title={name}
      icon={done ? <CheckOutlined /> : <CopyOutlined />}
      onClick={press}
    >
      {labelled ? name : null}
    </Button>
  );
}

/** Long IDs are cut in the middle of a table; the button copies the whole. */
export function CopyText({ text, what, short }: CopyProps & { short?: boolean }) {
  const shown = short && text.length > 14 ? `${text.slice(0, 6)}…${text.slice(-6)}` : text;
  return (
    <span className={short ? "copy-text short" : "copy-text"}>
      <code title={text}>{shown}</code>
      <CopyButton text={text} what={what} />
    </span>
  );
}

/** A command line to copy. */
export function Command({ text, what }: CopyProps) {
  return (
    <div className="command">
      <code dir="ltr">{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  );
}
