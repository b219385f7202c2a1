/** Texts for people, in the forms that logs, errors and tables share. */

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/**
 * A measured time: `310 ms`, `4.8 s`, `41 s`, `3 min 12 s`, `3 h 12 min`, `2 d 4 h`. From 10 s on the rest is dropped,
 * as ages are: one second before the hour it is not an hour yet.
 */
export function formatDuration(ms: number): string {
  if (!(ms > 0)) return '0 ms'
  if (ms < 0.95) return `${Math.max(0.1, ms).toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9950) return `${(ms / second).toFixed(1)} s`
  if (ms < minute) return `${Math.max(10, Math.floor(ms / second))} s`
  if (ms < hour) return twoUnits(ms, minute, 'min', second, 's')
  return ms < day ? twoUnits(ms, hour, 'h', minute, 'min') : twoUnits(ms, day, 'd', hour, 'h')
}

/** A configured time: as a measured one, but without a decimal that says nothing: `9 s`, `1.5 s`. */
export function formatLimit(ms: number): string {
  return formatDuration(ms).replace('.0 ', ' ')
}

/** A number of bytes in powers of 1000: `0 B`, `1.2 GB`, `12 kB`. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = Math.max(0, bytes)
  let unit = 0
  // 999.5 would be shown as 1000 of the smaller unit
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1).replace('.0', '') : String(Math.round(value))
  return `${digits} ${units[unit]}`
}

/** A number with its noun: `1 restart`, `2 restarts`. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`
}

/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export function formatList(items: readonly string[], last = 'and'): string {
  const end = items.slice(-1)
  const start = items.slice(0, -1)
  return start.length === 0 ? end.join('') : `${start.join(', ')} ${last} ${end.join('')}`
}

/** A text on one line: line breaks, and the white space around them, and what else controls a terminal become blanks. */
export function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
    .replace(/[^\P{Cc}\t]/gu, ' ')
}

/** A time for people: `2026-11-26 06:29:24`, `offset` minutes east of UTC. */
export function formatTime(at: number, offset: number): string {
  return shifted(at, offset).slice(0, 19).replace('T', ' ')
}

/** A time for a log, which is read elsewhere: `2026-11-26 06:29:24.755Z`, or with `+01:00` instead of `Z`. */
export function formatLogTime(at: number, offset: number): string {
  const time = shifted(at, offset).slice(0, 23).replace('T', ' ')
  if (offset === 0) return `${time}Z`
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  return `${time}${offset < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(minutes)}`
}

function twoUnits(ms: number, large: number, name: string, small: number, rest: string): string {
  const left = Math.floor((ms % large) / small)
  return `${Math.floor(ms / large)} ${name}${left === 0 ? '' : ` ${left} ${rest}`}`
}

function shifted(at: number, offset: number): string {
  return new Date(at + offset * minute).toISOString()
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
