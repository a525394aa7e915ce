// Containers of the vendor's newer renderer, as far as a browser lays out the same: grid-view and
// sticky-header. list-view and sticky-section are plain blocks.

import { Component } from "../component";

export class GridView extends Component {
  override created(): void {
    this.changed();
  }
  override changed(): void {
    const { style } = this.el;
    const gap = (name: string) => `${this.number(name, 0)}px`;
    const columns = Math.max(1, this.number("cross-axis-count", 2));
    style.setProperty("--row-gap", gap("main-axis-gap"));
    style.setProperty("--column-gap", gap("cross-axis-gap"));
    style.setProperty("--columns", String(columns));
    const widest = this.number("max-cross-axis-extent", 0);
    style.setProperty("--track", widest > 0 ? `minmax(min(${widest}px, 100%), 1fr)` : "");
    this.el.toggleAttribute("data-fill", widest > 0);
  }
}

export class StickyHeader extends Component {
  override created(): void {
    this.changed();
  }
  override changed(): void {
    this.el.style.top = `${this.number("offset-top", 0)}px`;
  }
}
