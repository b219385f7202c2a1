/** Gives back what start-up has left behind, once, when there is time, where the runtime lets a program do so. */
export function collectGarbageSoon(): void {
  setTimeout(collectGarbage, 1000).unref()
}

function collectGarbage(): void {
  const bun: unknown = Reflect.get(globalThis, 'Bun')
  if (typeof bun === 'object' && bun !== null && 'gc' in bun && typeof bun.gc === 'function') bun.gc(true)
  // Node's, with --expose-gc
  else globalThis.gc?.()
}
