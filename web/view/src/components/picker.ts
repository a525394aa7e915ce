// picker (a sheet with wheels) and picker-view (wheels inside the page).

import { Component, part } from "../component";
import { PICKER_YEARS } from "../limits";
import type { Value } from "../protocol";
import { texts } from "../texts";
import type { WxElement } from "../tree";
import { PROVINCES } from "./provinces";
import { Wheel } from "./wheel";

/** How a mode of the picker fills and reads its wheels. */
interface Mode {
  /** Rows of every column for the positions of the wheels. */
  columns(at: number[]): string[][];
  /** The positions of the wheels for a value. */
  start(): number[];
  /** The value at the positions of the wheels. */
  read(at: number[]): Value;
}

export class Picker extends Component {
  private chosen: Value | undefined;
  private dialog: HTMLDialogElement | null = null;
  private refill: (() => void) | null = null;

  override created(): void {
    this.el.setAttribute("role", "button");
    this.el.setAttribute("aria-haspopup", "dialog");
    this.changed("disabled");
  }

  override changed(name: string): void {
    if (name === "value") this.chosen = undefined;
    if (name === "disabled") this.el.tabIndex = this.flag("disabled") ? -1 : 0;
    if (name === "range") this.refill?.();
  }

  override get value(): Value {
    if (this.chosen !== undefined) return this.chosen;
    const given = this.props.value;
    return given === undefined || given === null ? (this.kind === "selector" ? 0 : "") : given;
  }
  override get labelled(): boolean {
    return true;
  }
  override get ignoresTaps(): boolean {
    return false;
  }
  override reset(): void {
    this.chosen = undefined;
  }
  override tapped(): boolean {
    this.activate();
    return true;
  }
  override activate(): void {
    if (!this.flag("disabled") && !this.dialog) this.open();
  }
  override detached(): void {
    if (!this.dialog) return;
    this.dialog.remove();
    this.page.sheet(null);
  }

  private get kind(): string {
    return this.string("mode") || "selector";
  }

  private mode(): Mode {
    switch (this.kind) {
      case "multiSelector":
        return this.multi();
      case "time":
        return this.time();
      case "date":
        return this.date();
      case "region":
        return this.region();
      default:
        return this.selector();
    }
  }

  private label(row: Value): string {
    const key = this.string("range-key");
    if (typeof row === "object" && row !== null && !Array.isArray(row))
      return String(row[key] ?? "");
    return row === null ? "" : String(row);
  }

  private selector(): Mode {
    return {
      columns: () => [list(this.props.range).map((row) => this.label(row))],
      start: () => [Number(this.value) || 0],
      // A string, because apps compare it with strings.
      read: ([at]) => String(at),
    };
  }

  private multi(): Mode {
    return {
      columns: () =>
        list(this.props.range).map((column) => list(column).map((row) => this.label(row))),
      start: () => list(this.props.range).map((_, i) => Number(list(this.value)[i] ?? 0)),
      read: (at) => at,
    };
  }

  private time(): Mode {
    const [from, to] = [clock(this.string("start"), [0, 0]), clock(this.string("end"), [23, 59])];
    const minutes = (hour: number) =>
      range(hour === from[0] ? from[1]! : 0, hour === to[0] ? to[1]! : 59);
    const hours = range(from[0]!, to[0]!);
    return {
      columns: ([h = 0]) => [hours.map(two), minutes(hours[h] ?? 0).map(two)],
      start: () => {
        const [hour, minute] = clock(String(this.value), [
          new Date().getHours(),
          new Date().getMinutes(),
        ]);
        const h = Math.max(0, hours.indexOf(hour!));
        return [h, Math.max(0, minutes(hours[h] ?? 0).indexOf(minute!))];
      },
      read: ([h = 0, m = 0]) => {
        const hour = hours[h] ?? 0;
        return `${two(hour)}:${two(minutes(hour)[m] ?? 0)}`;
      },
    };
  }

