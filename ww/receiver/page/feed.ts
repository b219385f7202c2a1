import type { StreamMessage } from '../stream-message.ts'
import { readClock } from './clock.ts'

/** How the page is connected. */
export type Connection = { readonly state: 'connecting' | 'live' | 'away' | 'locked'; readonly since: number }

/** Who is told what the receiver says, and how it is connected. */
export type Listener = {
  onMessage(message: StreamMessage): void
  onConnection(connection: Connection): void
}

/** A receiver says something every 15 s; one that has said nothing for so long is not there. Milliseconds. */
const patience = 40_000

/** Follows the live stream; the browser comes back by itself after a break, and goes on where it was. */
export function followStream({ onMessage, onConnection }: Listener): () => void {
  const tell = (state: Connection['state']): void => onConnection({ state, since: readClock() })
  let source: EventSource | null = null
  let retry = 0
  let heardAt = Date.now()
  const hear = (): void => {
    heardAt = Date.now()
  }
  const open = (): void => {
    hear()
    source = new EventSource('/v1/stream')
    source.addEventListener('beat', hear)
    source.onopen = () => tell('live')
    // what our own receiver of this very build says
    source.onmessage = ({ data }) => {
      hear()
      onMessage(JSON.parse(data) as StreamMessage)
    }
    source.onerror = () => {
      tell('away')
      // a refused stream is closed for good: find out why, and try again
      if (source?.readyState === EventSource.CLOSED) retry = window.setTimeout(reopen, 1000)
    }
  }
  const reopen = async (): Promise<void> => {
    const status = await fetch('/v1/apps').then(
      (response) => response.status,
      () => 0,
    )
    if (status === 401) tell('locked')
    else open()
  }
  // a connection that was cut without a word, or slept through, stays open for hours
  const watch = window.setInterval(() => {
    if (source?.readyState !== EventSource.OPEN || Date.now() - heardAt < patience) return
    source.close()
    tell('away')
    open()
  }, 5000)
  tell('connecting')
  open()
  return () => {
    window.clearTimeout(retry)
    window.clearInterval(watch)
    source?.close()
  }
}

/** Gives the token for reading; false when it is not known. */
export async function unlock(token: string): Promise<boolean> {
  const { ok } = await fetch('/v1/session', {
    method: 'POST',
    body: token,
    headers: { 'content-type': 'text/plain' },
  })
  return ok
}

/** Has an instance forgotten; null when it is, else why not. */
export async function forget(id: string): Promise<string | null> {
  try {
    const response = await fetch(`/v1/instances/${id}`, { method: 'DELETE' })
    if (response.ok || response.status === 404) return null
    // what our own receiver of this very build says
    return ((await response.json()) as { error: { message: string } }).error.message
  } catch (error) {
    return String(error)
  }
}

/** Reads something of the receiver. */
export async function read<Answer>(path: string): Promise<Answer> {
  const response = await fetch(path)
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return (await response.json()) as Answer
}
