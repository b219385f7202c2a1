import { useEffect, useRef, useState } from 'preact/hooks'
import { addressOf, readAddress } from './address.ts'
import { readClock, setClock } from './clock.ts'
import { type Connection, followStream } from './feed.ts'
import { FleetPage } from './fleet-page.tsx'
import { applyMessage, emptyFleet, type FleetState } from './fleet-state.ts'
import { InstancePage } from './instance-page.tsx'
import { Lock } from './lock.tsx'
import { isTroubled, type Selection, usualSelection } from './selection.ts'
import { sayAge } from './words.ts'

/** The whole page: the fleet, or one instance, as the address says. */
export function App() {
  const [fleet, setFleet] = useState(emptyFleet)
  const [connection, setConnection] = useState<Connection>({ state: 'connecting', since: readClock() })
  const [attempt, setAttempt] = useState(0)
  const now = useNow()
  const { address, selection, select } = useAddress()

  // a token that was given is an attempt of its own
  useEffect(
    () =>
      followStream({
        onMessage(message) {
          setClock(message.now)
          setFleet((before) => applyMessage(before, message))
        },
        onConnection: (next) => setConnection((before) => (before.state === next.state ? before : next)),
      }),
    [attempt],
  )
  useTroubleInTitle(fleet)
  if (connection.state === 'locked') return <Lock onUnlocked={() => setAttempt(attempt + 1)} />
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
      {address.kind === 'fleet' ? (
        <FleetPage fleet={fleet} now={now} selection={selection} onSelect={select} />
      ) : (
        <InstancePage
          key={address.id}
          id={address.id}
          view={fleet.instances.get(address.id)}
          now={now}
          back={addressOf(selection)}
        />
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
  const [now, setNow] = useState(readClock)
  useEffect(() => {
    const timer = setInterval(() => setNow(readClock()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}

/** What the address names, and the selection of the fleet that was shown last. */
function useAddress() {
  const [address, setAddress] = useState(() => readAddress(location.hash))
  useEffect(() => {
    const change = (): void => setAddress(readAddress(location.hash))
    addEventListener('hashchange', change)
    return () => removeEventListener('hashchange', change)
  }, [])
  const last = useRef(usualSelection)
  if (address.kind === 'fleet') last.current = address.selection
  const select = (selection: Selection): void => {
    // a letter more to search for is no step to go back
    history.replaceState(null, '', addressOf(selection))
    setAddress({ kind: 'fleet', selection })
  }
  return { address, selection: last.current, select }
}

/** The tab tells how many instances are in trouble. */
function useTroubleInTitle({ instances }: FleetState): void {
  const troubled = [...instances.values()].filter(isTroubled).length
  useEffect(() => {
    document.title = troubled === 0 ? 'whaleware fleet' : `✕ ${troubled} · whaleware fleet`
  }, [troubled])
}
