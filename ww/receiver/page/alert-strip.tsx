import { useEffect, useState } from 'preact/hooks'
import { read } from './feed.ts'
import { sayAge } from './words.ts'

type Group = {
  readonly rule: string
  readonly summary: string
  readonly since: string
  readonly ids: readonly string[]
}

/** How often it is looked what fires, in milliseconds: as often as the receiver itself looks. */
const pace = 5000

/** What fires, one line a cause, the oldest first; nothing when nothing does. */
export function AlertStrip({ now }: { now: number }) {
  const [groups, setGroups] = useState<readonly Group[]>([])
  useEffect(() => {
    const look = (): void => {
      // when the receiver is away, the head of the page says so
      read<{ groups: Group[] }>('/v1/alerts').then(
        (answer) => setGroups(answer.groups),
        () => {},
      )
    }
    look()
    const timer = setInterval(look, pace)
    return () => clearInterval(timer)
  }, [])
  if (groups.length === 0) return null
  return (
    <ul class="alerts" aria-label="Alerts">
      {groups.map(({ rule, summary, since, ids }) => (
        <li key={`${rule} ${summary}`}>
          <span aria-hidden="true">▲</span> <a href={`#/instances/${ids[0]}`}>{summary}</a> since{' '}
          {sayAge(since, now)}
          <small> {rule}</small>
        </li>
      ))}
    </ul>
  )
}
