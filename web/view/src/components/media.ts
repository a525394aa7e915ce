// <video> and <audio>: the browser's players. They play what is on this host; this frame may fetch
// nothing from others.

import { Component, part } from "../component";
import { DANMU_MS } from "../limits";
import { reducedMotion } from "../motion";
import { texts } from "../texts";
import type { Value } from "../../../shared/protocol";

abstract class Player<M extends HTMLMediaElement> extends Component {
  protected abstract readonly media: M;

  override created(): void {
    const { media } = this;
    const time = () => ({ currentTime: media.currentTime, duration: media.duration || 0 });
    media.addEventListener("play", () => this.emit("play"));
    media.addEventListener("pause", () => this.emit("pause"));
    media.addEventListener("ended", () => this.emit("ended"));
    media.addEventListener("waiting", () => this.emit("waiting"));
    media.addEventListener("timeupdate", () => this.emit("timeupdate", time()));
    media.addEventListener("error", () => this.failed());
    media.addEventListener("progress", () => {
      const { buffered, duration } = media;
      if (buffered.length > 0 && duration > 0)
        this.emit("progress", { buffered: (buffered.end(buffered.length - 1) / duration) * 100 });
    });
    this.build();
    for (const name of ["loop", "muted", "controls"]) this.changed(name);
    this.changed("src");
  }

  protected abstract build(): void;

  override perform(method: string, [first]: Value[]): unknown {
    const { media } = this;
    switch (method) {
      case "play":
        if (!media.src) throw new Error("there is nothing to play");
        // A browser plays with sound only after the user has touched the page.
        return media.play();
      case "pause":
        return media.pause();
      case "stop":
        media.pause();
        media.currentTime = 0;
        return {};
      case "seek":
        media.currentTime = Math.max(0, Number(first) || 0);
        return {};
      case "playbackRate":
        media.playbackRate = Math.min(4, Math.max(0.25, Number(first) || 1));
        return {};
      case "setSrc":
        this.props.src = first ?? "";
        this.changed("src");
        return {};
    }
    return super.perform(method, []);
  }

  override changed(name: string): void {
    const { media } = this;
    if (name === "src") this.load();
    else if (name === "loop") media.loop = this.flag("loop");
    else if (name === "muted") media.muted = this.flag("muted");
  }

  override detached(): void {
    this.media.pause();
    this.media.removeAttribute("src");
  }

  private load(): void {
    const src = this.address(this.string("src"));
    if (!src || this.page.remote(src)) {
      this.media.removeAttribute("src");
      if (src) this.failed();
      return;
    }
    this.media.src = src;
    const start = this.number("initial-time", 0);
    if (start > 0) this.media.currentTime = start;
    // A browser may wait for the first tap; then the button of the player is there.
    if (this.flag("autoplay")) this.media.play().catch(() => {});
  }

  protected failed(): void {
    this.emit("error", { errMsg: `MEDIA_ERR_SRC_NOT_SUPPORTED ${this.string("src")}` });
  }
}

export class Video extends Player<HTMLVideoElement> {
  protected readonly media = document.createElement("video");
  private comments = 0;
  private second = -1;

  protected override build(): void {
    const { media } = this;
    media.className = "wx-part";
    media.playsInline = true;
    media.preload = "metadata";
    media.addEventListener("loadedmetadata", () =>
      this.emit("loadedmetadata", {
        width: media.videoWidth,
        height: media.videoHeight,
        duration: media.duration,
      }),
    );
    media.addEventListener("seeked", () =>
      this.emit("seekcomplete", { position: media.currentTime * 1000 }),
    );
    media.addEventListener("timeupdate", () => this.commentsAt(Math.floor(media.currentTime)));
    document.addEventListener("fullscreenchange", this.fullscreen);
    this.slot = part("media-content");
    this.el.append(media, this.slot);
    for (const name of ["poster", "object-fit", "aria-label"]) this.changed(name);
  }

  override changed(name: string): void {
    const { media } = this;
    if (name === "controls") media.controls = this.flag("controls", true);
    else if (name === "object-fit") media.style.objectFit = this.string("object-fit", "contain");
    else if (name === "aria-label")
      media.setAttribute(
        "aria-label",
        this.string("aria-label", texts(this.page.env.language).video),
      );
    else if (name === "poster") {
      const poster = this.address(this.string("poster"));
      if (poster && !this.page.remote(poster)) media.poster = poster;
    } else super.changed(name);
  }

  override detached(): void {
    super.detached();
    document.removeEventListener("fullscreenchange", this.fullscreen);
  }

  override perform(method: string, args: Value[]): unknown {
    switch (method) {
      case "requestFullScreen":
        // Safari on phones has a full screen of its own for films, and no other.
        if (!this.media.requestFullscreen)
          return appleFullScreen(this.media).webkitEnterFullscreen?.();
        return this.media.requestFullscreen();
      case "exitFullScreen":
        return document.fullscreenElement ? document.exitFullscreen() : {};
      case "exitPictureInPicture":
        return document.pictureInPictureElement ? document.exitPictureInPicture() : {};
      case "sendDanmu":
        this.comment(args[0] as never);
        return {};
      case "showStatusBar":
      case "hideStatusBar":
      case "requestBackgroundPlayback":
      case "exitBackgroundPlayback":
        return {};
    }
    return super.perform(method, args);
  }

