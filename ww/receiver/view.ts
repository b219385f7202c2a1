import type { AppView, InstanceRecord, InstanceView } from './model.ts'

/** So many intervals without a word. */
const silent = { late: 2, lost: 4 }

/** An app counts as being stopped for so long after one of its instances has, in milliseconds. */
const stoppingFor = 60_000

/** The states on the way to UP. */
export const comingUp: readonly string[] = ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'RESTARTING']

/** An instance as it is told of at `now`; `stuckAfter` is how long its state may last, in milliseconds, if that is known. */
export function viewInstance(record: InstanceRecord, now: number, stuckAfter: number | null): InstanceView {
  const { bootAt: _, pastBoots, stateSequence, statsSequence, sequence, missing, ...facts } = record
  const silence = judgeSilence(record, now)
  const stuck = stuckAfter !== null && comingUp.includes(record.state) && now - record.since > stuckAfter
  const status = silence === 'lost' ? 'LOST' : silence === 'late' ? 'LATE' : stuck ? 'STUCK' : record.state
  const within = (ms: number): number => record.restarts.filter((at) => at > now - ms).length
  return {
    ...facts,
    host: record.labels.host ?? '',
    since: toIso(record.since),
    heardAt: toIso(record.heardAt),
    statsAt: record.statsAt === null ? null : toIso(record.statsAt),
    silence,
    stuck,
    status,
    restarts: { hour: within(3_600_000), day: within(86_400_000) },
    missing: missing.reduce((sum, [from, to]) => sum + to - from + 1, 0),
  }
}

/** When the view of an instance will be another one by time alone, in milliseconds since the epoch; null for never. */
export function nextChange(record: InstanceRecord, now: number, stuckAfter: number | null): number | null {
  const { heardAt, interval, since, state } = record
  const silences =
    state === 'UP' && interval ? [silent.late, silent.lost].map((n) => heardAt + n * interval) : []
  const stuck = stuckAfter !== null && comingUp.includes(state) ? [since + stuckAfter] : []
  const ahead = [...silences, ...stuck].filter((at) => at >= now)
  // a moment later, so that the limit is passed then
  return ahead.length === 0 ? null : Math.min(...ahead) + 1
}

/**
 * Every app, by name. STARTING when an instance is on its way up; STOPPING when one stopped within a minute and others
 * still run; RUNNING when one is UP; else STOPPED. A failure is an instance that is LOST or in ERROR.
 */
export function viewApps(views: readonly InstanceView[], now: number): AppView[] {
  const apps = Map.groupBy(views, ({ app }) => app)
  return [...apps.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([app, instances]) => {
      const failed = instances.filter(({ status }) => status === 'LOST' || status === 'ERROR')
      const isOptional = ({ labels }: InstanceView): boolean => labels.optional === 'true'
      return {
        app,
        status: judgeApp(instances, now),
        majorFailure: failed.some((instance) => !isOptional(instance)),
        minorFailure: failed.some(isOptional),
        instances: instances.length,
        counts: countBy(instances.map(({ status }) => status)),
      }
    })
}

function judgeApp(instances: readonly InstanceView[], now: number): AppView['status'] {
  const alive = instances.filter(({ silence }) => silence !== 'lost')
  const has = (states: readonly string[]): boolean => alive.some(({ state }) => states.includes(state))
  if (has(comingUp)) return 'STARTING'
  if (!has(['UP'])) return 'STOPPED'
  const isStopping = alive.some(
    ({ state, since }) => state === 'STOPPED' && now - Date.parse(since) < stoppingFor,
  )
  return isStopping ? 'STOPPING' : 'RUNNING'
}

/** Only in UP are pushes due: before it, and while services restart, nothing but the next state is to be heard. */
function judgeSilence({ state, heardAt, interval }: InstanceRecord, now: number): InstanceView['silence'] {
  if (state !== 'UP' || !interval) return null
  const intervals = (now - heardAt) / interval
  return intervals > silent.lost ? 'lost' : intervals > silent.late ? 'late' : null
}

function countBy(words: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(words, (word) => word)
  return Object.fromEntries([...groups].map(([word, all]) => [word, all.length]))
}

function toIso(ms: number): string {
  return new Date(ms).toISOString()
}
