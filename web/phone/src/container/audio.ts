// The audio players of an open app. They are outside of the pages, because the music goes on when a page
// closes, and because a frame has no network.

import type { Report } from "./device";

interface Player {
  audio: HTMLAudioElement;
  background: boolean;
  startTime: number;
  autoplay: boolean;
}

/** The app's name for each event of the element. */
const EVENTS: Record<string, string> = {
  canplay: "Canplay",
  playing: "Play",
  pause: "Pause",
  ended: "Ended",
  timeupdate: "TimeUpdate",
  waiting: "Waiting",
  seeking: "Seeking",
  seeked: "Seeked",
};
/** The vendor's codes of failures, by the element's: the file is not there, the format is not known. */
const FAILURES: Record<number, number> = { 1: 10001, 2: 10002, 3: 10004, 4: 10003 };

export class Players {
  private readonly players = new Map<number, Player>();

  constructor(
    private readonly report: Report,
    /** The address of what an app names, or "". */
    private readonly address: (src: unknown) => string,
  ) {}

  /** What a program does with one of its players. */
  tell(args: Record<string, unknown>): void {
    const id = Number(args.player);
    const player = this.players.get(id) ?? this.make(id, args.background === true);
    const { audio } = player;
    switch (args.op) {
      case "set":
        return this.set(player, String(args.name), args.value);
      case "play":
        return this.play(id, player);
      case "pause":
        return audio.pause();
      case "stop":
        audio.pause();
        audio.currentTime = 0;
        return this.tellApp(id, "Stop");
      case "seek":
        audio.currentTime = Number(args.position) || 0;
        return;
      case "destroy":
        this.end(player);
        this.players.delete(id);
    }
  }

  /** The user left: only the background player goes on. */
  hide(): void {
    for (const { audio, background } of this.players.values()) if (!background) audio.pause();
  }

  stop(): void {
    for (const player of this.players.values()) this.end(player);
    this.players.clear();
  }

  private make(id: number, background: boolean): Player {
    const player = { audio: new Audio(), background, startTime: 0, autoplay: background };
    const { audio } = player;
    audio.preload = "auto";
    for (const [heard, name] of Object.entries(EVENTS))
      audio.addEventListener(heard, () => this.tellApp(id, name));
    audio.addEventListener("loadedmetadata", () => {
      if (player.startTime > 0) audio.currentTime = player.startTime;
    });
    audio.addEventListener("error", () => {
      if (!audio.getAttribute("src")) return; // It was taken away.
      const { code = 4, message = "" } = audio.error ?? {};
      this.report("audio", {
        player: id,
        event: "Error",
        errCode: FAILURES[code],
        errMsg: message,
      });
    });
    this.players.set(id, player);
    return player;
  }

  private set(player: Player, name: string, value: unknown): void {
    const { audio } = player;
    switch (name) {
      case "src":
        audio.src = this.address(value);
        if (player.autoplay) void audio.play().catch(() => {}); // The app hears of the error.
        return;
      case "startTime":
        player.startTime = Number(value) || 0;
        return;
      case "autoplay":
        player.autoplay = value === true;
        if (player.autoplay && audio.getAttribute("src")) void audio.play().catch(() => {});
        return;
      case "loop":
        audio.loop = value === true;
        return;
      case "volume":
        audio.volume = Math.min(1, Math.max(0, Number(value) || 0));
        return;
      case "playbackRate":
        audio.playbackRate = Math.min(2, Math.max(0.5, Number(value) || 1));
    }
  }

  private play(id: number, { audio }: Player): void {
    audio.play().catch((error: unknown) => {
      // Browsers play nothing before the user has touched the page.
      if (error instanceof DOMException && error.name === "NotAllowedError")
        this.report("audio", {
          player: id,
          event: "Error",
          errCode: 10001,
          errMsg: "not allowed yet",
        });
    });
  }

  private tellApp(id: number, event: string): void {
    const player = this.players.get(id);
    if (!player) return;
    const { audio } = player;
    const { buffered } = audio;
    this.report("audio", {
      player: id,
      event,
      duration: Number.isFinite(audio.duration) ? audio.duration : 0,
      currentTime: audio.currentTime,
      paused: audio.paused,
      buffered: buffered.length > 0 ? buffered.end(buffered.length - 1) : 0,
    });
  }

  private end({ audio }: Player): void {
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
  }
}
