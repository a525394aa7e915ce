// <map>: markers, lines and areas at their true places, which can be moved and enlarged. The ground has
// streets when the operator of the host has named a source of tiles, and is plain otherwise.

import { Component, part } from "../component";
import type { Finger } from "../core/element";
import { MAP_SHAPES, MAP_STEP_MS } from "../limits";
import { reducedMotion } from "../motion";
import { texts } from "../texts";
import type { Value } from "../../../shared/protocol";
import { MAX_SCALE, MIN_SCALE, METRES_PER_PX, placeAt, type Place, world } from "./mercator";
import { Tiles } from "./map-tiles";

interface Callout {
  content?: string;
  display?: string;
  color?: string;
  bgColor?: string;
  fontSize?: number;
  borderRadius?: number;
  borderWidth?: number;
  borderColor?: string;
  padding?: number;
  textAlign?: string;
  anchorX?: number;
  anchorY?: number;
}
interface Marker extends Place {
  id?: number;
  title?: string;
  iconPath?: string;
  width?: number | string;
  height?: number | string;
  rotate?: number;
  alpha?: number;
  zIndex?: number;
  anchor?: { x: number; y: number };
  label?: Callout;
  callout?: Callout;
  ariaLabel?: string;
}
interface Line {
  points?: Place[];
  color?: string;
  width?: number;
  dottedLine?: boolean;
  borderColor?: string;
  borderWidth?: number;
  fillColor?: string;
  strokeColor?: string;
  strokeWidth?: number;
  dashArray?: number[];
}
interface Circle extends Place {
  radius?: number;
  color?: string;
  fillColor?: string;
  strokeWidth?: number;
}
interface Control {
  id?: number;
  position?: { left?: number; top?: number; width?: number; height?: number };
  iconPath?: string;
  clickable?: boolean;
}
interface Region {
  southwest: Place;
  northeast: Place;
}

/** A marker as it is drawn; where it is may differ from what the program gave once it has moved. */
interface Drawn {
  marker: Marker;
  el: HTMLElement;
  at: Place;
  rotate: number;
}

const SVG = "http://www.w3.org/2000/svg";
/** Between the points of include-points and the edge, in px. */
const INCLUDE_MARGIN = 20;

export class MapView extends Component {
  private center: Place = { latitude: 39.92, longitude: 116.46 };
  private scale = 16;
  /** Where in the element the centre is, as shares of its size. */
  private offset: [number, number] = [0.5, 0.5];
  private boundary: Region | null = null;
  private from: Place | null = null;
  private dragging = false;
  /** Distance of two fingers and the scale when the second came down. */
  private pinch: { distance: number; scale: number } | null = null;
  private due = 0;
  private readonly tiles: Tiles | null;
  private readonly lines = document.createElementNS(SVG, "svg");
  private readonly places = part("map-places");
  private readonly controls = part("map-controls");
  private drawn: Drawn[] = [];
  /** Markers that MapContext.addMarkers has added. */
  private added: Marker[] = [];

  constructor(...given: ConstructorParameters<typeof Component>) {
    super(...given);
    const { map } = this.page.env;
    this.tiles = map ? new Tiles(map) : null;
  }

