import type { InstanceView } from '../model.ts'
import { kindOf, sayAge, signOf } from './words.ts'

/** What is known of an instance now, and how old each of it is. */
export function Facts({ view, now }: { view: InstanceView; now: number }) {
  const facts: readonly (readonly [string, string])[] = [
    ['for', sayAge(view.since, now)],
    ['why', view.reason],
    ['before', view.previous ?? ''],
    ['heard', `${sayAge(view.heardAt, now)} ago`],
    ['stats', view.statsAt === null ? 'none yet' : `${sayAge(view.statsAt, now)} ago`],
    ['app', view.app],
    ['version', view.version],
    ['host', view.host],
    ['configuration', view.configHash],
    ['boot', view.bootId],
    ['restarts', `${view.restarts.hour} in the last hour, ${view.restarts.day} in a day`],
    ['lost events', view.missing === 0 ? '' : String(view.missing)],
    [
      'labels',
      Object.entries(view.labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ],
  ]
  return (
    <>
      <p class={`now ${kindOf(view.status)}`}>
        <span aria-hidden="true">{signOf(view.status)}</span> {view.status}
      </p>
      <dl class="facts">
        {facts
          .filter(([, text]) => text !== '')
          .map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
    </>
  )
}