  /** A comment that crosses the picture. */
  private comment(danmu: { text?: Value; color?: Value } | undefined): void {
    const line = part("danmu", String(danmu?.text ?? ""));
    if (typeof danmu?.color === "string") line.style.color = danmu.color;
    line.style.top = `${(this.comments++ % 4) * 24 + 8}px`;
    this.el.append(line);
    const far = this.el.clientWidth;
    const done = () => line.remove();
    if (reducedMotion()) return void setTimeout(done, DANMU_MS);
    line.animate(
      [{ transform: `translateX(${far}px)` }, { transform: `translateX(${-line.offsetWidth}px)` }],
      DANMU_MS,
    ).onfinish = done;
  }

  /** The comments that the program has listed for this second of the film. */
  private commentsAt(second: number): void {
    if (second === this.second || !this.flag("enable-danmu")) return;
    this.second = second;
    const list = Array.isArray(this.props["danmu-list"]) ? this.props["danmu-list"] : [];
    for (const one of list as { text?: Value; color?: Value; time?: Value }[])
      if (Math.floor(Number(one?.time)) === second) this.comment(one);
  }

  private readonly fullscreen = () => {
    const fullScreen = document.fullscreenElement === this.media;
    const { videoWidth, videoHeight } = this.media;
    const direction = videoWidth > videoHeight ? "horizontal" : "vertical";
    this.emit("fullscreenchange", { fullScreen, direction });
  };
}

/** With controls a card with poster, name and author; without them it is not seen. */
export class Audio extends Player<HTMLAudioElement> {
  protected readonly media = document.createElement("audio");
  private readonly button = document.createElement("button");
  private readonly title = part("audio-name");
  private readonly author = part("audio-author");
  private readonly time = part("audio-time");

  protected override build(): void {
    const { media, button } = this;
    media.preload = "metadata";
    button.type = "button";
    button.className = "wx-part wx-audio-button";
    button.addEventListener("click", () => {
      if (media.paused) media.play().catch(() => {});
      else media.pause();
    });
    const show = () => this.show();
    for (const type of ["play", "pause", "ended", "timeupdate"]) media.addEventListener(type, show);
    this.el.append(media, button, part("audio-info", this.title, this.author), this.time);
    for (const name of ["name", "author", "poster"]) this.changed(name);
    show();
  }

  override changed(name: string): void {
    const { language } = this.page.env;
    if (name === "name") this.title.textContent = this.string("name", texts(language).unknownTitle);
    else if (name === "author")
      this.author.textContent = this.string("author", texts(language).unknownAuthor);
    else if (name === "controls") this.el.toggleAttribute("data-shown", this.flag("controls"));
    else if (name === "poster") {
      const poster = this.address(this.string("poster"));
      const shown = poster && !this.page.remote(poster);
      this.button.style.backgroundImage = shown ? `url("${CSS.escape(poster)}")` : "";
    } else super.changed(name);
  }

  private show(): void {
    const { paused, currentTime } = this.media;
    const words = texts(this.page.env.language);
    this.button.setAttribute("aria-label", paused ? words.play : words.pause);
    this.button.classList.toggle("wx-audio-playing", !paused);
    const seconds = Math.floor(currentTime % 60);
    this.time.textContent = `${String(Math.floor(currentTime / 60)).padStart(2, "0")}:${String(seconds).padStart(2, "0")}`;
  }
}

/** Numbers by which programs know what a live film does. */
const LIVE_CODES = { playing: 2004, waiting: 2007, ended: 2006, failed: -2301 };

/** A live film as far as browsers play it: no RTMP, and FLV only where the browser has it. */
export class LivePlayer extends Video {
  override created(): void {
    super.created();
    const { media } = this;
    media.controls = false;
    media.autoplay = this.flag("autoplay");
    for (const type of ["playing", "waiting", "ended"] as const)
      media.addEventListener(type, () => this.state(LIVE_CODES[type], type));
  }

  override changed(name: string): void {
    if (name === "controls") return;
    if (name === "object-fit")
      this.media.style.objectFit = { fillCrop: "cover" }[this.string(name)] ?? "contain";
    else super.changed(name);
  }

  override perform(method: string, args: Value[]): unknown {
    switch (method) {
      case "resume":
        return super.perform("play", args);
      case "mute":
        this.media.muted = !this.media.muted;
        return {};
      case "snapshot":
        return this.picture();
    }
    return super.perform(method, args);
  }

  protected override failed(): void {
    this.state(LIVE_CODES.failed, "the browser cannot play this");
    this.el.toggleAttribute("data-failed", true);
    this.el.dataset.failed = texts(this.page.env.language).notLive;
  }

  private state(code: number, message: string): void {
    this.emit("statechange", { code, message });
  }

  private async picture(): Promise<object> {
    const { videoWidth, videoHeight } = this.media;
    if (videoWidth === 0) throw new Error("there is no picture yet");
    const canvas = document.createElement("canvas");
    canvas.width = videoWidth;
    canvas.height = videoHeight;
    canvas.getContext("2d")!.drawImage(this.media, 0, 0);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg"));
    if (!blob) throw new Error("the picture cannot be read");
    return { blob, width: videoWidth, height: videoHeight };
  }
}

interface AppleVideo {
  webkitEnterFullscreen?(): void;
}
function appleFullScreen(media: HTMLVideoElement): AppleVideo {
  return media as AppleVideo;
}
