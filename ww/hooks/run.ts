import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs'
import type { HookCall, HookResult } from '../lifecycle/world.ts'
import { endGroup } from '../processes/group.ts'
import { describeExit, type Ended, type Spawned, spawn, spawnWithInput } from '../processes/spawn.ts'
import { inspectHook } from './file.ts'

/** What running hooks needs to know. */
export type HookRunner = {
  readonly hooks: string
  readonly run: string
  /** Milliseconds from SIGTERM to SIGKILL. */
  readonly killAfter: number
  /** Aborted when no ending may wait any more. */
  readonly hurry: AbortSignal
  environment(call: Omit<HookCall, 'limit'>): NodeJS.ProcessEnv
  /** Told of each process group when it begins, and again when it has ended. */
  onGroup?(group: number, running: boolean): void
}

/** The most that is read of a captured output. */
const outputLimit = 1024 * 1024

/**
 * Runs a hook in its own process group under its time limit. Its output goes straight to the container's, unless it
 * is captured: then to a file, because a daemon left behind would keep a pipe open, or die of a closed one.
 */
export async function runHook(runner: HookRunner, call: HookCall, signal: AbortSignal): Promise<HookResult> {
  const path = `${runner.hooks}/${call.name}`
  const file = inspectHook(path)
  if (file.kind === 'blank')
    return { outcome: 'absent', summary: `${call.name} has nothing to do`, output: '' }
  if (file.kind === 'broken')
    return { outcome: 'failed', summary: `cannot run ${call.name}: ${file.reason}`, output: '' }
  if (signal.aborted) return { outcome: 'aborted', summary: `${call.name} was not begun`, output: '' }
  const capture = call.capture ? openCapture(runner.run) : null
  try {
    const options = { stdout: capture ?? 'inherit', env: runner.environment(call) } as const
    const { args = [], input } = call
    const child =
      input === undefined
        ? spawn(path, args, options)
        : await spawnWithInput(path, args, { ...options, input })
    const ended = await endOf(runner, call, child, capture, signal)
    return { ...ended, output: capture === null ? '' : readCapture(capture) }
  } finally {
    if (capture !== null) closeSync(capture)
  }
}

async function endOf(
  runner: HookRunner,
  call: HookCall,
  child: Spawned,
  capture: number | null,
  signal: AbortSignal,
): Promise<Omit<HookResult, 'output'>> {
  const { group } = child
  if (group === undefined) return describeEnd(call, await child.ended)
  runner.onGroup?.(group, true)
  let endedBy: 'timeout' | 'aborted' | 'flood' | null = null
  let ending: Promise<unknown> | null = null
  const end = (why: NonNullable<typeof endedBy>): void => {
    if (endedBy) return
    endedBy = why
    ending = endGroup(group, 'SIGTERM', call.killAfter ?? runner.killAfter, runner.hurry)
  }
  const abort = (): void => end('aborted')
  const limit = setTimeout(() => end('timeout'), call.limit)
  const flood = capture === null ? undefined : setInterval(() => isFlooded(capture) && end('flood'), 250)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  const result = await child.ended
  clearTimeout(limit)
  clearInterval(flood)
  signal.removeEventListener('abort', abort)
  await ending
  runner.onGroup?.(group, false)
  if (endedBy === 'aborted') return { outcome: 'aborted', summary: `${call.name} was ended` }
  if (endedBy === 'timeout')
    return { outcome: 'timeout', summary: `${call.name} failed: it took longer than ${call.limit / 1000} s` }
  if (endedBy === 'flood' || (capture !== null && isFlooded(capture))) {
    return { outcome: 'failed', summary: `${call.name} failed: it printed more than 1 MiB` }
  }
  return describeEnd(call, result)
}

function describeEnd(call: Pick<HookCall, 'name'>, result: Ended): Omit<HookResult, 'output'> {
  if (result.exitCode === 0) return { outcome: 'ok', summary: `${call.name} succeeded` }
  const outcome = result.exitCode === 125 ? 'refused' : 'failed'
  return { outcome, summary: `${call.name} failed: ${describeExit(result)}` }
}

function openCapture(run: string): number {
  const path = `${run}/captured.${process.pid}.${Date.now()}`
  const file = openSync(path, 'wx+', 0o600)
  rmSync(path)
  return file
}

function isFlooded(file: number): boolean {
  return fstatSync(file).size > outputLimit
}

function readCapture(file: number): string {
  const buffer = Buffer.alloc(Math.min(fstatSync(file).size, outputLimit))
  readSync(file, buffer, 0, buffer.length, 0)
  return buffer.toString('utf8').trim()
}
