import type { Settings } from '../../ww/config/settings.ts'
import type {
  Announcement,
  DataState,
  HookCall,
  HookResult,
  Service,
  World,
} from '../../ww/lifecycle/world.ts'
import { VirtualClock } from './virtual-clock.ts'

/** How a hook behaves: how it ends, and after how long; `hangs` never ends by itself. */
export type Behaviour =
  | 'absent'
  | 'ok'
  | 'failed'
  | 'refused'
  | 'hangs'
  | { ends: 'ok' | 'failed'; after: number; output?: string }

/** The hooks of an instance; a list gives one behaviour a call, the last one repeating. */
export type Hooks = Record<string, Behaviour | Behaviour[]>

/** Every hook of the lifecycle, each succeeding at once. */
export const allOk: Hooks = {
  boot: 'ok',
  firstboot: 'ok',
  upgrade: 'ok',
  svcup: 'ok',
  warmup: 'ok',
  monitor: { ends: 'ok', after: 0, output: '{"load":1}' },
  drain: 'ok',
  svcdown: 'ok',
}

/** A world in memory with a virtual clock; a call that the test did not foresee throws. */
export class FakeWorld implements World {
  readonly clock = new VirtualClock()
  /** Everything of note, in order: `hook NAME`, `STATE`, `end NAME`. */
  readonly story: string[] = []
  readonly announcements: Announcement[] = []
  readonly calls: HookCall[] = []
  readonly lines: string[] = []
  readonly stats: string[] = []
  readonly monitors: { ok: boolean; output: string; nextAt: number }[] = []
  data: DataState = { kind: 'fresh', interrupted: false }
  /** Services that end by themselves, when their function is called. */
  readonly services = new Map<string, () => void>()
  hurried = false
  missing: string | null = null
  scheduled: string[] = []
  /** How long an ended hook takes to end. */
  endsAfter = 0
  #hooks: Hooks
  #ends = new Set<() => void>()

  constructor(hooks: Hooks = allOk) {
    this.#hooks = { ...hooks }
  }

  now = (): number => this.clock.now()
  random = (): number => 0
  sleep = (ms: number, signal: AbortSignal): Promise<void> => this.clock.sleep(ms, signal)
  info = (line: string): void => void this.lines.push(line)
  warn = (line: string): void => void this.lines.push(`warning: ${line}`)

  hasHook(name: string): boolean {
    return this.#behaviourOf(name) !== 'absent'
  }

  async runHook(call: HookCall, signal: AbortSignal): Promise<HookResult> {
    const behaviour = this.#behaviourOf(call.name, true)
    if (behaviour === 'absent') return { outcome: 'absent', summary: '', output: '' }
    if (signal.aborted) return { outcome: 'aborted', summary: `${call.name} was not begun`, output: '' }
    this.calls.push(call)
    this.story.push(`hook ${call.name}`)
    const { ends, after, output = '' } = describe(behaviour)
    const began = this.now()
    await this.sleep(Math.min(after, call.limit), signal)
    if (signal.aborted || this.now() - began < after) {
      await this.#endSlowly(call.killAfter ?? 2000)
      const outcome = signal.aborted ? 'aborted' : 'timeout'
      return { outcome, summary: `${call.name} failed: ${outcome}`, output }
    }
    return { outcome: ends, summary: `${call.name} ${ends}`, output }
  }

