import type { TaskOptions } from 'node-cron'
import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import { formatCount } from '../base/text.ts'
import type { Schedule } from '../config/settings.ts'
import type { HookResult } from '../lifecycle/hook.ts'
import { describeHook, factsOf, succeeded } from '../lifecycle/outcome.ts'
import { ScheduleHistory, type ScheduleListeners, ScheduleReporter } from './schedule-report.ts'
import { ScheduleTable } from './schedule-table.ts'
import { watchClock } from './watch-clock.ts'

/** Runs one hook; the number is its time limit in milliseconds. */
export type RunScheduled = (hook: string, ms: number, signal: AbortSignal) => Promise<HookResult>

/** What schedules need besides the hooks; `elapsed` is a clock that nobody sets. */
export type ScheduleContext = Partial<ScheduleListeners> & {
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly random: () => number
  readonly elapsed?: () => number
}

/** A run that is late because the machine was busy or asleep still counts up to this many milliseconds. */
const longestDelay = 60_000

/**
 * Runs hooks at the times of their cron expressions until aborted, a hook never beside itself; then ends those that
 * still run and waits for them. node-cron computes the next time once, so after the clock was set it is asked again, and
 * after the table was replaced; what runs then goes on.
 */
export async function runSchedules(
  schedules: Readonly<Record<string, Schedule>> | ScheduleTable,
  run: RunScheduled,
  signal: AbortSignal,
  context: ScheduleContext,
): Promise<void> {
  const isTable = schedules instanceof ScheduleTable
  const table = isTable ? schedules : new ScheduleTable(schedules)
  // nothing is loaded, and nothing wakes the instance, before there is something to run
  if (isTable) await table.awaitAny(signal)
  if (signal.aborted || Object.keys(table.schedules).length === 0) return
  const cron = await import('node-cron')
  const { log, random, elapsed = () => performance.now(), ...listeners } = context
  const running = new Map<string, Promise<void>>()
  const overlapped = new Set<string>()
  let tasks = new Map<string, ReturnType<typeof cron.schedule>>()
  const reporter = new ScheduleReporter({ ...silent(), ...listeners }, (hook) =>
    signal.aborted ? null : (tasks.get(hook)?.getNextRun()?.getTime() ?? null),
  )
  const due = (hook: string, schedule: Schedule): void => {
    // node-cron's own noOverlap would be forgotten with the task that is replaced when the clock was set
    if (running.has(hook)) {
      // once for each run that takes too long
      if (overlapped.has(hook)) return
      overlapped.add(hook)
      log.warn(`${hook}: still running, this run is skipped`)
      reporter.skipped(hook, 'still running')
      return
    }
    overlapped.delete(hook)
    running.set(
      hook,
      fire(hook, schedule, run, signal, { log, random, reporter }).finally(() => running.delete(hook)),
    )
  }
  const start = (): void => {
    const before = [...tasks.keys()]
    tasks = new Map(
      Object.entries(table.schedules).map(([hook, schedule]) => {
        const missed = createMissed(hook, log, reporter)
        const task = cron.schedule(schedule.cron, () => due(hook, schedule), optionsOf(hook, schedule, log))
        task.on('execution:missed', missed)
        return [hook, task]
      }),
    )
    // one that was removed is not due any more
    for (const hook of new Set([...before, ...tasks.keys()])) reporter.scheduled(hook)
  }
  const destroy = (): Promise<unknown> => Promise.all([...tasks.values()].map((task) => task.destroy()))
  const startAgain = (): void => {
    void destroy()
    start()
  }
  start()
  table.watch(startAgain, signal)
  await watchClock(signal, elapsed, () => {
    log.info('the clock was set: schedules are computed again')
    startAgain()
  })
  await destroy()
  await Promise.all(running.values())
  for (const hook of tasks.keys()) reporter.scheduled(hook)
}

function silent(): ScheduleListeners {
  return { history: new ScheduleHistory(), onSchedule() {}, onNotice() {} }
}

/** node-cron prints nothing of its own: it has another form, and goes to standard output. */
function optionsOf(hook: string, { timezone }: Schedule, log: Pick<Log, 'warn'>): TaskOptions {
  const warn = (problem: string | Error): void => log.warn(`${hook}: ${problem}`)
  return {
    ...(timezone === null ? {} : { timezone }),
    missedExecutionTolerance: longestDelay,
    suppressMissedWarning: true,
    logger: { info() {}, debug() {}, warn, error: warn },
  }
}

/** An instance that was paused for a night has missed many runs at once: they are one line. */
function createMissed(hook: string, log: Pick<Log, 'warn'>, reporter: ScheduleReporter): () => void {
  let count = 0
  return () => {
    count += 1
    if (count > 1) return
    setImmediate(() => {
      const reason = `${formatCount(count, 'run')} missed: the instance was paused or busy`
      count = 0
      log.warn(`${hook}: ${reason}`)
      reporter.skipped(hook, reason)
    })
  }
}

type Firing = Pick<ScheduleContext, 'log' | 'random'> & { readonly reporter: ScheduleReporter }

async function fire(
  hook: string,
  { splay, timeout }: Pick<Schedule, 'splay' | 'timeout'>,
  run: RunScheduled,
  signal: AbortSignal,
  { log, random, reporter }: Firing,
): Promise<void> {
  if (splay > 0) await sleep(splay * random(), signal)
  if (signal.aborted) return
  log.info(`${hook}: started as scheduled`)
  reporter.started(hook)
  const at = Date.now()
  const result = await run(hook, timeout, signal)
  reporter.ended(hook, at, result)
  if (result.kind === 'absent')
    return log.warn(`${hook}: scheduled in ww.schedule, but there is no such hook`)
  const facts = factsOf(result)
  const sentence = describeHook(hook, result) + (facts.length > 0 ? ` (${facts.join(', ')})` : '')
  // ended by a stop or a restart is no fault of its own
  if (succeeded(result) || result.kind === 'aborted') log.info(sentence)
  else log.warn(sentence)
}
