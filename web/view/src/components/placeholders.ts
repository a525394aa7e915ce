// Components that this view does not implement. They are drawn as a box with their name, so that
// the layout of a page is complete and the user does not wait for a video that will not start.

import { Component, part, type ComponentClass } from "../component";

export function placeholder(tag: string): ComponentClass {
  return class Placeholder extends Component {
    override created(): void {
      this.slot = part("placeholder-content");
      const label = part("unavailable", `<${tag}>`);
      label.setAttribute("role", "img");
      label.setAttribute("aria-label", `${tag}: not available here`);
      this.el.append(label, this.slot);
      this.el.classList.add("wx-unavailable-box");
    }
  };
}

/** Markup does not get the names and pictures of users; the app asks for them with a button. */
export class OpenData extends Component {}

export class PageMeta extends Component {
  override created(): void {
    this.changed();
  }
  override changed(): void {
    this.page.root.style.cssText = this.page.style(this.string("page-style"));
    const size = this.string("root-font-size");
    if (size && size !== "system") document.documentElement.style.fontSize = size;
    const color = this.string("background-color");
    if (color) this.page.config.backgroundColor = color;
  }
}
