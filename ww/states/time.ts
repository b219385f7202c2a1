const iso = /^(\d{4})-(\d\d)-(\d\d)[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/

/**
 * Reads an ISO 8601 time such as `2026-11-21T04:00:00Z`; without a zone it is the local time of the service.
 * Milliseconds since 1970, or null when it is no time.
 */
export function parseTime(text: string): number | null {
  const [, year, month, day] = iso.exec(text) ?? []
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  // Date.parse takes the 31st of February for the 3rd of March
  if (date.getUTCDate() !== Number(day)) return null
  const at = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(at) ? null : at
}
