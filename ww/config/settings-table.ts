import { requirements } from './requirement-kind.ts'
import { schedules } from './schedule-kind.ts'
import type { Section } from './section.ts'
import { readServices } from './services-kind.ts'
import {
  address,
  count,
  duration,
  flag,
  fraction,
  oneOf,
  positiveDuration,
  secret,
  signal,
  text,
  textMap,
  url,
  webhookSecret,
} from './setting-kinds.ts'

const logFormat = oneOf(['plain', 'prefix', 'json'])

/**
 * The table of whaleware's own settings, the key `ww` of the configuration: the only place to edit for another one.
 * Each line is its key, what it may be, its default as a user writes it, and its description. The type `Settings`,
 * the messages, the JSON Schema, the README's table and the completion of key paths all derive from it.
 */
export function readTable(ww: Section, hostname: string) {
  const timeouts = ww.section('timeouts', (section) => ({
    boot: section.setting('boot', positiveDuration, '5m', 'time limit of the hook `boot`'),
    firstboot: section.setting('firstboot', positiveDuration, '1h', 'time limit of `firstboot`'),
    upgrade: section.setting('upgrade', positiveDuration, '1h', 'time limit of `upgrade`'),
    svcup: section.setting('svcup', positiveDuration, '5m', 'time limit of `svcup`'),
    warmup: section.setting(
      'warmup',
      positiveDuration,
      '10m',
      'time limit of `warmup` and the first `monitor`',
    ),
    monitor: section.setting('monitor', positiveDuration, '20s', 'time limit of `monitor`'),
    pushstats: section.setting('pushstats', positiveDuration, '20s', 'time limit of `pushstats`'),
    lifecycle: section.setting('lifecycle', positiveDuration, '20s', 'time limit of `lifecycle`'),
    drain: section.setting('drain', positiveDuration, '5s', 'time limit of `drain`'),
    ready: section.setting('ready', positiveDuration, '30s', 'limit of WARMUP for non-essential services'),
    svcdown: section.setting(
      'svcdown',
      positiveDuration,
      '1m',
      'limit of `svcdown`, and of stopping `serve`',
    ),
    reload: section.setting('reload', positiveDuration, '1m', 'time limit of `reload`'),
    scheduled: section.setting('scheduled', positiveDuration, '1h', 'time limit of hooks on a schedule'),
  }))
  return {
    app: ww.setting('app', text, 'app', 'name of the application in the image (or the variable WW_APP)'),
    instance:
      ww.optional('instance', text, 'name of the container; default: its host name (or WW_INSTANCE)') ??
      hostname,
    version: ww.setting('version', text, '', 'version of the image, for `upgrade` (or WW_VERSION)'),
    labels: ww.setting('labels', textMap, {}, 'sent with every event'),
    timeouts,
    killAfter: ww.setting('kill_after', duration, '2s', 'from SIGTERM to SIGKILL for a hook past its limit'),
    monitor: ww.section('monitor', (section) => ({
      every: section.setting('every', positiveDuration, '30s', 'interval of `monitor` in UP'),
      failures: section.setting('failures', count, 1, 'failures in a row before the services are restarted'),
    })),
    restart: ww.section('restart', (section) => {
      section.obsolete('warmup', flag, 'has no effect any longer, because a restart is as warm as a boot')
      return {
        limit: section.setting('limit', count, 5, 'restarts allowed per window; one more leads to ERROR'),
        window: section.setting('window', positiveDuration, '10m', 'window of the limit'),
        backoff: section.setting(
          'backoff',
          duration,
          '1s',
          'delay before the second restart in a row; doubles with each further one',
        ),
        backoffMax: section.setting('backoff_max', duration, '1m', 'longest delay'),
        jitter: section.setting(
          'jitter',
          fraction,
          0.2,
          'largest part of the delay that is removed at random',
        ),
        stable: section.setting(
          'stable',
          duration,
          '1m',
          'time in UP after which the next restart has no delay',
        ),
      }
    }),
    requires: ww.setting(
      'requires',
      requirements,
      [],
      'what must respond before `svcup`: `tcp://host:port`, `http://…`, `file:/path`, `exec:command`',
    ),
    requiresTimeout: ww.setting('requires_timeout', positiveDuration, '5m', 'time limit of `ww.requires`'),
    stop: ww.section('stop', (section) => ({
      grace: section.setting('grace', positiveDuration, '9s', 'limit of a stop; Docker kills after 10 s'),
      sweep: section.setting('sweep', duration, '1s', 'time within the grace period reserved for the sweep'),
      announce: section.setting(
        'announce',
        duration,
        '500ms',
        'time within the grace period reserved for the final announcement',
      ),
    })),
    serve: ww.section('serve', (section) => ({
      signal: section.setting('signal', signal, 'SIGTERM', 'older name of `ww.services.serve.signal`'),
    })),
    services: readServices(ww),
    reload: ww.section('reload', (section) => ({
      on: section.setting(
        'on',
        oneOf(['request', 'file']),
        'request',
        '`file`: the configuration is read again when one of its files changes',
      ),
    })),
    schedule: ww.setting(
      'schedule',
      schedules(timeouts.scheduled),
      {},
      'hook to cron expression, or to `{"cron", "splay", "timeout", "timezone"}`',
    ),
    notify: ww.section('notify', (section) => ({
      url: section.optional('url', url, 'receiver of events and stats for which there is no hook'),
      secret: section.optional('secret', webhookSecret, 'signs events (Standard Webhooks, `whsec_…`)'),
      token: section.optional('token', secret, 'bearer token sent with events'),
      timeout: section.setting('timeout', positiveDuration, '10s', 'time limit of one request'),
      backoff: section.setting(
        'backoff',
        duration,
        '1s',
        'delay before a failed request is retried; doubles',
      ),
      backoffMax: section.setting('backoff_max', duration, '1m', 'longest delay'),
      keep: section.setting(
        'keep',
        count,
        10_000,
        'events stored while the receiver is unavailable; the oldest stats are dropped first',
      ),
    })),
    listen: ww.optional('listen', address, '`host:port` or `:port` of `/livez /readyz /state /metrics`'),
    log: ww.section('log', (section) => ({
      format: section.setting('format', logFormat, 'plain', '`prefix`, `json`: lines have time and source'),
    })),
    onError: ww.setting(
      'on_error',
      oneOf(['exit', 'hold']),
      'exit',
      '`hold`: the container stays after ERROR',
    ),
    allowDowngrade: ww.setting('allow_downgrade', flag, false, 'use /data that a newer version has used'),
  }
}