  private date(): Mode {
    const words = texts(this.page.env.language);
    const fields = { year: 1, month: 2 }[this.string("fields")] ?? 3;
    const now = new Date();
    const from = calendar(this.string("start"), [now.getFullYear() - PICKER_YEARS, 1, 1]);
    const to = calendar(this.string("end"), [now.getFullYear() + PICKER_YEARS, 12, 31]);
    const years = range(from[0]!, to[0]!);
    const months = (y: number) => range(y === from[0] ? from[1]! : 1, y === to[0] ? to[1]! : 12);
    const days = (y: number, m: number) => {
      const length = new Date(y, m, 0).getDate();
      const first = y === from[0] && m === from[1] ? from[2]! : 1;
      const last = y === to[0] && m === to[1] ? Math.min(length, to[2]!) : length;
      return range(first, last);
    };
    const pick = (at: number[]): [number, number, number] => {
      const y = years[at[0] ?? 0] ?? from[0]!;
      const inYear = months(y);
      const m = inYear[Math.min(at[1] ?? 0, inYear.length - 1)] ?? 1;
      const inMonth = days(y, m);
      return [y, m, inMonth[Math.min(at[2] ?? 0, inMonth.length - 1)] ?? 1];
    };
    return {
      columns: (at) => {
        const [y, m] = pick(at);
        const all = [
          years.map((year) => `${year}${words.year}`),
          months(y).map((month) => two(month) + words.month),
          days(y, m).map((day) => two(day) + words.day),
        ];
        return all.slice(0, fields);
      },
      start: () => {
        const [y, m, d] = calendar(String(this.value), [
          now.getFullYear(),
          now.getMonth() + 1,
          now.getDate(),
        ]);
        return [years.indexOf(y!), months(y!).indexOf(m!), days(y!, m!).indexOf(d!)]
          .map((i) => Math.max(0, i))
          .slice(0, fields);
      },
      read: (at) =>
        pick(at)
          .slice(0, fields)
          .map((part, i) => (i === 0 ? String(part) : two(part)))
          .join("-"),
    };
  }

  /** Provinces and their cities. Districts are left out, because they change too often. */
  private region(): Mode {
    const custom = this.string("custom-item");
    const names = [...(custom ? [custom] : []), ...Object.keys(PROVINCES)];
    const cities = (province: string) => [
      ...(custom ? [custom] : []),
      ...(PROVINCES[province]?.split(" ") ?? [province]),
    ];
    const district = custom || texts(this.page.env.language).all;
    return {
      columns: ([p = 0]) => [names, cities(names[p]!), [district]],
      start: () => {
        const [province, city] = list(this.value).map(String);
        const p = Math.max(0, names.indexOf(province ?? ""));
        return [p, Math.max(0, cities(names[p]!).indexOf(city ?? "")), 0];
      },
      read: ([p = 0, c = 0]) => [names[p]!, cities(names[p]!)[c] ?? "", custom],
    };
  }

