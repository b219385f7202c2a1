import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import type { InstanceView } from '../model.ts'
import { Chart } from './chart.tsx'
import { readClock } from './clock.ts'
import { Facts } from './facts.tsx'
import { read } from './feed.ts'
import { Forget } from './forget.tsx'
import { Timeline } from './timeline.tsx'
import { kindOf, sayAge, signOf } from './words.ts'

/** A state that was entered, as the receiver tells it. */
export type ShownEvent = {
  readonly id: string
  readonly bootId: string
  readonly state: string
  readonly reason?: string
  readonly version: string
  readonly at: string
}

type Numbers = {
  readonly from: number
  readonly to: number
  readonly series: Readonly<Record<string, readonly (readonly [number, number])[]>>
}

/** How far back the charts go, in milliseconds. */
const spans: Readonly<Record<string, number>> = {
  '15 min': 900_000,
  '1 h': 3_600_000,
  '1 d': 86_400_000,
  '7 d': 604_800_000,
}

type InstanceProps = {
  readonly id: string
  readonly view: InstanceView | undefined
  readonly now: number
  /** The address that one came from. */
  readonly back: string
}

const leave = (back: string): void => {
  location.hash = back
}

/** One instance: what it is, its states over time, its numbers, and why each state came. */
export function InstancePage({ id, view, now, back }: InstanceProps) {
  const [events, setEvents] = useState<readonly ShownEvent[]>([])
  const [numbers, setNumbers] = useState<Numbers>({ from: 0, to: 1, series: {} })
  const [span, setSpan] = useState('15 min')
  const [failure, setFailure] = useState<string | null>(null)
  const heard = view?.heardAt

  // whatever is heard of it may be news
  useEffect(() => {
    let current = true
    const load = async (): Promise<void> => {
      const to = readClock()
      const from = to - (spans[span] ?? 0)
      try {
        const [told, news] = await Promise.all([
          read<{ events: ShownEvent[] }>(`/v1/instances/${id}/events?kind=lifecycle&limit=100`),
          read<Numbers>(`/v1/instances/${id}/stats?from=${from}&to=${to}`),
        ])
        if (!current) return
        setEvents(told.events)
        setNumbers(news)
        setFailure(null)
      } catch (error) {
        if (current) setFailure(String(error))
      }
    }
    void load()
    return () => {
      current = false
    }
  }, [id, heard, span])

  // before it is seen, so that no key is lost
  useLayoutEffect(() => {
    const press = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') leave(back)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [back])

  return (
    <main class="instance-page">
      <nav>
        <a href={back}>← the fleet</a>
      </nav>
      <h1>{view?.instance ?? decodeURIComponent(id)}</h1>
      {view ? <Facts view={view} now={now} /> : <p>This instance is not known, or not told of yet.</p>}
      {view && <Forget view={view} onDone={() => leave(back)} />}
      {failure && <p role="alert">{failure}</p>}
      <h2>States</h2>
      <Timeline events={events} now={now} />
      <h2>
        Stats{' '}
        <select
          value={span}
          aria-label="How far back"
          onChange={({ currentTarget }) => setSpan(currentTarget.value)}
        >
          {Object.keys(spans).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </h2>
      {Object.keys(numbers.series).length === 0 && <p>No numbers in this time.</p>}
      <div class="charts">
        {Object.entries(numbers.series).map(([name, points]) => (
          <Chart key={name} name={name} points={points} from={numbers.from} to={numbers.to} now={now} />
        ))}
      </div>
      <h2>Events</h2>
      <table class="events">
        <thead>
          <tr>
            <th>When</th>
            <th>State</th>
            <th>Why</th>
            <th>Boot</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td title={event.at}>{sayAge(event.at, now)} ago</td>
              <td class={kindOf(event.state)}>
                <span aria-hidden="true">{signOf(event.state)}</span> {event.state}
              </td>
              <td>{event.reason}</td>
              <td title={event.bootId}>{event.bootId.slice(0, 8)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  )
}
