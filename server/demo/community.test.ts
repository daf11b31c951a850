import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { ID_PATTERN, looksLikeIdentity } from '../../shared/domain/field.ts'
import { siteBytes } from '../site/site-folder.ts'
import { createCommunity, DEMO_SEED, gridAt } from './community.ts'

const community = createCommunity(DEMO_SEED)
const digestOf = (seed: number): string => {
  const { site, ...rest } = createCommunity(seed)
  const hash = createHash('sha256').update(JSON.stringify(rest))
  for (const [name, text] of siteBytes(site)) hash.update(name).update(text)
  return hash.digest('hex')
}

test('the same seed gives the same bytes, another seed others', () => {
  expect(digestOf(DEMO_SEED)).toBe(digestOf(DEMO_SEED))
  expect(digestOf(DEMO_SEED + 1)).not.toBe(digestOf(DEMO_SEED))
})

test('it has the reported scale', () => {
  expect(community.grids).toHaveLength(126)
  expect(community.workerIds).toHaveLength(126)
  expect(community.stations).toHaveLength(26)
  expect(community.merchants).toHaveLength(1000)
  expect(community.residents).toHaveLength(12_000)
  expect(community.cameras).toHaveLength(8)
  expect(community.merchants.filter(({ pointsPartner }) => pointsPartner)).toHaveLength(36)
  expect(community.buildings.length).toBeGreaterThanOrEqual(120)
  expect(community.buildings.length).toBeLessThanOrEqual(200)
})

test('every id is unique and allowed, and none looks like a person', () => {
  const ids = [
    ...community.buildings,
    ...community.residents,
    ...community.merchants,
    ...community.stations,
    ...community.cameras,
    ...community.grids,
    ...community.workerIds.map((id) => ({ id })),
  ].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) {
    expect(id).toMatch(ID_PATTERN)
    expect(looksLikeIdentity(id)).toBe(false)
  }
  expect(new Set(community.merchants.map(({ name }) => name)).size).toBe(1000)
})

test('grids are unit grids by code, tile the blocks, and hold each building and a way of 50 m or more', () => {
  for (const { id, way } of community.grids) {
    expect(id).toMatch(/^[0-9A-Z]{15}$/)
    expect(way.spots.length).toBeGreaterThanOrEqual(2)
  }
  for (const building of community.buildings) expect(gridAt(community.grids, building.spot)?.id).toBe(building.gridId)
  for (const merchant of community.merchants) expect(gridAt(community.grids, merchant.spot)).not.toBeNull()
})

test('every residential footprint is a building, and every building has its footprint', () => {
  const drawn = community.site.layers.footprints.features.flatMap(({ properties }) => properties.buildingId ?? [])
  expect(drawn.toSorted()).toEqual(community.buildings.map(({ id }) => id).toSorted())
})

test('residents live in buildings of three households or more, about two a household', () => {
  const households = new Map(community.buildings.map((building) => [building.id, building.households]))
  const residents = new Map<string, number>()
  for (const { buildingId } of community.residents) residents.set(buildingId, (residents.get(buildingId) ?? 0) + 1)
  for (const [buildingId, count] of residents) {
    const own = households.get(buildingId) ?? 0
    expect(own).toBeGreaterThanOrEqual(3)
    expect(count / own).toBeGreaterThan(1.5)
    expect(count / own).toBeLessThan(3)
  }
})

test('the community lies where it says, within 2 km of its origin', () => {
  for (const { position } of [...community.buildings, ...community.merchants, ...community.stations, ...community.cameras]) {
    expect(Math.abs(position[0] - 114.65)).toBeLessThan(0.02)
    expect(Math.abs(position[1] - 33.62)).toBeLessThan(0.02)
  }
})
