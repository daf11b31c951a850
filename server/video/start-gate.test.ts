import { expect, test } from 'vitest'
import { StartGate } from './start-gate.ts'

const never = new AbortController().signal

test('lets as many in as its limit and the rest in their order', async () => {
  const gate = new StartGate(2)
  const entered: number[] = []
  const enter = async (number: number): Promise<() => void> => {
    const release = await gate.enter(never)
    entered.push(number)
    return release
  }
  const first = await enter(1)
  await enter(2)
  const third = enter(3)
  const fourth = enter(4)
  expect(entered).toEqual([1, 2])
  first()
  const releaseThird = await third
  expect(entered).toEqual([1, 2, 3])
  releaseThird()
  await fourth
  expect(entered).toEqual([1, 2, 3, 4])
})

test('releasing twice frees one place only', async () => {
  const gate = new StartGate(1)
  const release = await gate.enter(never)
  release()
  release()
  await gate.enter(never)
  const late = new AbortController()
  const waiting = gate.enter(late.signal)
  late.abort(new Error('given up'))
  await expect(waiting).rejects.toThrow('no longer waiting')
})

test('one that gives up waiting takes no place', async () => {
  const gate = new StartGate(1)
  const release = await gate.enter(never)
  const impatient = new AbortController()
  const gone = gate.enter(impatient.signal)
  const next = gate.enter(never)
  impatient.abort()
  await expect(gone).rejects.toThrow('no longer waiting')
  release()
  await expect(next).resolves.toBeTypeOf('function')
})
