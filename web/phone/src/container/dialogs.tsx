// The small questions that many answers ask.

import type { OpenApp } from "./app";
import { ActionSheet, Dialog } from "./sheets/Dialogs";
import { t } from "./texts";

export async function confirm(app: OpenApp, question: string, action: string): Promise<boolean> {
  const answered = await app.overlays.ask<{ confirm: boolean }>((close) => ({
    drop: () => close(null),
    view: () => (
      <Dialog title="" text={question} cancel={t("cancel")} confirm={action} onAnswer={close} />
    ),
  }));
  return answered?.confirm ?? false;
}

/** The row that the user tapped, or null. */
export function actions(
  app: OpenApp,
  rows: string[],
  title: string,
  color?: string,
): Promise<number | null> {
  return app.overlays.ask<number>((close) => ({
    drop: () => close(null),
    view: () => <ActionSheet title={title} rows={rows} color={color} onAnswer={close} />,
  }));
}

/** Files from the user: the browser opens its chooser only from a tap in this document. */
export async function askFiles(
  app: OpenApp,
  ways: string[],
  pick: (way: number) => Promise<File[]>,
): Promise<File[] | null> {
  return app.overlays.ask<File[]>((close) => ({
    drop: () => close(null),
    view: () => (
      <ActionSheet
        title=""
        rows={ways}
        onAnswer={(index) =>
          index === null ? close(null) : pick(index).then(close, () => close(null))
        }
      />
    ),
  }));
}

export function pickFiles(accept: string, most: number, capture: string | null): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.multiple = most > 1 && capture === null;
    if (capture !== null) input.setAttribute("capture", capture);
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve([]);
    input.click();
  });
}
