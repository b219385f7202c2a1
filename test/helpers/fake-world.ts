import { defaultSettings } from '../../ww/config/read-settings.ts'
import type { Settings } from '../../ww/config/settings.ts'
import type { Doing, Failure } from '../../ww/lifecycle/doing.ts'
import type { HookCall, HookResult, ProcessEnd, Service, ServiceStop } from '../../ww/lifecycle/hook.ts'
import type { Limit } from '../../ww/lifecycle/limit.ts'
import type { ServiceReport, ServiceStatus } from '../../ww/lifecycle/service-status.ts'
import type {
  Announcement,
  DataState,
  LockResult,
  MonitorReport,
  SweepReport,
  Visible,
  World,
} from '../../ww/lifecycle/world.ts'
import { aborted, type Behaviour, endOf, runUnder } from './fake-process.ts'
import { VirtualClock } from './virtual-clock.ts'

/** The hooks of an instance; a list gives one behaviour a call, the last one repeating; null: there is no such hook. */
export type Hooks = Record<string, Behaviour | null | (Behaviour | null)[]>

const ok: Behaviour = {}

/** Every hook of the lifecycle, each succeeding at once. */
export const allOk: Hooks = {
  boot: ok,
  firstboot: ok,
  upgrade: ok,
  svcup: ok,
  warmup: ok,
  monitor: { output: '{"load":1}' },
  drain: ok,
  svcdown: ok,
}

/** It exits with a code other than 0. */
export const fails: Behaviour = { end: 1 }
/** It exits with 125. */
export const refuses: Behaviour = { end: 125 }

/** The machine has no process to spare for it. */
export const hasNoRoom: Behaviour = {
  end: { kind: 'unrunnable', reason: 'too many processes', temporary: true },
}

/** A world in memory with a virtual clock, as unkind as a test makes it; a call that the test did not expect throws. */
export class FakeWorld implements World {
  readonly clock = new VirtualClock()
  /** Everything of note, in order: `hook NAME`, `start NAME`, `end NAME`, `sweep`, `STATE`, `flushed`. */
  readonly story: string[] = []
  readonly announcements: Announcement[] = []
  /** The announcements that were delivered; those that were cut are missing. */
  readonly delivered: string[] = []
  readonly visible: Visible[] = []
  readonly calls: HookCall[] = []
  readonly lines: string[] = []
  readonly bugs: unknown[] = []
  readonly stats: string[] = []
  /** What /data was to be locked for. */
  readonly locks: string[] = []
  readonly monitors: MonitorReport[] = []
  data: DataState = { kind: 'fresh', interrupted: false }
  /** Why nothing can be written to /data; null: it can. */
  diskProblem: string | null = null
  lock: { kind: 'free' } | { kind: 'fails'; reason: string } | { kind: 'held'; for: number } = {
    kind: 'free',
  }
  /** Running services, by name: ends one by itself. */
  readonly services = new Map<string, (end?: ProcessEnd) => void>()
  /** After how many milliseconds each service's probe says that it is ready; never, where it is null. */
  readonly readyAfter = new Map<string, number | null>()
  /** By name: makes the probe of a ready service say that it no longer is. */
  readonly unready = new Map<string, (reason: string) => void>()
  /** What was published last of what takes long, and of what went wrong. */
  doing: Doing | null = null
  failures: readonly Failure[] = []
  /** What each hook or service has printed last. */
  readonly lastLines = new Map<string, string>()
  /** What was published last of the services. */
  serviceStatus: readonly ServiceStatus[] = []
  readonly serviceReports: ServiceReport[] = []
  missing: string | null = null
  scheduled: string[] = []
  /** What the sweep finds. */
  leftovers: Behaviour[] = []
  /** How the delivery of each announcement behaves. */
  delivery: Behaviour = ok
  #hooks: Hooks
  #queue: Announcement[] = []

