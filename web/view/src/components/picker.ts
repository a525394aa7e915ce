// picker (a sheet with wheels) and picker-view (wheels inside the page).

import { Component, componentOf, part } from "../component";
import { PICKER_YEARS } from "../limits";
import type { Regions, Value } from "../../../shared/protocol";
import { texts } from "../texts";
import type { WxElement } from "../core/element";
import { Wheel } from "./wheel";

/** How a mode of the picker fills and reads its wheels. */
interface Mode {
  /** Rows of every column for the positions of the wheels. */
  columns(at: number[]): string[][];
  /** The positions of the wheels for a value. */
  start(): number[];
  /** The value at the positions of the wheels. */
  read(at: number[]): Value;
  /** What `change` tells beside the value. */
  detail?(at: number[]): object;
}

export class Picker extends Component {
  private chosen: Value | undefined;
  private dialog: HTMLDialogElement | null = null;
  private refill: (() => void) | null = null;
  /** Turns the wheels of the open sheet to the value that the app gives. */
  private replace: (() => void) | null = null;
  private regions: Regions | null = null;
  private asking = false;

  override created(): void {
    this.el.setAttribute("role", "button");
    this.el.setAttribute("aria-haspopup", "dialog");
    this.changed("disabled");
  }

  override changed(name: string): void {
    if (name === "value") {
      this.chosen = undefined;
      this.replace?.();
    }
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
    if (this.flag("disabled") || this.dialog || this.asking) return;
    if (this.kind === "region" && !this.regions) void this.openRegions();
    else this.open();
  }

  /** Opens the sheet when the shell has brought the names. */
  private async openRegions(): Promise<void> {
    this.asking = true;
    this.regions = await this.page.regions();
    this.asking = false;
    if (this.gone) return;
    if (this.regions) this.open();
    else this.emit("cancel");
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

  /** Provinces, cities and districts, as many columns as `level` says. */
  private region(): Mode {
    const regions = this.regions ?? {};
    const codes = Object.keys(regions);
    const custom = this.string("custom-item");
    const columns = { province: 1, city: 2 }[this.string("level")] ?? 3;
    // Six digits, two for each of the three; zeros stand for a whole province or city.
    const inside = (outer: string, level: number) => {
      const begin = outer.slice(0, 2 * level);
      const rest = "00".repeat(2 - level);
      return codes.filter(
        (code) =>
          code.startsWith(begin) &&
          code.endsWith(rest) &&
          code.slice(2 * level, 2 * level + 2) !== "00",
      );
    };
    /** The codes of each column at the positions; the app's own row has none. */
    const rows = (at: number[]): string[][] => {
      const all: string[][] = [];
      let outer = "";
      for (let level = 0; level < columns; level++) {
        const known = level === 0 || outer !== "" ? inside(outer, level) : [];
        const column = custom ? ["", ...known] : known;
        all.push(column);
        outer = column[Math.min(at[level] ?? 0, column.length - 1)] ?? "";
      }
      return all;
    };
    const chosen = (at: number[]) => rows(at).map((column, i) => column[at[i] ?? 0] ?? "");
    const name = (code: string) => regions[code] ?? custom;
    return {
      columns: (at) => rows(at).map((column) => column.map(name)),
      start: () => {
        const at: number[] = [];
        for (const value of list(this.value).map(String).slice(0, columns))
          at.push(Math.max(0, rows(at)[at.length]!.map(name).indexOf(value)));
        return rows(at).map((_, i) => at[i] ?? 0);
      },
      read: (at) => chosen(at).map(name),
      detail: (at) => ({ code: chosen(at).filter((code) => code !== ""), postcode: "" }),
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
        if (this.kind === "multiSelector")
          return this.emit("columnchange", { column: i, value: index });
        // Another province begins with its first city, where a day keeps its number in another month.
        if (this.kind === "region")
          for (let inner = i + 1; inner < wheels.length; inner++) {
            wheels[inner]!.show(0);
            at[inner] = 0;
          }
        refill();
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
      this.dialog = this.refill = this.replace = null;
      this.page.sheet(null);
      this.el.focus({ preventScroll: true });
      if (!done) return this.emit("cancel");
      this.chosen = mode.read(at);
      this.emit("change", { value: this.chosen, ...mode.detail?.(at) });
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
    // Apps set the other columns back when one of several turns.
    if (this.kind === "multiSelector")
      this.replace = () => {
        for (const [i, index] of mode.start().entries()) {
          if (wheels[i] && wheels[i].index !== index) wheels[i].show(index);
          at[i] = wheels[i]?.index ?? index;
        }
      };
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
  readonly wheel: Wheel = new Wheel(
    () => this.parent?.report(),
    (moving) => this.parent?.turning(this.wheel, moving),
  );
  private readonly observer = new MutationObserver(() => this.parent?.place());

  private get parent(): PickerView | undefined {
    return componentOf<PickerView>(this.el.closest<WxElement>("wx-picker-view"));
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
  private readonly moving = new Set<Wheel>();
  private readonly band = part("picker-band");

  override created(): void {
    this.slot = part("wheels");
    this.el.append(this.slot, this.band);
    this.changed("indicator-style");
  }

  override attached(): void {
    this.place();
    this.whenShown(() => this.place());
  }

  override changed(name: string): void {
    if (name === "value") this.place();
    if (name.startsWith("indicator")) {
      const style = this.page.style(this.string("indicator-style"));
      this.band.style.cssText = style;
      this.band.className = `wx-part wx-picker-band ${this.classes("indicator-class")}`;
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

  /** A wheel begins to turn, or has come to rest. */
  turning(wheel: Wheel, moving: boolean): void {
    const before = this.moving.size;
    if (moving) this.moving.add(wheel);
    else this.moving.delete(wheel);
    if (before === 0 && moving) this.emit("pickstart");
    if (before > 0 && this.moving.size === 0) this.emit("pickend");
  }

  report(): void {
    const value = this.value;
    this.props.value = value;
    this.emit("change", { value });
  }

  private columns(): PickerViewColumn[] {
    return [...this.slot.querySelectorAll<WxElement>("wx-picker-view-column")].map(
      (el) => componentOf<PickerViewColumn>(el)!,
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
