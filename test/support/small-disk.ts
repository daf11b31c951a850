import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const MEBIBYTE = 1 << 20

/** A file system of its own and of a known size, in a new folder; null where this machine does not let tests have one. */
export function mountSmallDisk(megabytes: number): string | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'lookout-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    rmSync(folder, { recursive: true })
    return null // Not root, or a container that may not mount: tests that need it are skipped by name.
  }
}

export function unmountSmallDisk(folder: string): void {
  execFileSync('umount', ['--lazy', folder])
  rmSync(folder, { recursive: true, force: true })
}

/** Somebody else's file that takes all the room but this much. Returns the way to delete it. */
export function fillDisk(folder: string, leftMegabytes: number): () => void {
  const file = path.join(folder, 'somebody-else.mp4')
  const handle = openSync(file, 'w')
  const block = new Uint8Array(MEBIBYTE)
  const free = (): number => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  }
  while (free() > (leftMegabytes + 1) * MEBIBYTE) writeSync(handle, block)
  closeSync(handle)
  return () => rmSync(file)
}
