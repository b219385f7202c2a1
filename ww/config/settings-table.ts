import type { JsonValue } from './json.ts'

/**
 * What a setting may hold. `duration` is text such as `30s`, `limit` one longer than nothing; `map` is an object whose
 * values are the author's; `secret` is text that no error shows.
 */
export type Kind =
  | 'text'
  | 'secret'
  | 'url'
  | 'address'
  | 'duration'
  | 'limit'
  | 'count'
  | 'fraction'
  | 'flag'
  | 'list'
  | 'map'
  | 'signal'
  | 'on_error'

/** One setting under the key `ww`: its key path, kind, default as a user would write it, and what it is for. */
export type Row = readonly [path: string, kind: Kind | 'schedules', fallback: JsonValue, what: string]

/** Every setting of whaleware's own. Null: there is none by default. */
export const settingsTable: readonly Row[] = [
  ['app', 'text', 'app', 'the name of what the image runs (or the variable WW_APP)'],
  ['instance', 'text', null, 'the name of this container; its host name by default (or WW_INSTANCE)'],
  ['version', 'text', '', 'the version of the image, for `upgrade` (or WW_VERSION)'],
  ['labels', 'map', {}, 'sent with every event'],
  ['timeouts.boot', 'limit', '5m', 'time limit of the hook `boot`'],
  ['timeouts.firstboot', 'limit', '1h', 'time limit of `firstboot`'],
  ['timeouts.upgrade', 'limit', '1h', 'time limit of `upgrade`'],
  ['timeouts.svcup', 'limit', '5m', 'time limit of `svcup`'],
  ['timeouts.warmup', 'limit', '10m', 'time limit of `warmup`'],
  ['timeouts.monitor', 'limit', '20s', 'time limit of `monitor`'],
  ['timeouts.pushstats', 'limit', '20s', 'time limit of `pushstats`'],
  ['timeouts.lifecycle', 'limit', '20s', 'time limit of `lifecycle`'],
  ['timeouts.drain', 'limit', '5s', 'time limit of `drain`'],
  ['timeouts.svcdown', 'limit', '1m', 'time limit of `svcdown`, and of ending `serve`'],
  ['timeouts.scheduled', 'limit', '1h', 'time limit of hooks on a schedule'],
  ['kill_after', 'duration', '2s', 'from SIGTERM to SIGKILL for a hook past its limit'],
  ['monitor.every', 'limit', '30s', 'how often `monitor` runs in UP'],
  ['monitor.failures', 'count', 1, 'failures in a row before the services are restarted'],
  ['restart.limit', 'count', 5, 'restarts per window; one more is ERROR'],
  ['restart.window', 'limit', '10m', 'the window of the limit'],
  [
    'restart.backoff',
    'duration',
    '1s',
    'delay before the second restart in a row; doubles with each further one',
  ],
  ['restart.backoff_max', 'duration', '1m', 'the longest delay'],
  ['restart.jitter', 'fraction', 0.2, 'up to this part of the delay is taken off at random'],
  ['restart.stable', 'duration', '1m', 'UP for this long, and the next restart is a first one again'],
  ['restart.warmup', 'flag', false, 'run `warmup` after a restart too'],
  [
    'requires',
    'list',
    [],
    'waited for before `svcup`: `tcp://host:port`, `http://…`, `file:/path`, `exec:command`',
  ],
  ['requires_timeout', 'limit', '5m', 'how long'],
  ['stop.grace', 'limit', '9s', 'all of a stop fits in it; Docker kills after 10 s'],
  ['stop.sweep', 'duration', '1s', 'of it, reserved for ending what is left over'],
  ['stop.announce', 'duration', '500ms', 'of it, reserved for telling of STOPPED'],
  ['serve.signal', 'signal', 'SIGTERM', 'what ends `serve`'],
  ['schedule', 'schedules', {}, 'hook to cron expression, or to `{"cron", "splay", "timeout", "timezone"}`'],
  ['notify.url', 'url', null, 'where whaleware posts events and stats when there is no hook for them'],
  ['notify.secret', 'secret', null, 'signs the posts (Standard Webhooks, `whsec_…`)'],
  ['notify.token', 'secret', null, 'bearer token of the posts'],
  ['notify.timeout', 'limit', '10s', 'time limit of one post'],
  ['notify.backoff', 'duration', '1s', 'delay before a failed post is tried again; doubles'],
  ['notify.backoff_max', 'duration', '1m', 'the longest delay'],
  [
    'notify.keep',
    'count',
    10_000,
    'events kept on disk while the receiver is away; the oldest stats go first',
  ],
  ['listen', 'address', null, '`host:port` or `:port` of `/livez /readyz /state /metrics`'],
  ['on_error', 'on_error', 'exit', '`hold` keeps the container for inspection after ERROR'],
  ['allow_downgrade', 'flag', false, 'run on /data that a newer version has used'],
]

/** The table as the README shows it. */
export function drawSettings(): string {
  const cell = (value: unknown): string =>
    value === null ? '' : `\`${typeof value === 'string' ? value || '""' : JSON.stringify(value)}\``
  const rows = settingsTable.map(
    ([path, , fallback, what]) => `| \`ww.${path}\` | ${cell(fallback)} | ${what} |`,
  )
  return ['| setting | default | what it is |', '| --- | --- | --- |', ...rows, ''].join('\n')
}
