import { formatDuration } from '../base/text.ts'
import {
  formatTime,
  type InstanceStatus,
  type ScheduleStatus,
  sortSchedules,
  sortServices,
} from './status.ts'
import { onOneLine } from './status-text.ts'

/** What scripts read of services and schedules: a line for each, with tabs between its fields. */
export function listPlain({ services, schedules }: InstanceStatus): string[] {
  const line = (kind: string, cells: readonly unknown[]): string =>
    `${kind}: ${cells.map((cell) => onOneLine(String(cell ?? ''))).join('\t')}`
  return [
    ...sortServices(services).map(({ name, state, since, pid, restarts, reason }) =>
      line('service', [name, state, formatTime(since), pid, restarts, reason]),
    ),
    ...sortSchedules(schedules).map(({ hook, nextAt, last }) => {
      const ran = last ? [last.ok ? 'succeeded' : last.reason, formatTime(last.at), last.ms] : ['', '', '']
      return line('schedule', [hook, ...ran, nextAt === null ? '' : formatTime(nextAt)])
    }),
  ]
}

/** What sh needs for the tables of people: the widths of columns, and the fields of each row; times are seconds. */
export function listForTables({ services, schedules }: InstanceStatus): string[] {
  const width = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length))
  const names = width(['SERVICE', ...services.map(({ name }) => name)])
  const states = width(['STATE', ...services.map(({ state }) => state)])
  const pids = width(['PID', ...services.map(({ pid }) => String(pid ?? '-'))])
  return [
    ...(services.length > 0 ? [`columns ${names} ${states} ${pids}`] : []),
    ...sortServices(services).map(
      ({ name, state, since, pid, restarts, reason }) =>
        `service ${name} ${state} ${seconds(since)} ${pid ?? '-'} ${restarts} ${onOneLine(reason)}`,
    ),
    ...sortSchedules(schedules).map((schedule) => {
      const { hook, nextAt, last } = schedule
      return `schedule ${hook} ${seconds(nextAt)} ${seconds(last?.at ?? null)} ${onOneLine(resultOf(schedule))}`
    }),
  ]
}

/** What the last run came to, such as `succeeded in 41 s`. */
function resultOf({ last }: ScheduleStatus): string {
  if (last === null) return 'none yet'
  if (last.ok) return `succeeded in ${formatDuration(last.ms)}`
  return last.ms > 0 ? `${last.reason} after ${formatDuration(last.ms)}` : last.reason
}

function seconds(at: number | null): string {
  return at === null ? '-' : String(Math.floor(at / 1000))
}
