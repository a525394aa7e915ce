// text, icon, progress and rich-text.

import { Component, part } from "../component";
import { reducedMotion } from "../motion";
import { decode, elementsOf } from "./rich-nodes";
import type { Value } from "../../../shared/protocol";

const SPACES: Record<string, string> = { ensp: "\u2002", emsp: "\u2003", nbsp: "\u00a0" };
export class Text extends Component {
  override created(): void {
    this.changed("max-lines");
    const space = SPACES[this.string("space")];
    const decodes = this.flag("decode");
    this.text = (text) => {
      // Markup has no other way to write a line break.
      const lines = text.replaceAll("\\n", "\n");
      const decoded = decodes ? decode(lines) : lines;
      return space ? decoded.replace(/ /g, space) : decoded;
    };
  }

  /** Text beyond the last line that the app wants is cut. */
  override changed(name: string): void {
    if (name !== "max-lines" && name !== "style") return;
    const lines = this.number("max-lines", 0);
    this.el.toggleAttribute("data-cut", lines > 0);
    if (lines > 0) this.el.style.setProperty("--lines", String(lines));
  }
}

// Drawn for a box of 24 x 24; `currentColor` is the colour of the type or of the app.
const TICK = "M6.5 12.4l3.9 3.9 7.4-8.2";
const CIRCLE = '<circle cx="12" cy="12" r="11" fill="currentColor"/>';
const RING =
  '<circle cx="12" cy="12" r="10.4" fill="none" stroke="currentColor" stroke-width="1.2"/>';
const line = (d: string, color = "currentColor", width = 1.6) =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const ICONS: Record<string, [string, string]> = {
  success: ["#07c160", CIRCLE + line(TICK, "#fff")],
  success_no_circle: ["#07c160", line("M3.5 12.6l5.6 5.6L20.5 6", "currentColor", 2)],
  success_circle: ["#07c160", RING + line(TICK)],
  safe_success: [
    "#07c160",
    '<path d="M12 1l9 3v7c0 6-4 10-9 12-5-2-9-6-9-12V4z" fill="currentColor"/>' +
      line(TICK, "#fff"),
  ],
  info: ["#10aeff", CIRCLE + line("M12 11v6M12 7.2v.1", "#fff", 2)],
  info_circle: ["#10aeff", RING + line("M12 11v6M12 7.2v.1", "currentColor", 1.8)],
  warn: ["#fa5151", CIRCLE + line("M12 6.5v7M12 17v.1", "#fff", 2)],
  safe_warn: [
    "#ffbe00",
    '<path d="M12 1l9 3v7c0 6-4 10-9 12-5-2-9-6-9-12V4z" fill="currentColor"/>' +
      line("M12 6.5v7M12 17v.1", "#fff", 2),
  ],
  waiting: ["#10aeff", CIRCLE + line("M12 6v6.4l4 2.6", "#fff")],
  waiting_circle: ["#10aeff", RING + line("M12 6v6.4l4 2.6")],
  circle: ["#c9c9c9", RING],
  cancel: ["#fa5151", RING + line("M8.4 8.4l7.2 7.2M15.6 8.4l-7.2 7.2")],
  clear: ["#b2b2b2", CIRCLE + line("M8.4 8.4l7.2 7.2M15.6 8.4l-7.2 7.2", "#fff")],
  download: ["#07c160", RING + line("M12 6v9.6M8.2 12l3.8 3.8 3.8-3.8M7.5 18h9")],
  search: ["#b2b2b2", line("M16.5 16.5L21 21M10.5 17.5a7 7 0 100-14 7 7 0 000 14z")],
};

export class Icon extends Component {
  override created(): void {
    const [color, shape] = ICONS[this.string("type")] ?? ICONS.circle!;
    const size = this.string("size", "23");
    const px = /^[\d.]+$/.test(size) ? `${size}px` : size;
    this.el.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;
    const svg = this.el.firstElementChild as SVGElement;
    svg.style.cssText = this.page.style(`width:${px};height:${px}`);
    svg.style.color = this.string("color") || color;
  }
  override changed(): void {
    this.created();
  }
}

export class Progress extends Component {
  private readonly bar = part("progress-inner-bar");
  private readonly track = part("progress-bar", this.bar);
  private readonly info = part("progress-info");
  private shown = 0;

  override created(): void {
    this.el.append(this.track, this.info);
    this.el.setAttribute("role", "progressbar");
    this.draw();
  }
  override changed(): void {
    this.draw();
  }

  private draw(): void {
    const percent = Math.min(100, Math.max(0, this.number("percent", 0)));
    this.el.setAttribute("aria-valuenow", String(percent));
    if (!this.string("aria-label")) this.el.setAttribute("aria-label", `${percent}%`);
    this.track.style.height = this.page.style(length(this.props["stroke-width"], "6px"));
    this.track.style.borderRadius = this.bar.style.borderRadius = length(
      this.props["border-radius"],
      "0",
    );
    this.track.style.backgroundColor = this.string(
      "backgroundColor",
      this.string("background-color"),
    );
    this.bar.style.backgroundColor =
      this.string("activeColor") || this.string("active-color") || this.string("color");
    const speed = this.flag("active") && !reducedMotion() ? this.number("duration", 30) : 0;
    const from = this.string("active-mode") === "forwards" ? this.shown : 0;
    const ms = Math.abs(percent - from) * speed;
    if (ms > 0 && percent !== this.shown) {
      this.bar.style.transition = "none";
      this.bar.style.width = `${from}%`;
      requestAnimationFrame(() => {
        this.bar.style.transition = `width ${ms}ms linear`;
        this.bar.style.width = `${percent}%`;
      });
      setTimeout(() => !this.gone && this.emit("activeend", { curPercent: percent }), ms);
    } else {
      this.bar.style.width = `${percent}%`;
    }
    this.shown = percent;
    this.info.hidden = !this.flag("show-info");
    this.info.textContent = `${percent}%`;
    this.info.style.fontSize = length(this.props["font-size"], "16px");
  }
}

function length(value: Value | undefined, otherwise: string): string {
  if (value === undefined || value === null || value === "") return otherwise;
  return /^[\d.]+$/.test(String(value)) ? `${value}px` : String(value);
}

export class RichText extends Component {
  private readonly content = part("rich");

  override created(): void {
    this.el.append(this.content);
    this.draw();
  }
  override changed(name: string): void {
    if (name === "nodes" || name === "space") this.draw();
  }

  private draw(): void {
    const space = SPACES[this.string("space")];
    this.content.replaceChildren(...elementsOf(this.page, this.props.nodes, space));
  }
}
