// Dialogs, menus and notices that anything may ask for. Native dialogs: focus trap, Esc and an inert
// page behind come with them.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useBackLayer } from "../nav/layers";
import { Store, useStore } from "../state/store";
import { t } from "../texts";
import { Icon, type IconName } from "./Icon";

const TOAST_MS = 2200;

interface ConfirmRequest {
  kind: "confirm";
  title: string;
  text?: string;
  action: string;
  danger?: boolean;
  answer: (yes: boolean) => void;
}

export interface MenuOption {
  label: string;
  danger?: boolean;
  run: () => void;
}

interface SheetRequest {
  kind: "sheet";
  title: string;
  options: MenuOption[];
}

const overlay = new Store<ConfirmRequest | SheetRequest | null>(null);
const notice = new Store<{ text: string; icon?: IconName } | null>(null);

let noticeTimer: ReturnType<typeof setTimeout> | undefined;

/** Says that something was done. Errors that need an action are shown where they happened. */
export function toast(text: string, icon?: IconName): void {
  clearTimeout(noticeTimer);
  notice.set({ text, icon });
  noticeTimer = setTimeout(() => notice.set(null), TOAST_MS);
}

export function confirm(request: Omit<ConfirmRequest, "kind" | "answer">): Promise<boolean> {
  return new Promise((answer) => overlay.set({ kind: "confirm", ...request, answer }));
}

export function showActions(title: string, options: MenuOption[]): void {
  overlay.set({ kind: "sheet", title, options });
}

export function Overlays(): JSX.Element {
  const request = useStore(overlay, (value) => value);
  const said = useStore(notice, (value) => value);
  const close = () => overlay.set(null);
  return (
    <>
      {request?.kind === "confirm" && <ConfirmDialog request={request} close={close} />}
      {request?.kind === "sheet" && <ActionSheet request={request} close={close} />}
      <div class="toast-region" role="status">
        {said && (
          <div class="toast">
            {said.icon && <Icon name={said.icon} size={36} />}
            <span>{said.text}</span>
          </div>
        )}
      </div>
    </>
  );
}

interface ModalProps {
  label: string;
  class: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Modal(props: ModalProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useBackLayer(true, props.onClose);
  useEffect(() => {
    const element = dialog.current!;
    const opener = document.activeElement as HTMLElement | null;
    element.showModal();
    return () => {
      element.close();
      opener?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={props.class}
      aria-label={props.label}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        // The dialog itself is hit only where its content is not: on the mask.
        if (event.target === dialog.current) props.onClose();
      }}
    >
      {props.children}
    </dialog>
  );
}

function ConfirmDialog({
  request,
  close,
}: {
  request: ConfirmRequest;
  close: () => void;
}): JSX.Element {
  const end = (yes: boolean) => {
    close();
    request.answer(yes);
  };
  return (
    <Modal class="dialog" label={request.title} onClose={() => end(false)}>
      <div class="dialog-body">
        <strong class="dialog-title">{request.title}</strong>
        {request.text && <p>{request.text}</p>}
      </div>
      <div class="dialog-buttons">
        <button type="button" onClick={() => end(false)}>
          {t("cancel")}
        </button>
        <button type="button" class={request.danger ? "danger" : "main"} onClick={() => end(true)}>
          {request.action}
        </button>
      </div>
    </Modal>
  );
}

function ActionSheet({
  request,
  close,
}: {
  request: SheetRequest;
  close: () => void;
}): JSX.Element {
  return (
    <Modal class="sheet" label={request.title} onClose={close}>
      <div class="sheet-box">
        <p class="sheet-title">{request.title}</p>
        {request.options.map((option) => (
          <button
            type="button"
            key={option.label}
            class={option.danger ? "sheet-row danger" : "sheet-row"}
            onClick={() => {
              close();
              option.run();
            }}
          >
            {option.label}
          </button>
        ))}
        <button type="button" class="sheet-row sheet-cancel" onClick={close}>
          {t("cancel")}
        </button>
      </div>
    </Modal>
  );
}

interface PopoverProps {
  label: string;
  onClose: () => void;
  items: { icon: IconName; label: string; run: () => void }[];
}

/** The dark menu under the "+" of the chat list. */
export function Popover({ label, onClose, items }: PopoverProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useBackLayer(true, onClose);
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const buttons = () => [...box.current!.querySelectorAll<HTMLButtonElement>("button")];
    buttons()[0]?.focus();
    const key = (event: KeyboardEvent) => {
      const all = buttons();
      const at = all.indexOf(document.activeElement as HTMLButtonElement);
      if (event.key === "Escape" || event.key === "Tab") onClose();
      else if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
      else if (event.key === "ArrowUp") all[(at - 1 + all.length) % all.length]?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", key);
    return () => {
      removeEventListener("keydown", key);
      opener?.focus();
    };
  }, []);
  return (
    <>
      <div class="popover-mask" onClick={onClose} />
      <div class="popover" role="menu" aria-label={label} ref={box}>
        {items.map((item) => (
          <button
            type="button"
            role="menuitem"
            key={item.label}
            onClick={() => {
              onClose();
              item.run();
            }}
          >
            <Icon name={item.icon} size={22} />
            <span>{item.label}</span>
          </button>
        ))}
      </div>
    </>
  );
}
