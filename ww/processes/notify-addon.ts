import { findHome } from '../base/home.ts'

/** Unix datagram sockets, which no runtime has; a negative number is an error of the system. */
export type DatagramAddon = {
  /** A socket that does not block, bound to a path: its descriptor. */
  bind(path: string): number
  /** The length of one datagram, larger than the buffer when it was cut. */
  receive(descriptor: number, buffer: Uint8Array): number
  close(descriptor: number): number
}

/** Where the tree has the addon; null where there is no tree. */
export function locateAddon(): string | null {
  const home = findHome()
  return home === null ? null : `${home}/lib/notify.node`
}

/** Loads the addon, which takes 0.2 ms; otherwise returns why that is not possible. */
export function loadAddon(path: string): DatagramAddon | { readonly failure: string } {
  const loaded: { exports: unknown } = { exports: {} }
  try {
    process.dlopen(loaded, path)
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { failure: `cannot load ${path}: ${reason}` }
  }
  const { exports } = loaded
  return isAddon(exports) ? exports : { failure: `cannot load ${path}: it is from another version` }
}

/** What a negative result stands for, such as `ENOSPC`. */
export function nameError(result: number): string {
  // to be loaded only here
  const { constants } = process.getBuiltinModule('node:os')
  const [name] = Object.entries(constants.errno).find(([, value]) => value === -result) ?? []
  return name ?? `error ${-result}`
}

function isAddon(value: unknown): value is DatagramAddon {
  if (typeof value !== 'object' || value === null) return false
  return ['bind', 'receive', 'close'].every((name) => typeof Reflect.get(value, name) === 'function')
}
