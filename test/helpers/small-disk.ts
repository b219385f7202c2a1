import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'

/** Mounts a small file system of its own; options are those of tmpfs, such as `size=64k` or `mode=1777`. */
export function mountDisk(path: string, options = 'size=64k'): void {
  mkdirSync(path, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
}

/** Makes a mounted disk read-only. */
export function makeReadOnly(path: string): void {
  execFileSync('mount', ['-o', 'remount,ro', path])
}

/** Fills a mounted disk to the last byte. */
export function fillDisk(path: string): void {
  for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (let i = 0; i < 1000; i++) writeFileSync(`${path}/filler`, Buffer.alloc(size), { flag: 'a' })
    } catch {
      // a smaller piece may still fit
    }
  }
}

/** Unmounts a disk, whatever is still open there. */
export function unmountDisk(path: string): void {
  execFileSync('umount', ['-l', path])
}
