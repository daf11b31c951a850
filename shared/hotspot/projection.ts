/** A place as [lng, lat] in WGS-84 degrees. */
export type LngLat = readonly [lng: number, lat: number]

/** Metres east and north of an origin; scale is true at the origin's latitude. */
export type LocalProjection = { origin: LngLat; metersPerDegreeLng: number; metersPerDegreeLat: number }

const SEMI_MAJOR_METERS = 6_378_137
const ECCENTRICITY_SQUARED = 0.0066943799901413165
const RADIANS = Math.PI / 180

/**
 * Local equirectangular projection with the radii of curvature of WGS-84 at the origin (Snyder 1987, USGS PP 1395,
 * p. 24-25). East-west lengths are off by tan(latitude) times the distance north in radians: 0.1 % at 6 km and 34° N,
 * less than a cell's own size for any district that a street office reviews.
 */
export function localProjection(origin: LngLat): LocalProjection {
  const latitude = origin[1] * RADIANS
  const w = Math.sqrt(1 - ECCENTRICITY_SQUARED * Math.sin(latitude) ** 2)
  return {
    origin,
    metersPerDegreeLng: (SEMI_MAJOR_METERS / w) * Math.cos(latitude) * RADIANS,
    metersPerDegreeLat: ((SEMI_MAJOR_METERS * (1 - ECCENTRICITY_SQUARED)) / w ** 3) * RADIANS,
  }
}

/** Metres east and north of the origin. */
export function toMeters(projection: LocalProjection, place: LngLat): [x: number, y: number] {
  return [
    (place[0] - projection.origin[0]) * projection.metersPerDegreeLng,
    (place[1] - projection.origin[1]) * projection.metersPerDegreeLat,
  ]
}

/** The inverse of {@link toMeters}. */
export function toLngLat(projection: LocalProjection, x: number, y: number): [lng: number, lat: number] {
  return [projection.origin[0] + x / projection.metersPerDegreeLng, projection.origin[1] + y / projection.metersPerDegreeLat]
}
