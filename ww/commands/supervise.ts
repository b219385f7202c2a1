import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { isLocalOrBearer } from '../http/bearer.ts'
import { describeListenError, type ListenAddress, parseListen } from '../http/listen.ts'
import { type HttpServer, serveRoutes } from '../http/server.ts'
import { findAccount } from '../processes/account.ts'
import { findListeners, findOwner } from '../processes/port-holder.ts'
import { listenToSignals } from '../processes/signals.ts'
import { parseTargets } from '../supervisor/parse-targets.ts'
import { supervisorRoutes } from '../supervisor/routes.ts'
import { Supervisor } from '../supervisor/supervisor.ts'
import { createSupervisorWorld } from '../supervisor/supervisor-world.ts'
import type { TargetConfig } from '../supervisor/target/config.ts'

export const usage = `
Usage: ww supervise CONF [[HOST]:PORT] [--token TOKEN]
       ww supervise --watch | --wait | --monitor | --kill [URL]

Keeps a set of targets running: pings each over HTTP, starts what is down, ends and starts again what
answers with errors. A supervisor may be a target of another one.

  CONF       a JSON file {"http://localhost:8080": "command", …}, or - for no targets at all. Instead
             of the command: {"run", "stop", "env", "cwd", "user", "every": "1s", "timeout": "1s",
             "start_limit": "30s", "stop_limit": "10s", "failures": 1, "requires": ["http://…"],
             "restart": {"limit", "window", "backoff", "backoff_max", "stable"}}
  :PORT      where it answers itself; :7070. / is 200 when all run and 503 until then; /state,
             /metrics; from this machine, or with the token, also /kill, /restart?target=URL and
             /httpStatus?code=N
  --token    lets others than this machine change something (or WW_SUPERVISE_TOKEN)
  --watch    draws the tree of a supervisor (http://localhost:7070) and those below it, as it changes
  --wait     returns when all its targets run
  --monitor  prints their states as stats for the hook monitor; exits 1 when one was given up
  --kill     stops what it has started, and then it; returns when it is gone

  ww supervise targets.json :7070
  curl -H 'accept: text/plain' localhost:7070/state

Exit codes: 0 stopped, 1 the port is taken, 2 wrong usage, 78 bad configuration (nothing was started).
`

const flag = { type: 'boolean', default: false } as const

/** Runs a supervisor until it is asked to stop, or asks one. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { token: { type: 'string' }, watch: flag, wait: flag, monitor: flag, kill: flag },
    allowPositionals: true,
  })
  const token = values.token ?? process.env.WW_SUPERVISE_TOKEN
  if (values.watch || values.wait || values.monitor || values.kill) {
    const { askSupervisor } = await import('./supervise-ask.ts')
    return askSupervisor(values, positionals, token)
  }
  const [file, address = ':7070', ...more] = positionals
  if (file === undefined || more.length > 0)
    throw new UserError('ww supervise takes CONF and a :PORT; see ww supervise --help', exitCode.usage)
  const listen = parseListen(address)
  if (!listen) throw new UserError(`"${address}" is no address such as :7070`, exitCode.usage)
  const targets = file === '-' ? [] : readTargets(file)
  return supervise(targets, listen, token)
}

async function supervise(
  targets: readonly TargetConfig[],
  listen: ListenAddress,
  token: string | undefined,
): Promise<number> {
  const asked = Promise.withResolvers<string>()
  const { WW_SUPERVISE_TOKEN: _, ...env } = process.env
  const supervisor = new Supervisor(targets, createSupervisorWorld(env, log, findNotes(listen)))
  let isAsked = false
  const stop = (reason: string): void => {
    if (isAsked) supervisor.hurry()
    isAsked = true
    asked.resolve(reason)
  }
  listenToSignals({ stop, restart: () => {}, monitorNow: () => {} })
  const routes = supervisorRoutes({
    supervisor,
    mayChange: (request) => isLocalOrBearer(request, token),
    stop: () => setImmediate(stop, '/kill'),
  })
  // nothing is started before the port is ours
  const server = await serve(routes, listen)
  log.info(
    `supervising ${targets.length} ${targets.length === 1 ? 'target' : 'targets'} at ${describe(listen)}`,
  )
  const reason = await Promise.race([asked.promise, supervisor.start()])
  log.info(`stopping: ${reason}`)
  await supervisor.stop()
  await server.close()
  log.info('stopped')
  return exitCode.ok
}

async function serve(routes: Parameters<typeof serveRoutes>[0], listen: ListenAddress): Promise<HttpServer> {
  try {
    return await serveRoutes(routes, { listen, bodyLimit: 1024, warn: log.warn })
  } catch (error) {
    const owner = 'port' in listen ? findOwner(findListeners(listen.port)) : null
    const why = owner ? `${owner.name} (pid ${owner.pid}) has it` : describeListenError(error)
    throw new UserError(`cannot listen at ${describe(listen)}: ${why}`, exitCode.failed, { cause: error })
  }
}

function readTargets(file: string): TargetConfig[] {
  const refuse = (why: string): never => {
    throw new UserError(`cannot use ${file}: ${why}`, exitCode.configuration)
  }
  const targets = parseTargets(parseJson(file, refuse), file)
  for (const { url, cwd, user } of targets) {
    if (cwd !== null && !existsSync(cwd)) refuse(`"${url}".cwd: there is no ${cwd}`)
    if (user !== null && !findAccount(user)) refuse(`"${url}".user: there is no user ${user}`)
  }
  return targets
}

function parseJson(file: string, refuse: (why: string) => never): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

/** Where a supervisor leaves word for the next one at the same address; only its user writes there. */
function findNotes(listen: ListenAddress): string {
  const directory = process.env.WW_RUN || `${tmpdir()}/ww-supervise-${process.getuid?.() ?? 0}`
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return `${directory}/supervise-${encodeURIComponent(describe(listen))}.json`
}

function describe(listen: ListenAddress): string {
  return 'path' in listen ? listen.path : `${listen.host}:${listen.port}`
}
