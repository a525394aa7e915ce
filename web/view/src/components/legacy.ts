// Tags from 2016 that old bundles still use: they are drawn over the page while they are not
// hidden.

import { Component, componentOf, part } from "../component";
import type { WxElement } from "../core/element";
import { texts } from "../texts";

export class Loading extends Component {
  override created(): void {
    this.slot = part("old-text");
    this.el.setAttribute("role", "status");
    this.el.append(part("old-toast", part("spinner"), this.slot));
  }
}

export class Toast extends Component {
  private timer: ReturnType<typeof setTimeout> | undefined;

  override created(): void {
    this.slot = part("old-text");
    this.el.setAttribute("role", "status");
    this.el.append(part("old-toast", part("tick"), this.slot));
    this.changed("hidden");
  }
  override changed(name: string): void {
    if (name !== "hidden") return;
    clearTimeout(this.timer);
    // The app hides it when it gets the event at the end of the time.
    if (!this.flag("hidden"))
      this.timer = setTimeout(() => this.emit("change"), this.number("duration", 1500));
  }
  override detached(): void {
    clearTimeout(this.timer);
  }
}

function choice(name: string, run: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `wx-part wx-${name}`;
  button.addEventListener("click", run);
  return button;
}

export class Modal extends Component {
  private readonly heading = part("modal-title");
  private readonly cancel = choice("modal-cancel", () => this.emit("cancel"));
  private readonly confirm = choice("modal-confirm", () => this.emit("confirm"));

  override created(): void {
    this.slot = part("modal-content");
    const box = part(
      "modal",
      this.heading,
      this.slot,
      part("modal-buttons", this.cancel, this.confirm),
    );
    box.setAttribute("role", "alertdialog");
    this.el.append(box);
    this.changed();
  }
  override changed(): void {
    const words = texts(this.page.env.language);
    this.heading.textContent = this.string("title");
    this.heading.hidden = !this.string("title");
    this.cancel.textContent = this.string("cancel-text") || words.cancel;
    this.confirm.textContent = this.string("confirm-text") || words.confirm;
    this.cancel.hidden = this.flag("no-cancel") || this.props["no-cancel"] === "";
  }
}

export class ActionSheet extends Component {
  override created(): void {
    this.slot = part("actions");
    this.el.append(this.slot);
  }
  override tapped(_x: number, y: number): boolean {
    if (y < this.slot.getBoundingClientRect().top) this.emit("change");
    return true;
  }
}

export class ActionSheetItem extends Component {
  override created(): void {
    this.el.setAttribute("role", "button");
    this.el.tabIndex = 0;
  }
}

export class ActionSheetCancel extends ActionSheetItem {
  override tapped(): boolean {
    componentOf(this.el.closest<WxElement>("wx-action-sheet"))?.emit("change");
    return true;
  }
}
