import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import type { Schedule } from '../config/settings.ts'
import type { HookResult } from '../lifecycle/world.ts'

/** Runs one hook; the number is its time limit in milliseconds. */
type Run = (hook: string, limit: number, signal: AbortSignal) => Promise<HookResult>

/**
 * Runs hooks at the times of their cron expressions until aborted, a hook never beside itself; then ends those that
 * still run and waits for them.
 */
export async function runSchedules(
  schedules: Readonly<Record<string, Schedule>>,
  run: Run,
  signal: AbortSignal,
  { log, random }: { log: Log; random: () => number },
): Promise<void> {
  if (Object.keys(schedules).length === 0 || signal.aborted) return
  const cron = await import('node-cron')
  const running = new Set<Promise<void>>()
  const fire = async (hook: string, { splay, timeout }: Schedule): Promise<void> => {
    await sleep(splay * random(), signal)
    if (signal.aborted) return
    log.info(`${hook} begins, as scheduled`)
    const result = await run(hook, timeout, signal)
    // ended by a stop or a restart is no fault of its own
    if (result.outcome === 'ok' || result.outcome === 'aborted') log.info(result.summary)
    else
      log.warn(
        result.outcome === 'absent' ? `${hook} is scheduled, but there is no such hook` : result.summary,
      )
  }
  const tasks = Object.entries(schedules).map(([hook, schedule]) => {
    const task = (): Promise<void> => {
      const firing = fire(hook, schedule).finally(() => running.delete(firing))
      running.add(firing)
      return firing
    }
    return cron.schedule(schedule.cron, task, {
      noOverlap: true,
      ...(schedule.timezone === null ? {} : { timezone: schedule.timezone }),
    })
  })
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.all(tasks.map((task) => task.destroy()))
  await Promise.all(running)
}
