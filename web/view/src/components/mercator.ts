// Where places are on a map: spherical Mercator, as all tiles of the web have it.

export interface Place {
  latitude: number;
  longitude: number;
}

/** Metres of one px at the equator, at scale 0. */
export const METRES_PER_PX = 156_543.03;
export const MIN_SCALE = 3;
export const MAX_SCALE = 20;
/** Width and height of a tile, in px. */
export const TILE_PX = 256;

/** Where a place is in the world's square, in px (spherical Mercator). */
export function world({ latitude, longitude }: Place, scale: number): [number, number] {
  const size = TILE_PX * 2 ** scale;
  const lat = (Math.max(-85, Math.min(85, Number(latitude) || 0)) * Math.PI) / 180;
  const y = (1 - Math.log(Math.tan(lat) + 1 / Math.cos(lat)) / Math.PI) / 2;
  return [(((Number(longitude) || 0) + 180) / 360) * size, y * size];
}

export function placeAt(x: number, y: number, scale: number): Place {
  const size = TILE_PX * 2 ** scale;
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / size))) * 180) / Math.PI;
  return { latitude, longitude: (x / size) * 360 - 180 };
}
