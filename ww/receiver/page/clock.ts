/** How far the receiver's clock is ahead of this browser's, in milliseconds. */
let ahead = 0

/** Hears what time it is at the receiver; the way here took a part of a second, which is not counted. */
export function setClock(time: string): void {
  const difference = Date.parse(time) - Date.now()
  ahead = Math.abs(difference) < 1000 ? 0 : difference
}

/** The time at the receiver, which every age on the page is told by, in milliseconds since the epoch. */
export function readClock(): number {
  return Date.now() + ahead
}
