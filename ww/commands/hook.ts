import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { statLink } from '../base/private-directory.ts'
import { formatDuration } from '../base/text.ts'
import type { Settings } from '../config/settings.ts'
import { listHooks } from '../hooks/file.ts'
import { parseTimeout } from '../instance/steer.ts'
import type { HookResult } from '../lifecycle/hook.ts'
import { describeHook, succeeded } from '../lifecycle/outcome.ts'
import { findHookInstance } from './hook-instance.ts'
import { endSignals, runNow } from './hook-run.ts'

export const usage = `
Usage: ww hook NAME [ARGUMENTS] [--timeout DURATION] [--force] [-q]
Runs one hook now, with the environment that the instance gives to its hooks; the output passes through. The
hook is a child of this command, not of the instance: it runs in every state, also in HELD or when the
instance hangs, and how it ends changes no state. Ctrl-C ends it. firstboot and upgrade wait for the lock on
/data as a boot does, and mark /data when they succeed.
  --timeout DURATION   limit (default: that of the hook in ww.timeouts or ww.schedule)
  --force              run firstboot although /data is initialised
  -q, --quiet          no line on success
  -- ARGUMENTS         arguments of the hook that begin with -
Examples:
  ww hook backup
  ww hook backup --timeout 10m -- --full
Exit codes: 0 the hook succeeded, 1 it failed or could not be run, 2 no such hook, 130 ended by Ctrl-C.
`

/** Runs a hook in this process: an instance that hangs would not run it. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      timeout: { type: 'string' },
      force: { type: 'boolean' },
      quiet: { type: 'boolean', short: 'q' },
    },
  })
  const [name, ...words] = positionals
  if (name === undefined) throw new UserError('no hook; write ww hook NAME', exitCode.usage)
  const timeout = parseTimeout(values.timeout)
  const force = values.force === true
  if (force && name !== 'firstboot')
    throw new UserError('--force is for firstboot alone; remove it', exitCode.usage)
  const instance = await findHookInstance(process.env)
  requireHook(instance.directories.hooks, name)
  const ms = timeout ?? limitOf(instance.settings, name)
  const began = performance.now()
  const { ended, endedBy } = await runNow(instance, { name, args: words, ms, force })
  if (endedBy !== null) {
    const spent = formatDuration(performance.now() - began)
    const facts = [`${name} was ended by ${endedBy} after ${spent}`, ended?.mark ?? '']
    process.stderr.write(`ww hook: ${facts.filter(Boolean).join('; ')}\n`)
    return 128 + endSignals[endedBy]
  }
  if (ended === null) throw new UserError(`${name} was not run`)
  const text = describeResult(name, ended.result, ended.mark)
  if (!succeeded(ended.result)) throw new UserError(text)
  if (!values.quiet) process.stderr.write(`ww hook: ${text}\n`)
  return exitCode.ok
}

/** Refuses what is no hook, with what was probably meant, and services, which only the instance runs. */
function requireHook(directory: string, name: string): void {
  const isService = (hook: string): boolean => /^serve(-.|$)/.test(hook)
  const present = listHooks(directory).filter((hook) => !hook.startsWith('.'))
  if (isService(name) || (!present.includes(name) && present.includes(`serve-${name}`)))
    throw new UserError(
      `cannot run ${name}: it is a service, which the instance runs; use ww restart ${name}`,
      exitCode.usage,
    )
  // not a path, which could leave the directory
  if (present.includes(name) && statLink(`${directory}/${name}`) !== null) return
  const others = present.filter((hook) => !isService(hook))
  const meant = others.find((hook) => hook === `oneshot-${name}`) ?? nearest(name, others)
  const hint = meant === undefined ? `${directory} has none of that name` : `did you mean ${meant}?`
  throw new UserError(`no hook "${name}"; ${hint}`, exitCode.usage)
}

/** The limit under which the instance would run a hook, in milliseconds. */
function limitOf({ timeouts, schedule }: Pick<Settings, 'timeouts' | 'schedule'>, name: string): number {
  const own = Object.entries(timeouts).find(([hook]) => hook === name && hook !== 'scheduled')
  if (own) return own[1]
  const scheduled = Object.entries(schedule).find(([hook]) => hook === name)
  return scheduled?.[1].timeout ?? (/^oneshot-./.test(name) ? timeouts.svcup : timeouts.scheduled)
}

/** `backup succeeded in 41 s`, or `upgrade exited with code 3 after 12 ms; the instance is unaffected`. */
function describeResult(name: string, result: HookResult, mark: string): string {
  if (result.kind === 'absent')
    return [`${name} is blank: there was nothing to do`, mark].filter(Boolean).join('; ')
  const sentence = describeHook(name, result)
  const spent = formatDuration(result.ms)
  if (succeeded(result)) return [`${sentence} in ${spent}`, mark].filter(Boolean).join('; ')
  if (result.kind === 'ended' && result.end.kind === 'unrunnable') return sentence
  const effect = mark === '' ? 'the instance is unaffected' : mark
  return `${sentence}${result.kind === 'ended' ? ` after ${spent}` : ''}; ${effect}`
}
