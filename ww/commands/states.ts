import { parseArgs } from 'node:util'
import { parseDuration } from '../base/duration.ts'
import { exitCode, UserError } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { listenToSignals } from '../processes/signals.ts'
import type { Question } from '../states/client.ts'

export const usage = `
Usage: ww states [--chart FILE] [--data DIR | --store URL] [--host HOST] [--port PORT] [--token NAME=TOKEN]…
       ww states wait URL STATE [--timeout 30s]
       ww states done URL STATE [--event NAME] [--key KEY] [--token TOKEN] [--timeout 30s]

Serves state machines over HTTP, so that tasks on one or many machines happen in sequence: each asks "is
it my turn?" and says "I am done".

  --chart FILE    the machine of /state, a chart in YAML; alone, the file itself is kept up to date
  --data DIR      keeps every machine in DIR/NAME.yaml, and leaves the chart as it is
  --store URL     keeps the machines in an engine, for several replicas: etcd://host:2379
  --host HOST     where to listen: 127.0.0.1; any other than this machine needs a token
  --port PORT     5000
  --token NAME=TOKEN, --token-file FILE, WW_STATES_TOKENS
                  who may change machines

  wait            until STATE is current. URL is the service's, or that of a machine:
                  http://host:5000/machines/NAME. Exits 1 when the time is over; without one it waits on
  done            says that STATE is done, once however often the answer is lost. The token may be in
                  WW_STATES_TOKEN; --key makes it count once for several calls too

  ww states --chart states.yaml &
  ww states wait localhost:5000 green_state --timeout 10m && work && ww states done localhost:5000 green_state
`

/** Serves machines, or asks a service that does. */
export async function run(args: string[]): Promise<number> {
  if (args[0] === 'wait') return wait(args.slice(1))
  if (args[0] === 'done') return done(args.slice(1))
  return serve(args)
}

async function serve(args: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: {
      ...{ chart: text, data: text, store: text, 'token-file': text },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '5000' },
      token: { type: 'string', multiple: true, default: [] },
    },
  })
  const { host, chart, data, store: engine } = values
  // the service is more than a hook that waits for its turn needs to load
  const { checkExposure, openStore, readTokens, serveStates } = await import('../states/serve.ts')
  const tokens = readTokens(values.token, values['token-file'], process.env.WW_STATES_TOKENS)
  checkExposure(host, tokens)
  const port = readPort(values.port)
  const stopped = new Promise<string>((resolve) => {
    listenToSignals({ stop: resolve, restart: () => {}, monitorNow: () => {} })
  })
  const store = await openStore({ chart, data, store: engine }, log.warn)
  const server = await serveStates(store, { host, port, tokens, warn: log.warn })
  log.info(`serving state machines at ${server.url}`)
  log.info(`stopping: ${await stopped}`)
  await server.close()
  return exitCode.ok
}

async function wait(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { timeout: { type: 'string' } },
    allowPositionals: true,
  })
  const { waitForState } = await import('../states/client.ts')
  const question = readQuestion('wait', positionals, values.timeout, Number.POSITIVE_INFINITY)
  const reason = await waitForState(question)
  if (reason === null) return exitCode.ok
  const time = values.timeout === undefined ? '' : ` within ${values.timeout}`
  throw new UserError(`${question.state} did not come${time}: ${reason}`)
}

async function done(args: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args,
    options: { timeout: text, event: text, key: text, token: text },
    allowPositionals: true,
  })
  const { reportDone } = await import('../states/client.ts')
  const { event, key, token = process.env.WW_STATES_TOKEN } = values
  const question = readQuestion('done', positionals, values.timeout, 30_000)
  const reason = await reportDone({ ...question, event, key, token })
  if (reason === null) return exitCode.ok
  throw new UserError(`${question.state} could not be reported as done: ${reason}`)
}

function readQuestion(
  verb: string,
  [url, state, ...more]: string[],
  timeout: string | undefined,
  otherwise: number,
): Question {
  if (url === undefined || state === undefined || more.length > 0)
    throw new UserError(
      `ww states ${verb} takes a URL and a STATE: ww states ${verb} localhost:5000 green_state`,
      exitCode.usage,
    )
  const limit = timeout === undefined ? otherwise : parseDuration(timeout)
  if (limit === null)
    throw new UserError(`--timeout takes a duration such as 30s, not "${timeout}"`, exitCode.usage)
  return { url, state, limit }
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535))
    throw new UserError(`--port takes a number up to 65535, not "${text}"`, exitCode.usage)
  return port
}
