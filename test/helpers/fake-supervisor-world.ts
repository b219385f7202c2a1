import { type TargetConfig, targetDefaults } from '../../ww/supervisor/target/config.ts'
import type { Ping } from '../../ww/supervisor/target/judge.ts'
import type { SupervisorWorld, TargetProcess } from '../../ww/supervisor/target/world.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What a ping meets: an HTTP status, nobody, or somebody who never answers. */
type Answer = number | 'refused' | 'hangs'

/** What becomes of a start: when it answers and how, or when its command ends. */
export type Start = { readonly answers?: number; readonly after?: number; readonly ends?: string }

/** Services in memory on a virtual clock; a start that the test did not foresee throws. */
export class FakeSupervisorWorld implements SupervisorWorld {
  readonly clock = new VirtualClock()
  /** Everything of note, in order. */
  readonly story: string[] = []
  readonly lines: string[] = []
  readonly answers = new Map<string, Answer>()
  readonly own = new Map<string, number[]>()
  readonly holders = new Map<string, string>()
  /** The starts to come, of each target; the last one repeats. */
  readonly starts = new Map<string, Start[]>()
  /** Whether a target ends when it is asked to, and upon SIGTERM. */
  heeds: { kill: boolean | 'agrees and stays'; term: boolean } = { kill: true, term: true }
  #ends = new Map<number, () => void>()
  #nextPid = 100

  now = (): number => this.clock.now()
  random = (): number => 0
  sleep = (ms: number, signal: AbortSignal): Promise<void> => this.clock.sleep(ms, signal)
  info = (line: string): void => void this.lines.push(line)
  warn = (line: string): void => void this.lines.push(`warning: ${line}`)

  async ping(url: string, limit: number, signal: AbortSignal): Promise<Ping> {
    const answer = this.answers.get(url) ?? 'refused'
    const facts = { ms: 1, at: this.now() }
    if (answer === 'refused') return { ...facts, code: null, refused: true, what: 'connection refused' }
    if (answer !== 'hangs') return { ...facts, code: answer, refused: false, what: String(answer) }
    await this.sleep(limit, signal)
    return { ...facts, code: null, refused: false, what: 'no answer' }
  }

  spawn({ url }: TargetConfig): TargetProcess {
    const starts = this.starts.get(url) ?? []
    const start = starts[0]
    if (start === undefined) throw new Error(`the test did not foresee a start of ${url}`)
    if (starts.length > 1) this.starts.set(url, starts.slice(1))
    const pid = this.#nextPid++
    this.story.push(`start ${url}`)
    this.own.set(url, [pid])
    const { promise: ended, resolve } = Promise.withResolvers<{ ok: boolean; what: string }>()
    this.#ends.set(pid, () => resolve({ ok: false, what: 'ended by a signal' }))
    void this.sleep(start.after ?? 0, new AbortController().signal).then(() => {
      if (start.ends === undefined) {
        if (start.answers !== undefined && this.own.get(url)?.includes(pid))
          this.answers.set(url, start.answers)
      } else {
        this.own.delete(url)
        resolve({ ok: start.ends === 'exit code 0', what: start.ends })
      }
    })
    return { pid, ended }
  }

  ownPids = (url: string): readonly number[] => this.own.get(url) ?? []

  signal(pids: readonly number[], name: 'SIGTERM' | 'SIGKILL'): void {
    for (const [url, own] of this.own) {
      if (!own.some((pid) => pids.includes(pid))) continue
      this.story.push(`${name} ${url}`)
      if (name === 'SIGKILL' || this.heeds.term) this.crash(url)
    }
  }

  async askToEnd({ url }: TargetConfig): Promise<boolean> {
    this.story.push(`ask ${url}`)
    if (this.heeds.kill === true) this.crash(url)
    return this.heeds.kill !== false
  }

  portHolder = (url: string): string | null => this.holders.get(url) ?? null

  /** All processes of a target end, and nobody answers. */
  crash(url: string): void {
    const pids = this.own.get(url) ?? []
    this.own.delete(url)
    this.answers.delete(url)
    for (const pid of pids) this.#ends.get(pid)?.()
  }
}

/** A target as the supervisor gets it, and what a test changes. */
export function targetWith(url: string, changes: Partial<TargetConfig> = {}): TargetConfig {
  return { url, ...targetDefaults, run: 'serve', ...changes }
}