  override created(): void {
    this.slot = part("media-content");
    const words = texts(this.page.env.language);
    const button = (text: string, label: string, by: number) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.setAttribute("aria-label", label);
      made.addEventListener("click", () => this.zoom(this.scale + by));
      return made;
    };
    const zoom = part("map-zoom", button("+", words.enlarge, 1), button("−", words.reduce, -1));
    if (this.tiles) this.el.append(this.tiles.el);
    this.el.append(this.lines, this.places, this.slot, this.controls, zoom);
    if (this.tiles) this.el.append(this.tiles.credit);
    this.el.setAttribute("role", "group");
    if (!this.el.hasAttribute("aria-label")) this.el.setAttribute("aria-label", words.map);
    this.el.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        if (this.flag("enable-zoom", true)) this.zoom(this.scale - Math.sign(event.deltaY) / 2);
      },
      { passive: false },
    );
    const passive = { passive: true };
    this.el.addEventListener("touchstart", (event) => this.touched(event), passive);
    this.el.addEventListener("touchmove", (event) => this.pinched(event), passive);
    this.el.addEventListener("touchend", () => (this.pinch = null), passive);
    this.read();
  }

  override attached(): void {
    this.build();
    this.include();
    this.whenShown(() => {
      this.include();
      this.drawSoon();
    });
    this.emit("updated");
  }

  override detached(): void {
    cancelAnimationFrame(this.due);
  }

  override changed(name: string): void {
    if (["latitude", "longitude", "scale"].includes(name)) this.read();
    if (name === "include-points") this.include();
    if (name === "markers" || name === "controls") this.build();
    this.drawSoon();
  }

  override kidsChanged(): void {
    this.drawSoon();
  }

  private read(): void {
    this.center = this.bounded({
      latitude: this.number("latitude", this.center.latitude),
      longitude: this.number("longitude", this.center.longitude),
    });
    this.scale = this.within(this.number("scale", this.scale));
  }

  private within(scale: number): number {
    const least = Math.max(MIN_SCALE, this.number("min-scale", MIN_SCALE));
    const most = Math.min(MAX_SCALE, this.number("max-scale", MAX_SCALE));
    return Math.min(most, Math.max(least, scale));
  }

  private bounded(place: Place): Place {
    if (!this.boundary) return place;
    const { southwest: low, northeast: high } = this.boundary;
    return {
      latitude: Math.min(high.latitude, Math.max(low.latitude, place.latitude)),
      longitude: Math.min(high.longitude, Math.max(low.longitude, place.longitude)),
    };
  }

  private list<T>(name: string): T[] {
    return listed<T>(this.props[name]);
  }

  /** Shows all points that the program names, as near as possible. */
  private include(points = this.list<Place>("include-points"), margin = INCLUDE_MARGIN): void {
    const { clientWidth, clientHeight } = this.el;
    if (points.length === 0 || clientWidth === 0) return;
    const [lats, lngs] = [points.map((p) => p.latitude), points.map((p) => p.longitude)];
    this.center = {
      latitude: (Math.min(...lats) + Math.max(...lats)) / 2,
      longitude: (Math.min(...lngs) + Math.max(...lngs)) / 2,
    };
    for (this.scale = MAX_SCALE; this.scale > MIN_SCALE; this.scale--) {
      const inside = points.every((point) => {
        const [x, y] = this.at(point);
        return (
          x >= margin && x <= clientWidth - margin && y >= margin && y <= clientHeight - margin
        );
      });
      if (inside) return;
    }
  }

  private zoom(scale: number): void {
    const next = this.within(scale);
    if (next === this.scale) return;
    this.region("begin", "scale");
    this.scale = next;
    this.drawSoon();
    this.region("end", "scale");
  }

  private region(type: "begin" | "end", causedBy: string): void {
    this.emit("regionchange", {
      type,
      causedBy: type === "begin" ? "gesture" : causedBy,
      scale: this.scale,
      rotate: 0,
      skew: 0,
      centerLocation: this.center,
      region: this.shownRegion(),
    });
  }

  private shownRegion(): Region {
    const { clientWidth, clientHeight } = this.el;
    return {
      southwest: this.placeOf(0, clientHeight),
      northeast: this.placeOf(clientWidth, 0),
    };
  }

  // --- Fingers -------------------------------------------------------------------------------------

  override grab(): boolean {
    this.from = this.center;
    return this.flag("enable-scroll", true);
  }
  override drag({ dx, dy }: Finger): boolean {
    if (this.pinch) return true;
    if (!this.dragging && Math.hypot(dx, dy) < 4) return false;
    if (!this.dragging) this.region("begin", "drag");
    this.dragging = true;
    const [x, y] = world(this.from!, this.scale);
    this.center = this.bounded(placeAt(x - dx, y - dy, this.scale));
    this.drawSoon();
    return true;
  }
  override drop(): void {
    if (this.dragging) this.region("end", "drag");
    this.dragging = false;
  }
  override tapDetail(x: number, y: number): Place {
    const box = this.el.getBoundingClientRect();
    return this.placeOf(x - box.left, y - box.top);
  }

  private touched({ touches }: TouchEvent): void {
    if (touches.length !== 2 || !this.flag("enable-zoom", true)) return;
    this.pinch = { distance: apart(touches), scale: this.scale };
  }
  private pinched({ touches }: TouchEvent): void {
    if (!this.pinch || touches.length !== 2) return;
    this.zoom(this.pinch.scale + Math.log2(apart(touches) / Math.max(1, this.pinch.distance)));
  }

  // --- What the program asks for ---------------------------------------------------------------------

  override perform(method: string, [first]: Value[]): unknown {
    const args = (typeof first === "object" && first !== null ? first : {}) as Record<
      string,
      Value
    >;
    switch (method) {
      case "getCenterLocation":
        return this.center;
      case "getScale":
        return { scale: this.scale };
      case "getRotate":
        return { rotate: 0 };
      case "getSkew":
        return { skew: 0 };
      case "getRegion":
        return this.shownRegion();
      case "toScreenLocation": {
        const [x, y] = this.at(args as never);
        return { x, y };
      }
      case "fromScreenLocation":
        return this.placeOf(Number(args.x), Number(args.y));
      case "setCenterOffset": {
        const [x = 0.5, y = 0.5] = listedNumbers(args.offset);
        this.offset = [x, y];
        break;
      }
      case "setBoundary":
        this.boundary = args as unknown as Region;
        this.center = this.bounded(this.center);
        break;
      case "moveToLocation":
        if (args.latitude === undefined) throw new Error("latitude and longitude are needed here");
        this.center = this.bounded(args as never);
        break;
      case "includePoints": {
        const padding = listedNumbers(args.padding);
        this.include(listed<Place>(args.points), Math.max(0, ...padding, INCLUDE_MARGIN));
        break;
      }
      case "addMarkers":
        if (args.clear) this.props.markers = [];
        this.added = [...(args.clear ? [] : this.added), ...listed<Marker>(args.markers)];
        this.build();
        break;
      case "removeMarkers": {
        const ids = new Set(Array.isArray(args.markerIds) ? args.markerIds.map(Number) : []);
        const stay = (marker: Marker) => !ids.has(Number(marker.id));
        this.added = this.added.filter(stay);
        this.props.markers = this.list<Marker>("markers").filter(stay) as never;
        this.build();
        break;
      }
      case "translateMarker":
        return this.travel(args, [args.destination as never]);
      case "moveAlong":
        return this.travel(args, listed<Place>(args.path));
      default:
        throw new Error(`a map has no ${method} here`);
    }
    this.drawSoon();
    return {};
  }

  /** Moves a marker along a path at one speed; it answers when the marker has arrived. */
  private travel(args: Record<string, Value>, path: Place[]): Promise<object> {
    const one = this.drawn.find(({ marker }) => marker.id === Number(args.markerId));
    if (!one) throw new Error(`there is no marker ${String(args.markerId)}`);
    const stops = [one.at, ...path.map(({ latitude, longitude }) => ({ latitude, longitude }))];
    const lengths = stops.slice(1).map((stop, i) => {
      const [[ax, ay], [bx, by]] = [world(stops[i]!, MAX_SCALE), world(stop, MAX_SCALE)];
      return { dx: bx - ax, dy: by - ay, length: Math.hypot(bx - ax, by - ay) };
    });
    const whole = lengths.reduce((sum, { length }) => sum + length, 0) || 1;
    const duration = reducedMotion() ? 0 : Number(args.duration ?? 1000) || 0;
    const turned = Number(args.rotate ?? one.rotate) || 0;
    const begin = performance.now();
    return new Promise((arrived) => {
      const step = () => {
        const share = duration > 0 ? Math.min(1, (performance.now() - begin) / duration) : 1;
        let left = share * whole;
        let leg = 0;
        while (leg < lengths.length - 1 && left > lengths[leg]!.length)
          left -= lengths[leg++]!.length;
        const { dx, dy, length } = lengths[leg] ?? { dx: 0, dy: 0, length: 0 };
        const part = length > 0 ? Math.min(1, left / length) : 1;
        const [x, y] = world(stops[leg]!, MAX_SCALE);
        one.at = placeAt(x + dx * part, y + dy * part, MAX_SCALE);
        one.rotate =
          args.autoRotate === false || length === 0
            ? turned
            : (Math.atan2(dx, -dy) * 180) / Math.PI;
        this.drawSoon();
        if (share >= 1 || this.gone) arrived({});
        else setTimeout(step, MAP_STEP_MS);
      };
      step();
    });
  }

  // --- Picture -------------------------------------------------------------------------------------

  /** Where a place is in the element, in px. */
  private at(place: Place): [number, number] {
    const [x, y] = world(place, this.scale);
    const [cx, cy] = world(this.center, this.scale);
    const [ox, oy] = this.offset;
    return [x - cx + this.el.clientWidth * ox, y - cy + this.el.clientHeight * oy];
  }

  private placeOf(x: number, y: number): Place {
    const [cx, cy] = world(this.center, this.scale);
    const [ox, oy] = this.offset;
    return placeAt(
      cx + x - this.el.clientWidth * ox,
      cy + y - this.el.clientHeight * oy,
      this.scale,
    );
  }

  /** Draws once for all that happens before the next picture of the screen. */
  private drawSoon(): void {
    if (this.due !== 0) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      if (!this.gone) this.draw();
    });
  }

  private draw(): void {
    const [x, y] = world(this.center, this.scale);
    if (this.tiles) {
      this.tiles.draw(this.at({ latitude: 85.0511287798, longitude: -180 }), this.scale, this.el);
    } else {
      // The lines of the ground move with it, so that a drag is seen.
      this.el.style.backgroundPosition = `${Math.round(-x)}px ${Math.round(-y)}px`;
    }
    this.drawLines();
    for (const one of this.drawn) this.put(one);
    this.putOwnCallouts();
  }

  private build(): void {
    const markers = [...this.list<Marker>("markers"), ...this.added].slice(0, MAP_SHAPES);
    this.drawn = markers.map((marker) => ({
      marker,
      el: this.marker(marker),
      at: marker,
      rotate: Number(marker.rotate ?? 0),
    }));
    this.places.replaceChildren(...this.drawn.map(({ el }) => el));
    this.controls.replaceChildren(
      ...this.list<Control>("controls").map((one) => this.control(one)),
    );
    this.drawSoon();
  }

  private put({ marker, el, at, rotate }: Drawn): void {
    const [x, y] = this.at(at);
    const { x: ax = 0.5, y: ay = 1 } = marker.anchor ?? {};
    el.style.transform = `translate(${x}px,${y}px) translate(${-ax * 100}%,${-ay * 100}%)`;
    (el.firstElementChild as HTMLElement).style.transform = rotate ? `rotate(${rotate}deg)` : "";
  }

  /** Views of the program that are callouts: they stand over the marker that their marker-id names. */
  private putOwnCallouts(): void {
    for (const view of this.slot.querySelectorAll<HTMLElement>("[marker-id]")) {
      const id = Number(view.getAttribute("marker-id"));
      const one = this.drawn.find(({ marker }) => marker.id === id);
      view.hidden = !one;
      if (!one) continue;
      const [x, y] = this.at(one.at);
      const top = y - one.el.offsetHeight;
      view.style.cssText += ";position:absolute;left:0;top:0";
      view.style.transform = `translate(${x}px,${top}px) translate(-50%,-100%)`;
    }
  }

  private drawLines(): void {
    const shape = (tag: string, attributes: Record<string, string | number>) => {
      const made = document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(attributes))
        made.setAttribute(name, String(value));
      return made;
    };
    const points = (line: Line) =>
      (Array.isArray(line.points) ? line.points : []).map((p) => this.at(p).join()).join(" ");
    const stroke = (line: Line, color: string, width: number) =>
      shape("polyline", {
        points: points(line),
        fill: "none",
        stroke: color,
        "stroke-width": width,
        "stroke-dasharray": line.dottedLine ? "6 6" : "none",
        "stroke-linejoin": "round",
      });
    const lines = this.list<Line>("polyline").flatMap((line) => {
      const width = Number(line.width ?? 2);
      const border = Number(line.borderWidth ?? 0);
      const drawn = stroke(line, colour(line.color, "#1aad19"), width);
      // A border is the same line below, wider.
      return border > 0
        ? [stroke(line, colour(line.borderColor, "#000"), width + 2 * border), drawn]
        : [drawn];
    });
    const areas = this.list<Line>("polygons").map((area) =>
      shape("polygon", {
        points: points(area),
        fill: colour(area.fillColor, "#00000022"),
        stroke: colour(area.strokeColor, "#000"),
        "stroke-width": Number(area.strokeWidth ?? 1),
        "stroke-dasharray": listedNumbers(area.dashArray).join(" ") || "none",
      }),
    );
    const circles = this.list<Circle>("circles").map((circle) => {
      const [cx, cy] = this.at(circle);
      const metres =
        (METRES_PER_PX * Math.cos((circle.latitude * Math.PI) / 180)) / 2 ** this.scale;
      return shape("circle", {
        cx,
        cy,
        r: Math.max(0, Number(circle.radius ?? 0)) / metres,
        fill: colour(circle.fillColor, "#00000022"),
        stroke: colour(circle.color, "#000"),
        "stroke-width": Number(circle.strokeWidth ?? 1),
      });
    });
    this.lines.replaceChildren(...areas, ...circles, ...lines);
  }

  private marker(marker: Marker): HTMLElement {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "wx-part wx-marker";
    const name = marker.title || marker.callout?.content || marker.label?.content || "";
    made.setAttribute(
      "aria-label",
      marker.ariaLabel || name || texts(this.page.env.language).place,
    );
    const icon = this.page.resolve(String(marker.iconPath ?? ""));
    if (icon && !this.page.remote(icon)) {
      const picture = document.createElement("img");
      picture.alt = "";
      picture.src = icon;
      for (const side of ["width", "height"] as const)
        if (marker[side]) picture.style[side] = lengthOf(marker[side]);
      made.append(picture);
    } else {
      made.append(part("pin"));
    }
    made.style.opacity = String(marker.alpha ?? 1);
    if (marker.zIndex !== undefined) made.style.zIndex = String(Number(marker.zIndex));
    const id = { markerId: marker.id ?? 0 };
    const press = (type: string) => (event: Event) => {
      event.stopPropagation();
      this.emit(type, id);
    };
    made.addEventListener("click", (event) => {
      press("markertap")(event);
      made.classList.toggle("wx-told");
    });
    const text = marker.callout?.content || marker.title;
    if (text) {
      const bubble = part("callout", text);
      bubble.addEventListener("click", press("callouttap"));
      dress(bubble, marker.callout);
      made.append(bubble);
      made.classList.toggle("wx-told", marker.callout?.display === "ALWAYS");
    }
    if (marker.label?.content) {
      const label = part("map-label", marker.label.content);
      label.addEventListener("click", press("labeltap"));
      dress(label, marker.label);
      made.append(label);
    }
    return made;
  }

  /** A picture at a fixed place over the map, from before views could lie there. */
  private control(control: Control): HTMLElement {
    const made = document.createElement(control.clickable ? "button" : "div");
    made.className = "wx-part wx-map-control";
    const { left = 0, top = 0, width, height } = control.position ?? {};
    made.style.left = `${Number(left)}px`;
    made.style.top = `${Number(top)}px`;
    const icon = this.page.resolve(String(control.iconPath ?? ""));
    if (icon && !this.page.remote(icon)) {
      const picture = document.createElement("img");
      picture.alt = texts(this.page.env.language).control;
      picture.src = icon;
      if (width) picture.style.width = `${Number(width)}px`;
      if (height) picture.style.height = `${Number(height)}px`;
      made.append(picture);
    }
    made.addEventListener("click", (event) => {
      event.stopPropagation();
      if (control.clickable) this.emit("controltap", { controlId: control.id ?? 0 });
    });
    return made;
  }
}

