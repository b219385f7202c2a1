import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import type { Schedule } from '../config/settings.ts'
import type { HookResult } from '../lifecycle/hook.ts'
import { describeHook, factsOf, succeeded } from '../lifecycle/outcome.ts'
import { watchClock } from './watch-clock.ts'

/** Runs one hook; the number is its time limit in milliseconds. */
export type RunScheduled = (hook: string, ms: number, signal: AbortSignal) => Promise<HookResult>

/** What schedules need besides the hooks; `elapsed` is a clock that nobody sets. */
export type ScheduleContext = {
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly random: () => number
  readonly elapsed?: () => number
}

/** A run that is late because the machine was busy or asleep still counts up to this many milliseconds. */
const longestDelay = 60_000

/**
 * Runs hooks at the times of their cron expressions until aborted, a hook never beside itself; then ends those that
 * still run and waits for them. node-cron computes the next time once, so after the clock was set it is asked again.
 */
export async function runSchedules(
  schedules: Readonly<Record<string, Schedule>>,
  run: RunScheduled,
  signal: AbortSignal,
  context: ScheduleContext,
): Promise<void> {
  if (Object.keys(schedules).length === 0 || signal.aborted) return
  const cron = await import('node-cron')
  const running = new Map<string, Promise<void>>()
  const start = (): ReturnType<typeof cron.schedule>[] =>
    Object.entries(schedules).map(([hook, { timezone, ...schedule }]) => {
      const task = async (): Promise<void> => {
        // node-cron's own noOverlap would be forgotten with the task that is replaced when the clock was set
        if (running.has(hook)) return context.log.warn(`${hook}: still running, this run is skipped`)
        running.set(
          hook,
          fire(hook, schedule, run, signal, context).finally(() => running.delete(hook)),
        )
      }
      const zone = timezone === null ? {} : { timezone }
      return cron.schedule(schedule.cron, task, { ...zone, missedExecutionTolerance: longestDelay })
    })
  let tasks = start()
  const destroy = (): Promise<unknown> => Promise.all(tasks.map((task) => task.destroy()))
  await watchClock(signal, context.elapsed ?? (() => performance.now()), () => {
    context.log.info('the clock was set: schedules are computed again')
    void destroy()
    tasks = start()
  })
  await destroy()
  await Promise.all(running.values())
}

async function fire(
  hook: string,
  { splay, timeout }: Pick<Schedule, 'splay' | 'timeout'>,
  run: RunScheduled,
  signal: AbortSignal,
  { log, random }: ScheduleContext,
): Promise<void> {
  if (splay > 0) await sleep(splay * random(), signal)
  if (signal.aborted) return
  log.info(`${hook}: started as scheduled`)
  const result = await run(hook, timeout, signal)
  if (result.kind === 'absent')
    return log.warn(`${hook}: scheduled in ww.schedule, but there is no such hook`)
  const facts = factsOf(result)
  const sentence = describeHook(hook, result) + (facts.length > 0 ? ` (${facts.join(', ')})` : '')
  // ended by a stop or a restart is no fault of its own
  if (succeeded(result) || result.kind === 'aborted') log.info(sentence)
  else log.warn(sentence)
}
