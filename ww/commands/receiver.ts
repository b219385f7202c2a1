import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseDuration } from '../base/duration.ts'
import { exitCode, UserError } from '../base/errors.ts'
import { log } from '../base/log.ts'
import type { Tls } from '../http/server.ts'
import { listenToSignals } from '../processes/signals.ts'
import type { AlertSettings } from '../receiver/alert-rules.ts'
import { Keys, readKeys } from '../receiver/keys.ts'
import { usualLimits } from '../receiver/limits.ts'
import { openStore } from '../receiver/open-store.ts'
import { pageRoutes } from '../receiver/page-routes.ts'
import { describePlace } from '../receiver/place.ts'
import { checkExposure, serveReceiver } from '../receiver/serve.ts'

export const usage = `
Usage: ww receiver [--host HOST] [--port PORT] [--db FILE] [--key KEY]… [--read-token TOKEN]…
       ww receiver top [URL] [--token TOKEN] [--once]

Takes what instances report (ww.notify.url: http://HOST:PORT/v1/events), keeps it, and shows the whole
fleet on one live page.

  --host HOST        where to listen: 127.0.0.1; any other than this machine needs a key
  --port PORT        7000
  --db FILE          where to keep it: whaleware-fleet.db, which is made when it is not there; or in PostgreSQL,
                     postgres://user:password@host/database, which several receivers may share
  --key KEY, --key-file FILE, WW_RECEIVER_KEYS
                     who may report: a Standard Webhooks secret (whsec_…) or a bearer token; several at
                     once, so that they can be changed one after the other
  --read-token TOKEN, --read-token-file FILE, WW_RECEIVER_READ_TOKENS
                     who may read and see the page; everybody who reaches it without one
  --alerts FILE      rules of what to alert about, and webhooks to tell (docs/alerts.md); without it the
                     usual rules, which GET /v1/alerts shows
  --tls-cert FILE, --tls-key FILE
                     serve https
  --keep-stats 1d, --keep-minutes 30d, --keep-hours 365d
                     stats one by one for so long, then a mean a minute, then a mean an hour
  --keep-events 90d, --keep-instances 90d, --keep-bytes 2000000000
                     states, instances that say nothing, and all of it together
  --limit-body 4194304, --limit-batch 10000, --limit-rate 10000, --limit-instances 50000
                     bytes and events of a request, events of an instance a minute, instances

  top                shows the fleet of a receiver (http://localhost:7000) in the terminal, trouble first

  ww receiver &
  docker run --network host -e CFG='{"ww": {"notify": {"url": "http://127.0.0.1:7000/v1/events"}}}' my-image
  curl -d UP localhost:7000/v1/instances/backup/state

Exit codes: 0 stopped, 1 the port is taken, 2 wrong usage, 78 bad configuration.
`

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true, default: [] as string[] } as const

const options = {
  ...{ host: { ...text, default: '127.0.0.1' }, port: { ...text, default: '7000' } },
  db: { ...text, default: 'whaleware-fleet.db' },
  ...{ key: list, 'key-file': text, 'read-token': list, 'read-token-file': text },
  alerts: text,
  ...{ 'tls-cert': text, 'tls-key': text },
  ...{ 'keep-stats': { ...text, default: '1d' }, 'keep-minutes': { ...text, default: '30d' } },
  ...{ 'keep-hours': { ...text, default: '365d' }, 'keep-events': { ...text, default: '90d' } },
  ...{ 'keep-instances': { ...text, default: '90d' }, 'keep-bytes': { ...text, default: '2000000000' } },
  ...{ 'limit-body': text, 'limit-batch': text, 'limit-rate': text, 'limit-instances': text },
} as const

/** Receives until it is asked to stop. */
export async function run(args: string[]): Promise<number> {
  if (args[0] === 'top') return (await import('./receiver-top.ts')).runTop(args.slice(1))
  const { values } = parseArgs({ args, options })
  const count = (name: keyof typeof options, otherwise?: number): number =>
    readCount(name, String(values[name] ?? otherwise))
  const time = (name: keyof typeof options): number => readTime(name, String(values[name]))
  const keys = new Keys(
    readKeys([...values.key, ...split(process.env.WW_RECEIVER_KEYS)], values['key-file']),
    readKeys(
      [...values['read-token'], ...split(process.env.WW_RECEIVER_READ_TOKENS)],
      values['read-token-file'],
    ),
  )
  const { host } = values
  checkExposure(host, keys)
  const alerts = values.alerts === undefined ? undefined : await readAlertsIn(values.alerts)
  const settings = {
    ...{ host, port: count('port'), tls: readTls(values['tls-cert'], values['tls-key']), keys },
    ...(alerts && { alerts }),
    limits: {
      body: count('limit-body', usualLimits.body),
      batch: count('limit-batch', usualLimits.batch),
      rate: count('limit-rate', usualLimits.rate),
      instances: count('limit-instances', usualLimits.instances),
    },
    retention: {
      ...{ stats: time('keep-stats'), minutes: time('keep-minutes'), hours: time('keep-hours') },
      ...{ events: time('keep-events'), instances: time('keep-instances'), bytes: count('keep-bytes') },
    },
    ...{ more: pageRoutes(), warn: log.warn },
  }
  const stopped = new Promise<string>((resolve) => {
    listenToSignals({ stop: resolve, restart: () => {}, monitorNow: () => {} })
  })
  const receiver = await serveReceiver(await openStore(values.db, log.warn), settings)
  log.info(
    `receiving at ${receiver.url}/v1/events, showing at ${receiver.url}/, keeping in ${describePlace(values.db)}`,
  )
  log.info(`stopping: ${await stopped}`)
  await receiver.close()
  return exitCode.ok
}

async function readAlertsIn(file: string): Promise<AlertSettings> {
  const { readAlerts } = await import('../receiver/read-alerts.ts')
  return readAlerts(file)
}

function split(words: string | undefined): string[] {
  return (words ?? '').split(/[\s,]+/).filter((word) => word !== '')
}

function readCount(name: string, value: string): number {
  if (!/^\d{1,15}$/.test(value))
    throw new UserError(`--${name} takes a whole number, not "${value}"`, exitCode.usage)
  return Number(value)
}

function readTime(name: string, value: string): number {
  const ms = parseDuration(value)
  if (ms === null)
    throw new UserError(`--${name} takes a duration such as 30d, not "${value}"`, exitCode.usage)
  return ms
}

function readTls(cert: string | undefined, key: string | undefined): Tls | null {
  if (cert === undefined && key === undefined) return null
  if (cert === undefined || key === undefined)
    throw new UserError('--tls-cert and --tls-key go together', exitCode.usage)
  const refuse = (why: string): UserError =>
    new UserError(`cannot use the certificate ${cert} with ${key}: ${why}`, exitCode.configuration)
  try {
    const tls = { cert: readFileSync(cert), key: readFileSync(key) }
    // not only when the first one connects: a key of another certificate, a file that is neither
    if (new X509Certificate(tls.cert).checkPrivateKey(createPrivateKey(tls.key))) return tls
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error))
  }
  throw refuse('the key is not the one of the certificate')
}