  serviceHooks(): string[] {
    return Object.keys(this.#hooks).filter((name) => name.startsWith('serve') && this.hasHook(name))
  }

  startService(name: string): Service {
    this.story.push(`start ${name}`)
    let end = (_: string): void => {}
    const ended = new Promise<string>((resolve) => {
      end = resolve
    })
    const behaviour = this.#behaviourOf(name, true)
    if (typeof behaviour === 'object') {
      void this.sleep(behaviour.after, new AbortController().signal).then(() =>
        end(`${name} ended: exit code 1`),
      )
    }
    this.services.set(name, () => end(`${name} ended: exit code 1`))
    return {
      name,
      ended,
      stop: async (patience) => {
        this.story.push(`end ${name}`)
        if (behaviour === 'hangs') await this.#endSlowly(patience)
        end(`${name} ended: ended by SIGTERM`)
        return { killed: behaviour === 'hangs' }
      },
    }
  }

  hurry(): void {
    this.hurried = true
    for (const end of this.#ends) end()
  }

  inspectData(): DataState {
    return this.data
  }

  async lockData(signal: AbortSignal): Promise<{ release(): void } | null> {
    return signal.aborted ? null : { release: () => undefined }
  }

  beginFirstboot(): void {
    this.story.push('begin firstboot')
  }

  markInitialised(): void {
    this.story.push('mark')
    this.data = { kind: 'initialised', version: '1' }
  }

  async awaitRequired(_: readonly string[], limit: number, signal: AbortSignal): Promise<string | null> {
    if (this.missing !== null) await this.sleep(limit, signal)
    return this.missing
  }

  async runSchedules(run: Parameters<World['runSchedules']>[0], signal: AbortSignal): Promise<void> {
    await Promise.all(this.scheduled.map((hook) => run(hook, 1000, signal)))
  }

  async sweep(patience: number): ReturnType<World['sweep']> {
    this.story.push(patience === 0 ? 'sweep at once' : 'sweep')
    return { ended: [], killed: [] }
  }

  announce(announcement: Announcement): void {
    this.announcements.push(announcement)
    this.story.push(announcement.state)
  }

  pushStats = (json: string): void => void this.stats.push(json)
  settleAnnouncements = async (): Promise<void> => void this.story.push('settled')
  publishMonitor = (result: { ok: boolean; output: string; nextAt: number }): void =>
    void this.monitors.push(result)

  async #endSlowly(patience: number): Promise<void> {
    if (this.hurried) return
    const hurried = new AbortController()
    const end = (): void => hurried.abort()
    this.#ends.add(end)
    await this.sleep(Math.min(this.endsAfter, patience), hurried.signal)
    this.#ends.delete(end)
  }

  #behaviourOf(name: string, take = false): Behaviour {
    const behaviour = this.#hooks[name]
    if (behaviour === undefined) throw new Error(`the test did not foresee the hook ${name}`)
    if (!Array.isArray(behaviour)) return behaviour
    const next = behaviour[0]
    if (next === undefined) throw new Error(`the test did not foresee another call of ${name}`)
    if (take && behaviour.length > 1) this.#hooks[name] = behaviour.slice(1)
    return next
  }
}

function describe(behaviour: Exclude<Behaviour, 'absent'>): {
  ends: 'ok' | 'failed' | 'refused'
  after: number
  output?: string
} {
  if (typeof behaviour === 'object') return behaviour
  if (behaviour === 'hangs') return { ends: 'ok', after: Number.MAX_SAFE_INTEGER }
  return { ends: behaviour, after: 0 }
}

/** Settings with the defaults of the README, in milliseconds, and what a test changes. */
export function settingsWith(changes: Partial<Settings> = {}): Settings {
  const minute = 60_000
  return {
    app: 'app',
    instance: 'one',
    version: '1',
    labels: {},
    timeouts: {
      boot: 5 * minute,
      firstboot: 60 * minute,
      upgrade: 60 * minute,
      svcup: 5 * minute,
      warmup: 10 * minute,
      monitor: 20_000,
      pushstats: 20_000,
      lifecycle: 20_000,
      drain: 5000,
      svcdown: minute,
      scheduled: 60 * minute,
    },
    killAfter: 2000,
    monitor: { every: 30_000, failures: 1 },
    restart: {
      limit: 5,
      window: 10 * minute,
      backoff: 1000,
      backoffMax: minute,
      jitter: 0.2,
      stable: minute,
      warmup: false,
    },
    requires: [],
    requiresTimeout: 5 * minute,
    stop: { grace: 9000, sweep: 1000, announce: 500 },
    serve: { signal: 'SIGTERM' },
    schedule: {},
    notify: {
      url: null,
      secret: null,
      token: null,
      timeout: 10_000,
      backoff: 1000,
      backoffMax: minute,
      keep: 10_000,
    },
    listen: null,
    onError: 'exit',
    allowDowngrade: false,
    ...changes,
  }
}
