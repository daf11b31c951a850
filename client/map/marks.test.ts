import { expect, test } from 'vitest'

import { ringedMarks, type Mark } from './marks.ts'

/** At pixels, most urgent last, as marks lie on each other. */
const at = (id: string, x: number, y: number): Mark => ({
  subject: { layer: 'alarms', id },
  position: [x, y],
  icon: 'mark-alarm',
  sizePx: 58,
  calls: true,
})
const ringsOf = (marks: readonly Mark[], zoom = 1) =>
  ringedMarks(marks, ({ position: [x, y] }) => ({ x: x * zoom, y: y * zoom }), 1).map(({ subject }) => subject.id)

test('alarms that lie apart have rings each', () => {
  expect(ringsOf([at('a', 0, 0), at('b', 100, 0), at('c', 0, 100)])).toEqual(['c', 'b', 'a'])
})

test('alarms in one place have the rings of the most urgent', () => {
  expect(ringsOf([at('hazard', 0, 0), at('another', 10, 5), at('sos', 20, 0), at('far', 200, 0)])).toEqual(['far', 'sos'])
})

test('near enough, they are told apart again', () => {
  expect(ringsOf([at('a', 0, 0), at('b', 20, 0)], 2)).toEqual(['b', 'a'])
})