  private open(): void {
    const words = texts(this.page.env.language);
    const mode = this.mode();
    const at = mode.start();
    const heading = this.string("header-text") || this.string("aria-label") || words.choose;
    const wheels: Wheel[] = [];
    const refill = () => {
      const columns = mode.columns(at);
      for (const [i, rows] of columns.entries()) wheels[i]?.fill(rows);
      for (const [i, wheel] of wheels.entries()) at[i] = wheel.index;
    };
    mode.columns(at).forEach((_, i) => {
      const wheel = new Wheel((index) => {
        at[i] = index;
        if (this.kind === "multiSelector") this.emit("columnchange", { column: i, value: index });
        else refill();
      });
      wheel.el.setAttribute("aria-label", `${heading} ${i + 1}`);
      wheels.push(wheel);
    });

    const dialog = document.createElement("dialog");
    dialog.className = "wx-part wx-sheet";
    dialog.setAttribute("aria-label", heading);
    const button = (name: string, text: string, run: () => void) => {
      const el = document.createElement("button");
      el.type = "button";
      el.className = `wx-part wx-sheet-${name}`;
      el.textContent = text;
      el.addEventListener("click", run);
      return el;
    };
    const close = (done: boolean) => {
      for (const wheel of wheels) done ? wheel.settle() : wheel.stop();
      dialog.close();
      dialog.remove();
      this.dialog = this.refill = null;
      this.page.sheet(null);
      this.el.focus({ preventScroll: true });
      if (!done) return this.emit("cancel");
      this.chosen = mode.read(at);
      this.emit(
        "change",
        this.kind === "region"
          ? { value: this.chosen, code: [], postcode: "" }
          : { value: this.chosen },
      );
    };
    const title = part("sheet-title", this.string("header-text"));
    dialog.append(
      part(
        "sheet-head",
        button("cancel", words.cancel, () => close(false)),
        title,
        button("done", words.confirm, () => close(true)),
      ),
      part("wheels", ...wheels.map((wheel) => wheel.el)),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(false);
    });
    dialog.addEventListener("click", (event) => event.target === dialog && close(false));
    document.body.append(dialog);
    this.dialog = dialog;
    this.refill = refill;
    dialog.showModal();
    this.page.sheet(() => close(false));
    mode.columns(at).forEach((rows, i) => {
      wheels[i]!.fill(rows);
      wheels[i]!.show(at[i] ?? 0);
    });
    wheels[0]?.el.focus();
  }
}

/** picker-view-column: its children are the rows. */
export class PickerViewColumn extends Component {
  readonly wheel = new Wheel(() => this.parent?.report());
  private readonly observer = new MutationObserver(() => this.parent?.place());

  private get parent(): PickerView | undefined {
    return (this.el.closest("wx-picker-view") as WxElement | null)?.$comp as PickerView | undefined;
  }
  override created(): void {
    this.slot = this.wheel.el;
    this.el.append(this.wheel.el);
  }
  override attached(): void {
    this.observer.observe(this.slot, { childList: true });
  }
  override detached(): void {
    this.observer.disconnect();
    this.wheel.stop();
  }
}

export class PickerView extends Component {
  private readonly band = part("picker-band");

  override created(): void {
    this.slot = part("wheels");
    this.el.append(this.slot, this.band);
    this.changed("indicator-style");
  }

  override attached(): void {
    this.place();
  }

  override changed(name: string): void {
    if (name === "value") this.place();
    if (name.startsWith("indicator")) {
      const style = this.page.style(this.string("indicator-style"));
      this.band.style.cssText = style;
      this.band.className = `wx-part wx-picker-band ${this.string("indicator-class")}`;
      this.slot.style.setProperty(
        "--row",
        /(?:^|;|\s)height\s*:\s*([^;]+)/.exec(style)?.[1] ?? "34px",
      );
    }
  }

  override get value(): Value {
    return this.columns().map((column) => column.wheel.index);
  }

  place(): void {
    const value = list(this.props.value);
    const name = this.string("aria-label") || texts(this.page.env.language).choose;
    this.columns().forEach((column, i) => {
      column.wheel.el.setAttribute("aria-label", `${name} ${i + 1}`);
      column.wheel.show(Number(value[i] ?? column.wheel.index));
    });
  }

  report(): void {
    const value = this.value;
    this.props.value = value;
    this.emit("change", { value });
  }

  private columns(): PickerViewColumn[] {
    return [...this.slot.querySelectorAll<WxElement>("wx-picker-view-column")].map(
      (el) => el.$comp as PickerViewColumn,
    );
  }
}

function list(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}
function two(number: number): string {
  return String(number).padStart(2, "0");
}
function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
function clock(text: string, otherwise: number[]): number[] {
  const match = /^(\d{1,2}):(\d{1,2})$/.exec(text);
  return match ? [Math.min(23, Number(match[1])), Math.min(59, Number(match[2]))] : otherwise;
}
function calendar(text: string, otherwise: number[]): number[] {
  const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?/.exec(text);
  if (!match) return otherwise;
  return [Number(match[1]), Number(match[2] ?? otherwise[1]), Number(match[3] ?? otherwise[2])];
}
