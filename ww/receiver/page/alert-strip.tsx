import { useEffect, useState } from 'preact/hooks'
import { addressOf } from './address.ts'
import { read } from './feed.ts'
import { termOf } from './search.ts'
import { usualSelection } from './selection.ts'
import { sayAge } from './words.ts'

type Group = {
  readonly rule: string
  readonly summary: string
  readonly cause: { readonly kind: 'host' | 'version' | 'app'; readonly value: string } | null
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
      {groups.map((group) => (
        <li key={`${group.rule} ${group.summary}`}>
          <span aria-hidden="true">▲</span> <a href={linkTo(group)}>{group.summary}</a> since{' '}
          {sayAge(group.since, now)}
          <small> {group.rule}</small>
        </li>
      ))}
    </ul>
  )
}

/** The one instance, or what all of them have in common. */
function linkTo({ ids, cause }: Group): string {
  if (ids.length === 1) return `#/instances/${ids[0]}`
  const { kind, value } = cause ?? { kind: 'version', value: '' }
  // the version of a cause has its app before it
  const search = kind === 'version' ? value : termOf(kind, value)
  return addressOf({ ...usualSelection, search })
}
