// What the phone itself reports to an open app: its sensors, its place, its connection. Nothing is read
// before the app asks, and nothing while it is out of sight.

import { CallFailure } from "./failure";
import { fromPhone, type Point } from "./coordinates";
import { askBattery, batteryOf } from "./env";
import { KEYBOARD_LEAST_PX, LOCATION_WAIT_MS } from "./limits";

/** Sends one report to the app. */
export type Report = (type: string, detail: object) => void;

type Sensor = "accelerometer" | "compass" | "gyroscope" | "motion";

/** Milliseconds between two reports, as the vendor's intervals. */
const INTERVALS: Record<string, number> = { game: 20, ui: 60, normal: 200 };
/** Standard gravity in m/s²: the vendor counts accelerations in it. */
const GRAVITY = 9.80665;

/** The network as the vendor names it. */
export function networkType(): string {
  if (!navigator.onLine) return "none";
  const { effectiveType, type } =
    (navigator as { connection?: { effectiveType?: string; type?: string } }).connection ?? {};
  if (type === undefined || type === "wifi" || type === "ethernet") return "wifi";
  return effectiveType === "slow-2g" ? "2g" : (effectiveType ?? "unknown");
}

export class Device {
  private readonly running = new Map<Sensor, () => void>();
  private watch: number | null = null;
  private readonly stops: (() => void)[] = [];
  visible = true;

  constructor(private readonly report: Report) {
    const told = () =>
      report("network", { isConnected: navigator.onLine, networkType: networkType() });
    addEventListener("online", told);
    const connection = (navigator as { connection?: EventTarget }).connection;
    connection?.addEventListener("change", told);
    this.stops.push(() => {
      removeEventListener("online", told);
      connection?.removeEventListener("change", told);
    });
    this.watchKeyboard();
    void this.watchBattery();
  }

  /** A keyboard takes its room from what is seen of the window. */
  private watchKeyboard(): void {
    const view = globalThis.visualViewport;
    if (!view) return;
    let height = 0;
    const told = () => {
      const covered = view.scale > 1 ? 0 : Math.round(innerHeight - view.height);
      const now = covered < KEYBOARD_LEAST_PX ? 0 : covered;
      if (now === height || !this.visible) return;
      height = now;
      this.report("keyboard", { height, duration: 0 });
    };
    view.addEventListener("resize", told);
    this.stops.push(() => view.removeEventListener("resize", told));
  }

  private async watchBattery(): Promise<void> {
    const battery = await askBattery();
    if (!battery) return;
    const told = () => {
      if (!this.visible) return;
      const { level, charging } = batteryOf(battery);
      this.report("battery", { level, isCharging: charging, isLowPowerModeEnabled: false });
    };
    const events = ["levelchange", "chargingchange"];
    for (const event of events) battery.addEventListener(event, told);
    this.stops.push(() => {
      for (const event of events) battery.removeEventListener(event, told);
    });
  }

  /** The app is closed. */
  stop(): void {
    for (const sensor of [...this.running.keys()]) this.stopSensor(sensor);
    this.stopLocation();
    for (const stop of this.stops.splice(0)) stop();
  }

  async startSensor(name: string, interval: string): Promise<void> {
    const sensor = name as Sensor;
    const kind = sensor === "accelerometer" ? "devicemotion" : "deviceorientation";
    const Kind = (globalThis as Record<string, unknown>)[
      kind === "devicemotion" ? "DeviceMotionEvent" : "DeviceOrientationEvent"
    ] as { requestPermission?: () => Promise<string> } | undefined;
    if (!Kind) throw new CallFailure("not supported");
    // iOS asks the user, and only after a tap.
    if (Kind.requestPermission && (await Kind.requestPermission()) !== "granted")
      throw new CallFailure("auth deny");
    this.stopSensor(sensor);
    const every = INTERVALS[interval] ?? INTERVALS.normal!;
    let last = 0;
    const event = sensor === "gyroscope" ? "devicemotion" : kind;
    const heard = (event: Event) => {
      if (!this.visible || event.timeStamp - last < every) return;
      const detail = read(sensor, event);
      if (!detail) return;
      last = event.timeStamp;
      this.report(sensor, detail);
    };
    addEventListener(event, heard);
    this.running.set(sensor, () => removeEventListener(event, heard));
  }

  stopSensor(name: string): void {
    this.running.get(name as Sensor)?.();
    this.running.delete(name as Sensor);
  }

  location(type: string, precise: boolean): Promise<object> {
    return new Promise((resolve, reject) => {
      if (!navigator.geolocation) return reject(new CallFailure("not supported"));
      navigator.geolocation.getCurrentPosition(
        (position) => resolve(place(position, type)),
        (error) => reject(new CallFailure(locationFailure(error))),
        { enableHighAccuracy: precise, timeout: LOCATION_WAIT_MS, maximumAge: 0 },
      );
    });
  }

  startLocation(type: string): void {
    if (!navigator.geolocation) throw new CallFailure("not supported");
    this.stopLocation();
    this.watch = navigator.geolocation.watchPosition(
      (position) => this.visible && this.report("location", place(position, type)),
      (error) =>
        this.report("locationerror", { errCode: error.code, errMsg: locationFailure(error) }),
    );
  }

  stopLocation(): void {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
    this.watch = null;
  }
}

function read(sensor: Sensor, event: Event): object | null {
  switch (sensor) {
    case "accelerometer": {
      const at = (event as DeviceMotionEvent).accelerationIncludingGravity;
      if (at?.x == null) return null;
      return { x: at.x / GRAVITY, y: (at.y ?? 0) / GRAVITY, z: (at.z ?? 0) / GRAVITY };
    }
    case "gyroscope": {
      const at = (event as DeviceMotionEvent).rotationRate;
      if (at?.alpha == null) return null;
      const radians = (degrees: number | null) => ((degrees ?? 0) * Math.PI) / 180;
      return { x: radians(at.beta), y: radians(at.gamma), z: radians(at.alpha) };
    }
    default: {
      const { alpha, beta, gamma } = event as DeviceOrientationEvent;
      if (alpha === null) return null;
      if (sensor === "motion") return { alpha, beta, gamma };
      const { webkitCompassHeading } = event as { webkitCompassHeading?: number };
      return { direction: webkitCompassHeading ?? (360 - alpha) % 360, accuracy: "unknown" };
    }
  }
}

function place({ coords }: GeolocationPosition, type: string): object {
  const point: Point = { latitude: coords.latitude, longitude: coords.longitude };
  return {
    ...(type === "gcj02" ? fromPhone(point) : point),
    speed: coords.speed ?? -1,
    accuracy: coords.accuracy,
    altitude: coords.altitude ?? 0,
    verticalAccuracy: coords.altitudeAccuracy ?? 0,
    horizontalAccuracy: coords.accuracy,
  };
}

function locationFailure(error: GeolocationPositionError): string {
  if (error.code === error.PERMISSION_DENIED) return "auth deny";
  return error.code === error.TIMEOUT ? "timeout" : "system error";
}