  constructor(hooks: Hooks = allOk) {
    this.#hooks = { ...hooks }
  }

  now = (): number => this.clock.now()
  date = (): number => this.clock.now() + 1e12
  random = (): number => 0
  sleep = (ms: number, signal: AbortSignal): Promise<void> => this.clock.sleep(ms, signal)
  info = (line: string): void => void this.lines.push(line)
  warn = (line: string): void => void this.lines.push(`warning: ${line}`)
  error = (line: string): void => void this.lines.push(`error: ${line}`)
  advise = (line: string): void => void this.lines.push(`try: ${line}`)
  reportBug = (error: unknown): void => void this.bugs.push(error)

  hasHook(name: string): boolean {
    return this.#behaviourOf(name) !== null
  }

  async runHook(call: HookCall, limit: Limit): Promise<HookResult> {
    const behaviour = this.#behaviourOf(call.name, true)
    if (behaviour === null) return { kind: 'absent' }
    if (limit.end.aborted) return { kind: 'aborted', ms: 0, abandoned: false }
    this.calls.push(call)
    this.story.push(`hook ${call.name}`)
    const began = this.now()
    const ending = await runUnder(this.clock, behaviour, limit)
    const ms = this.now() - began
    const { output = '' } = call.capture ? behaviour : {}
    if (ending === 'itself') return { kind: 'ended', end: endOf(behaviour), ms, output }
    const abandoned = ending === 'abandoned'
    if (limit.cause === 'left') return { kind: 'aborted', ms, abandoned }
    return { kind: 'timedOut', limit: limit.ms, ms, abandoned, output }
  }

