import { readFileSync, rmSync } from 'node:fs'
import { backoffDelay } from '../base/backoff.ts'
import { sleep } from '../base/sleep.ts'
import type { ProcessEnd } from '../lifecycle/hook.ts'
import { describeEnd } from '../lifecycle/outcome.ts'
import { signalProcess } from '../processes/list.ts'
import { type Spawned, spawn } from '../processes/spawn.ts'
import { Fifos } from './fifos.ts'
import { readLastLine } from './last-line.ts'
import type { LogFormat } from './line-format.ts'
import { type Logs, type LogsOptions, type Outputs, plainLogs } from './logs.ts'

/** After so many ends in a row, the instance prints the output itself: services would wait for ever otherwise. */
const mostStarts = 5

/** The delay before the log process is started again, in milliseconds; there is none after it ran for long. */
const restarts = { backoff: 20, backoffMax: 1000, jitter: 0, stable: 10_000 }

/** Opens logs in which each line has its source. Where that is impossible, output stays as it is, with one warning. */
export async function openPrintedLogs(format: LogFormat, options: LogsOptions): Promise<Logs> {
  // the run directory may be on a file system without FIFOs
  const { directories = [`${options.run}/logs`, `/dev/shm/ww-logs-${options.bootId}`] } = options
  for (const directory of directories) {
    const fifos = await Fifos.open(directory, options.hooks)
    if (fifos !== null) return new PrintedLogs(format, fifos, options)
  }
  const where = directories.join(' nor ')
  options.log.warn(
    `ww.log.format: output stays plain: cannot make FIFOs in ${where}; add mkfifo to the image`,
  )
  return plainLogs
}

/** Logs that a process of our own prints, which is started again whenever it ends. */
class PrintedLogs implements Logs {
  readonly #format: LogFormat
  readonly #fifos: Fifos
  readonly #options: LogsOptions
  readonly #closed = new AbortController()
  #process: Spawned | null = null
  #isWarned = false
  #isOver = false
  #running: Promise<void>

  constructor(format: LogFormat, fifos: Fifos, options: LogsOptions) {
    this.#format = format
    this.#fifos = fifos
    this.#options = options
    this.#running = this.#run()
  }

  get session(): number | null {
    return this.#process?.pid ?? null
  }

  outputsOf(source: string): Outputs {
    const outputs = this.#closed.signal.aborted ? null : this.#fifos.outputsOf(source)
    if (outputs !== null) return outputs
    if (!this.#isWarned)
      this.#options.log.warn(`ww.log.format: output of ${source} stays plain: no FIFO for it`)
    this.#isWarned = true
    return plainLogs.outputsOf(source)
  }

  ended(source: string): void {
    if (!this.#closed.signal.aborted) this.#fifos.markEnd(source)
  }

  async lastLineOf(source: string): Promise<string | null> {
    return readLastLine(this.#fifos.directory, source)
  }

  async close(ms: number): Promise<void> {
    if (this.#closed.signal.aborted) return
    this.#closed.abort()
    // with all ends closed, one that is started now sees that it is the last one
    this.#fifos.closeWriters()
    const given = new AbortController()
    void this.#running.then(() => given.abort())
    await sleep(ms, given.signal)
    this.#isOver = true
    const { session } = this
    if (session !== null) signalProcess(session, 'SIGKILL')
    rmSync(this.#fifos.directory, { recursive: true, force: true })
  }

  async #run(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const wasClosed = this.#closed.signal.aborted
      const begun = performance.now()
      this.#process = this.#start()
      const end = await this.#process.ended
      this.#process = null
      if (this.#isOver || wasClosed || (this.#closed.signal.aborted && hasSucceeded(end))) return
      if (performance.now() - begun > restarts.stable) attempt = 1
      if (attempt === 1) this.#options.log.warn(`${describeEnd('the log process', end)}; it is started again`)
      if (attempt >= mostStarts) break
      await sleep(backoffDelay(attempt, 0, restarts), this.#closed.signal)
    }
    this.#options.log.warn('the log process ends again and again; the instance prints the output itself')
    const { runLogProcess } = await import('./log-process.ts')
    await runLogProcess({ format: this.#format, directory: this.#fifos.directory, isAlone: false })
  }

  #start(): Spawned {
    const [file = '', ...words] = this.#options.program ?? readProgram()
    const { PATH, TZ } = process.env
    const env = {
      ...(PATH === undefined ? {} : { PATH }),
      ...(TZ === undefined ? {} : { TZ }),
      WW_BOOT_ID: this.#options.bootId,
      // as sh/start has it for the instance
      BUN_JSC_useJIT: '0',
      BUN_JSC_useConcurrentGC: '0',
      BUN_GC_TIMER_INTERVAL: '60000',
    }
    return spawn(file, [...words, 'log', this.#format, this.#fifos.directory], { stdout: 'inherit', env })
  }
}

function hasSucceeded(end: ProcessEnd): boolean {
  return end.kind === 'exited' && end.code === 0
}

/** The words that started this program, without its verb: the loader, the executable. */
function readProgram(): string[] {
  return readFileSync('/proc/self/cmdline', 'utf8').split('\0').slice(0, -2)
}
