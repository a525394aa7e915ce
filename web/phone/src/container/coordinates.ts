// Maps of China are drawn in coordinates of their own (GCJ-02), a few hundred metres off those of phones
// (WGS 84). Programs ask for either.

export interface Point {
  latitude: number;
  longitude: number;
}

/** The ellipsoid that the shift is defined on: its half axis in metres and its squared eccentricity. */
const AXIS = 6378245;
const ECCENTRICITY = 0.00669342162296594;

function inChina({ latitude, longitude }: Point): boolean {
  return longitude > 72.004 && longitude < 137.8347 && latitude > 0.8293 && latitude < 55.8271;
}

function shift({ latitude, longitude }: Point): Point {
  const x = longitude - 105;
  const y = latitude - 35;
  const waves = (
    a: number,
    b: number,
    c: number,
    at: number,
    far: [number, number, number, number],
  ) =>
    ((a * Math.sin(6 * x * Math.PI) + a * Math.sin(2 * x * Math.PI)) * 2 +
      (b * Math.sin(at * Math.PI) + 40 * Math.sin((at / 3) * Math.PI)) * 2 +
      (far[0] * Math.sin((at / 12) * Math.PI) + far[1] * Math.sin((at * Math.PI) / far[2])) *
        far[3]) /
      3 +
    c;
  const root = Math.sqrt(Math.abs(x));
  const north = waves(
    20,
    20,
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root,
    y,
    [160, 320, 30, 2],
  );
  const east = waves(
    20,
    20,
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root,
    x,
    [150, 300, 30, 2],
  );
  const radians = (latitude / 180) * Math.PI;
  const magic = 1 - ECCENTRICITY * Math.sin(radians) ** 2;
  return {
    latitude:
      (north * 180) / (((AXIS * (1 - ECCENTRICITY)) / (magic * Math.sqrt(magic))) * Math.PI),
    longitude: (east * 180) / ((AXIS / Math.sqrt(magic)) * Math.cos(radians) * Math.PI),
  };
}

/** A point of the phone on a map of China; the same elsewhere. */
export function fromPhone(point: Point): Point {
  if (!inChina(point)) return point;
  const by = shift(point);
  return { latitude: point.latitude + by.latitude, longitude: point.longitude + by.longitude };
}

/** A point of a map of China on the phone, to some metres. */
export function toPhone(point: Point): Point {
  if (!inChina(point)) return point;
  const there = fromPhone(point);
  return {
    latitude: point.latitude * 2 - there.latitude,
    longitude: point.longitude * 2 - there.longitude,
  };
}
