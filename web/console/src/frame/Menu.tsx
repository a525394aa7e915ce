// A button that opens a short menu. The component of antd would weigh more than the rest of the
// frame. This one follows the ARIA pattern: arrows, Home, End, Escape, and focus returns to the button.

import { Button } from "antd";
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export interface MenuItem {
  key: string;
  label: string;
  /** For a choice: whether it is the chosen one. */
  chosen?: boolean;
  onPress: () => void;
}

interface MenuProps {
  name: string;
  className?: string;
  items: MenuItem[];
  children: ReactNode;
}

export function Menu({ name, className, items, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    list.current?.querySelector<HTMLElement>("button")?.focus();
    const elsewhere = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, [open]);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const move = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = steps[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    else if (next !== undefined) all[next]?.focus();
    if (event.key === "Escape" || next !== undefined) event.preventDefault();
  };
  return (
    <div className="menu" ref={frame}>
      <Button
        ref={opener}
        type="text"
        className={className}
        aria-label={name}
        title={name}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {children}
      </Button>
      {open && (
        <div ref={list} role="menu" aria-label={name} className="menu-list" onKeyDown={move}>
          {items.map(({ key, label, chosen, onPress }) => (
            // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role beside it supports it
            <button
              key={key}
              type="button"
              role={chosen === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={chosen}
              tabIndex={-1}
              onClick={() => {
                close();
                onPress();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
