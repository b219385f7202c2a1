/** What start-up left behind is given back once, when there is time; `/ww/run` exposes the collector. */
export function collectGarbageSoon(): void {
  setTimeout(() => globalThis.gc?.(), 1000).unref()
}
