import { addKey } from './lookup.ts'
import type { Problem } from './problem.ts'
import type { Settings } from './settings.ts'
import { mustBe } from './wrong.ts'

/** Finds cron expressions and time zones that are not valid; loads the cron library only where there is a schedule. */
export async function checkSchedules(schedule: Settings['schedule']): Promise<Problem[]> {
  const entries = Object.entries(schedule)
  if (entries.length === 0) return []
  const { validate } = await import('node-cron')
  return entries.flatMap(([hook, { cron, timezone }]) => {
    const keyPath = addKey('ww.schedule', hook)
    const problems: Problem[] = []
    const report = (path: string, must: string, value: string): void => {
      for (const { below: _, ...fault } of mustBe(must, value).faults)
        problems.push({ keyPath: path, ...fault })
    }
    if (!validate(cron)) report(keyPath, 'must be a cron expression, such as "0 3 * * *"', cron)
    if (timezone !== null && !isTimezone(timezone))
      report(`${keyPath}.timezone`, 'must be a time zone, such as "Europe/Prague"', timezone)
    return problems
  })
}

function isTimezone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
