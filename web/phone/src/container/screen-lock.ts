import { CallFailure } from "./failure";

/** Keeps the screen lit while the app that asked for it is in sight. */
export class ScreenLock {
  private wanted = false;
  private held: WakeLockSentinel | null = null;

  constructor(private readonly context: { visible(): boolean }) {}

  /** Fails where the browser cannot. */
  async keepOn(on: boolean): Promise<void> {
    this.wanted = on;
    await this.apply();
  }

  /** The app came into sight, or went out of it. */
  visibleChanged(): void {
    this.apply().catch(() => {}); // It was granted before; an error has no effect.
  }

  private get due(): boolean {
    return this.wanted && this.context.visible();
  }

  private async apply(): Promise<void> {
    const { held } = this;
    this.held = null;
    await held?.release();
    if (!this.due) return;
    if (!navigator.wakeLock) throw new CallFailure("not supported");
    const lock = await navigator.wakeLock.request("screen");
    // The user may have left meanwhile.
    if (this.due) this.held = lock;
    else await lock.release();
  }
}