/** What a program says of the look of a callout or a label. */
function dress(bubble: HTMLElement, look: Callout | undefined): void {
  if (!look) return;
  const { style } = bubble;
  const px = (value: unknown) => (value === undefined ? "" : `${Number(value) || 0}px`);
  style.color = colour(look.color, "");
  style.backgroundColor = colour(look.bgColor, "");
  style.fontSize = px(look.fontSize);
  style.borderRadius = px(look.borderRadius);
  style.padding = px(look.padding);
  if (look.borderWidth)
    style.border = `${px(look.borderWidth)} solid ${colour(look.borderColor, "currentcolor")}`;
  if (look.textAlign) style.textAlign = look.textAlign;
  if (look.anchorX) style.marginLeft = px(look.anchorX);
  if (look.anchorY) style.marginTop = px(look.anchorY);
}

function listed<T>(value: unknown): T[] {
  const list = Array.isArray(value) ? value : [];
  return list.filter((one) => typeof one === "object" && one !== null).slice(0, MAP_SHAPES) as T[];
}

function listedNumbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number).filter(Number.isFinite) : [];
}

function apart(touches: TouchList): number {
  const [a, b] = [touches[0]!, touches[1]!];
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}

/** A colour of the vendor's may have its opacity in two more digits, as CSS has. */
function colour(value: unknown, otherwise: string): string {
  return typeof value === "string" && CSS.supports("color", value) ? value : otherwise;
}

function lengthOf(value: number | string): string {
  const number = parseFloat(String(value)) || 0;
  return String(value).endsWith("rpx") ? `${(number * innerWidth) / 750}px` : `${number}px`;
}
