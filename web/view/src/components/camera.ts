// <camera>, and <live-pusher> as far as a browser goes: what the camera sees. The shell has the camera and
// sends pictures.

import { Component, part } from "../component";
import { texts } from "../texts";
import type { Value } from "../../../shared/protocol";

export class Camera extends Component {
  private readonly screen = document.createElement("canvas");
  private readonly note = part("camera-note");
  private on = false;
  private readonly drawn = (event: Event) => this.draw((event as CustomEvent<ImageBitmap>).detail);
  private readonly turned = () => this.follow();

  override created(): void {
    this.slot = part("media-content");
    this.screen.className = "wx-part";
    this.screen.setAttribute("role", "img");
    const words = texts(this.page.env.language);
    this.screen.setAttribute("aria-label", this.string("aria-label", words.camera));
    this.note.textContent = words.cameraOff;
    this.el.append(this.screen, this.note, this.slot);
    document.addEventListener("wx:camera", this.drawn);
    document.addEventListener("wx:visible", this.turned);
  }

  override attached(): void {
    if (this.starts) this.follow();
  }

  override changed(name: string): void {
    if ((name === this.facingName || name === "mode") && this.on) this.ask(true);
  }

  override detached(): void {
    document.removeEventListener("wx:camera", this.drawn);
    document.removeEventListener("wx:visible", this.turned);
    if (this.on) this.ask(false);
  }

  /** It is on from the beginning. */
  protected get starts(): boolean {
    return true;
  }
  protected get facingName(): string {
    return "device-position";
  }
  protected get front(): boolean {
    return this.string(this.facingName) === "front";
  }

  /** On while the page is looked at. */
  protected follow(): void {
    const wanted = this.page.visible;
    if (wanted !== this.on) this.ask(wanted);
  }

  protected ask(on: boolean): void {
    this.on = on;
    this.page.post({
      t: "camera",
      target: this.target,
      on,
      facing: this.front ? "user" : "environment",
      scan: this.string("mode") === "scanCode",
    });
    if (!on) this.note.hidden = false;
  }

  private draw(picture: ImageBitmap): void {
    const { screen } = this;
    if (screen.width !== picture.width || screen.height !== picture.height) {
      screen.width = picture.width;
      screen.height = picture.height;
    }
    screen.style.transform = this.front ? "scaleX(-1)" : "";
    screen.getContext("2d")?.drawImage(picture, 0, 0);
    this.note.hidden = true;
  }
}

/** The preview of a live pusher; there is nowhere to push to. */
export class LivePusher extends Camera {
  private previewing = false;

  protected override get starts(): boolean {
    return this.flag("autopush") && this.perform("startPreview", []) !== null;
  }
  protected override get facingName(): string {
    return "device-position";
  }
  protected override get front(): boolean {
    return this.string(this.facingName, "front") === "front";
  }
  protected override follow(): void {
    if (this.previewing) super.follow();
  }

  override perform(method: string, args: Value[]): unknown {
    switch (method) {
      case "startPreview":
        this.previewing = true;
        super.follow();
        return {};
      case "stopPreview":
        this.previewing = false;
        this.ask(false);
        return {};
      case "switchCamera":
        this.props[this.facingName] = this.front ? "back" : "front";
        this.changed(this.facingName);
        return {};
    }
    return super.perform(method, args);
  }
}
