import { useEffect, useRef } from 'preact/hooks'
import type { ShownEvent } from './instance-page.tsx'
import { kindOf, sayAge, signOf } from './words.ts'

/** So many of the last states are drawn. */
const shown = 40

/** The last states of an instance side by side, each as long as it lasted; a line stands between two boots. */
export function Timeline({ events, now }: { events: readonly ShownEvent[]; now: number }) {
  const list = useRef<HTMLOListElement>(null)
  const newest = events[0]?.id
  // the newest is what one comes for
  useEffect(() => {
    if (newest !== undefined) list.current?.scrollTo({ left: list.current.scrollWidth })
  }, [newest])
  const last = events.slice(0, shown).reverse()
  if (last.length === 0) return <p>No state was told of yet.</p>
  return (
    <ol ref={list} class="timeline" aria-label="States, the newest last">
      {last.map(({ id, state, at, reason, bootId, version }, index) => {
        const next = last[index + 1]
        const until = next ? Date.parse(next.at) : now
        const lasted = new Date(now - Math.max(0, until - Date.parse(at))).toISOString()
        const isFirst = index > 0 && last[index - 1]?.bootId !== bootId
        return (
          <li
            key={id}
            class={`${kindOf(state)} ${isFirst ? 'boot' : ''}`}
            style={{ flexGrow: weigh(until - Date.parse(at)) }}
            title={`${state} for ${sayAge(lasted, now)}: ${reason ?? ''} (version ${version || 'unknown'}, boot ${bootId.slice(0, 8)})`}
          >
            <span aria-hidden="true">{signOf(state)}</span> {state}
            <small>{sayAge(lasted, now)}</small>
          </li>
        )
      })}
    </ol>
  )
}

/** Days and milliseconds on one line: the logarithm of the seconds. */
function weigh(ms: number): number {
  return 1 + Math.log10(1 + Math.max(0, ms) / 1000)
}
