import { useEffect, useState } from 'preact/hooks'
import { type Connection, followStream } from './feed.ts'
import { FleetPage } from './fleet-page.tsx'
import { applyMessage, emptyFleet } from './fleet-state.ts'
import { InstancePage } from './instance-page.tsx'
import { Lock } from './lock.tsx'
import { initialSelection } from './selection.ts'
import { sayAge } from './words.ts'

/** The whole page: the fleet, or one instance, as the address says. */
export function App() {
  const [fleet, setFleet] = useState(emptyFleet)
  const [connection, setConnection] = useState<Connection>({ state: 'connecting', since: Date.now() })
  const [selection, setSelection] = useState(initialSelection)
  const [attempt, setAttempt] = useState(0)
  const now = useNow()
  const id = useInstanceId()

  // a token that was given is an attempt of its own
  useEffect(
    () =>
      followStream({
        onMessage: (message) => setFleet((before) => applyMessage(before, message)),
        onConnection: (next) => setConnection((before) => (before.state === next.state ? before : next)),
      }),
    [attempt],
  )
  if (connection.state === 'locked') return <Lock onUnlocked={() => setAttempt(attempt + 1)} />
  const view = id === null ? undefined : fleet.instances.get(id)
  return (
    <>
      <header class="top">
        <a class="name" href="#/">
          whaleware fleet
        </a>
        <output class={`connection ${connection.state}`} aria-live="polite">
          {sayConnection(connection)}
          {connection.state === 'away' && (
            // not read aloud once a second
            <span aria-hidden="true"> for {sayAge(connection.since, now)}; trying again</span>
          )}
        </output>
      </header>
      {id === null ? (
        <FleetPage fleet={fleet} now={now} selection={selection} onSelect={setSelection} />
      ) : (
        <InstancePage key={id} id={id} view={view} now={now} />
      )}
    </>
  )
}

function sayConnection({ state }: Connection): string {
  if (state === 'live') return '● live'
  return state === 'connecting' ? '◌ connecting' : '✕ no connection'
}

/** The time, once a second, so that every age goes on. */
function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** The instance that the address names, as `#/instances/ID`. */
function useInstanceId(): string | null {
  const read = (): string | null => /^#\/instances\/(.+)$/.exec(location.hash)?.[1] ?? null
  const [id, setId] = useState(read)
  useEffect(() => {
    const change = (): void => setId(read())
    addEventListener('hashchange', change)
    return () => removeEventListener('hashchange', change)
  }, [])
  return id
}