  serviceHooks(): string[] {
    return Object.keys(this.#hooks).filter((name) => name.startsWith('serve') && this.hasHook(name))
  }

  oneshotHooks(): string[] {
    return Object.keys(this.#hooks).filter((name) => name.startsWith('oneshot-') && this.hasHook(name))
  }

  runOneshot(name: string, call: Omit<HookCall, 'name'>, limit: Limit): Promise<HookResult> {
    return this.runHook({ ...call, name }, limit)
  }

  async awaitServiceReady({ name }: Service, limit: Limit): Promise<string | null> {
    const after = this.readyAfter.get(name) ?? null
    await this.sleep(after ?? Number.POSITIVE_INFINITY, limit.end)
    return limit.end.aborted ? 'connection refused' : null
  }

  async watchServiceReady({ name }: Service, signal: AbortSignal): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string>()
    this.unready.set(name, resolve)
    const over = this.sleep(Number.POSITIVE_INFINITY, signal).then(() => null)
    return Promise.race([promise, over])
  }

  lastLineOf(name: string): Promise<string | null> {
    return Promise.resolve(this.lastLines.get(name) ?? null)
  }

  publishDoing(doing: Doing | null, failures: readonly Failure[]): void {
    this.doing = doing
    this.failures = failures
  }

  publishServices(services: readonly ServiceStatus[]): void {
    this.serviceStatus = services
  }

  announceService = (report: ServiceReport): void => void this.serviceReports.push(report)

  startService(name: string): Service {
    this.story.push(`start ${name}`)
    const behaviour = this.#behaviourOf(name, true) ?? ok
    const { promise: ended, resolve: end } = Promise.withResolvers<ProcessEnd>()
    const { after = Number.POSITIVE_INFINITY } = behaviour
    const over = new AbortController()
    void ended.then(() => over.abort())
    if (after < Number.POSITIVE_INFINITY)
      void this.sleep(after, over.signal).then(() => over.signal.aborted || end(endOf(behaviour)))
    this.services.set(name, (how = { kind: 'exited', code: 1 }) => end(how))
    const stop = async (limit: Limit): Promise<ServiceStop> => {
      this.story.push(`end ${name}`)
      if (over.signal.aborted) return { killed: false, abandoned: false }
      const ending = await runUnder(this.clock, behaviour, limit, aborted())
      // whether or not it lives on, nothing of it happens any more
      over.abort()
      if (ending !== 'abandoned') end({ kind: 'killed', signal: 'SIGTERM', outOfMemory: false })
      return { killed: ending === 'kill' || ending === 'abandoned', abandoned: ending === 'abandoned' }
    }
    return { name, pid: 7, ended, stop }
  }

  inspectData(): DataState {
    return this.data
  }

  async lockData(verb: 'initialise' | 'upgrade', limit: Limit): Promise<LockResult> {
    this.locks.push(verb)
    if (limit.end.aborted) return { kind: 'aborted' }
    if (this.lock.kind === 'fails') return { kind: 'failed', reason: this.lock.reason }
    if (this.lock.kind === 'held') await this.sleep(this.lock.for, limit.end)
    if (limit.cause === 'left') return { kind: 'aborted' }
    if (limit.end.aborted)
      return { kind: 'failed', reason: 'cannot upgrade /data: another instance is at it' }
    this.story.push('lock')
    return { kind: 'locked', lock: { release: () => void this.story.push('unlock') } }
  }

  beginFirstboot(): string | null {
    this.story.push('begin firstboot')
    return this.diskProblem
  }

  markInitialised(): string | null {
    if (this.diskProblem !== null) return this.diskProblem
    this.story.push('mark')
    this.data = { kind: 'initialised', version: '1' }
    return null
  }

  async awaitRequired(_: readonly string[], limit: Limit): Promise<string | null> {
    if (this.missing !== null) await this.sleep(Number.POSITIVE_INFINITY, limit.end)
    return limit.cause === 'left' ? null : this.missing
  }

  async runSchedules(run: Parameters<World['runSchedules']>[0], signal: AbortSignal): Promise<void> {
    await Promise.all(this.scheduled.map((hook) => run(hook, 1000, signal)))
  }

  async sweep(limit: Limit): Promise<SweepReport> {
    this.story.push(limit.kill.aborted ? 'sweep at once' : 'sweep')
    const endings = await Promise.all(
      this.leftovers.map((leftover) => runUnder(this.clock, leftover, limit, aborted())),
    )
    const named = (ending: string): string[] =>
      endings.flatMap((one, index) => (one === ending ? [`leftover (pid ${index})`] : []))
    return { ended: named('term'), killed: named('kill'), abandoned: named('abandoned') }
  }

  announce(announcement: Announcement): void {
    this.announcements.push(announcement)
    this.story.push(announcement.state)
    this.#queue.push(announcement)
  }

  publish = (visible: Visible): void => void this.visible.push(visible)
  publishMonitor = (report: MonitorReport): void => void this.monitors.push(report)
  pushStats = (json: string): void => void this.stats.push(json)

  /** Each delivery takes its time; all but the last one are cut at `limit.end`. */
  async flushAnnouncements(limit: Limit): Promise<void> {
    const queue = this.#queue.splice(0)
    for (const [index, { state }] of queue.entries()) {
      const isLast = index === queue.length - 1
      const ending = await runUnder(this.clock, this.delivery, limit, isLast ? limit.kill : limit.end)
      if (ending === 'itself') this.delivered.push(state)
      if (limit.abandon.aborted) break
    }
    this.story.push('flushed')
  }

  #behaviourOf(name: string, take = false): Behaviour | null {
    const behaviour = this.#hooks[name]
    if (behaviour === undefined) throw new Error(`the test did not expect the hook ${name}`)
    if (!Array.isArray(behaviour)) return behaviour
    const [next] = behaviour
    if (next === undefined) throw new Error(`the test did not expect another call of ${name}`)
    if (take && behaviour.length > 1) this.#hooks[name] = behaviour.slice(1)
    return next
  }
}

/** The default settings, and what a test changes. */
export function settingsWith(changes: Partial<Settings> = {}): Settings {
  return { ...defaultSettings('one'), version: '1', ...changes }
}
