/** Says how long ago something was, briefly: `4 s`, `3 min`, `5 h`, `2 d`. */
export function sayAge(time: string | number | null, now: number): string {
  if (time === null) return 'never'
  const at = typeof time === 'number' ? time : Date.parse(time)
  const seconds = Math.max(0, Math.floor((now - at) / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** Says a number so that it fits a column: 3 digits that count, and k, M, G. */
export function sayNumber(value: number): string {
  const size = Math.abs(value)
  for (const [unit, name] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (size >= unit) return `${Number((value / unit).toPrecision(3))}${name}`
  return String(Number(value.toPrecision(3)))
}

/** The first few numbers of stats in one line. */
export function sayStats(stats: unknown, limit = 3): string {
  if (typeof stats !== 'object' || stats === null) return ''
  const parts = Object.entries(stats).flatMap(([key, value]) =>
    typeof value === 'number' ? [`${key} ${sayNumber(value)}`] : [],
  )
  return parts.slice(0, limit).join(' · ')
}

/** A sign for each status, so that it is told without colour. */
export function signOf(status: string): string {
  const signs: Readonly<Record<string, string>> = {
    ...{ UP: '●', STOPPED: '○', ERROR: '✕', LOST: '?', LATE: '◔', STUCK: '▲', RESTARTING: '↻' },
  }
  return signs[status] ?? '◌'
}

/** The kind of a status, for its colour. */
export function kindOf(status: string): 'good' | 'bad' | 'warn' | 'busy' | 'idle' {
  if (status === 'UP') return 'good'
  if (status === 'ERROR' || status === 'LOST') return 'bad'
  if (status === 'STUCK' || status === 'LATE') return 'warn'
  return status === 'STOPPED' ? 'idle' : 'busy'
}
