import { useState } from 'preact/hooks'
import { unlock } from './feed.ts'

/** Asks for the token for reading. */
export function Lock({ onUnlocked }: { onUnlocked: () => void }) {
  const [wrong, setWrong] = useState(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token')
    if (await unlock(String(token))) onUnlocked()
    else setWrong(true)
  }
  return (
    <form class="lock" onSubmit={submit}>
      <label for="token">This receiver asks for a token to read.</label>
      <input id="token" name="token" type="password" autocomplete="current-password" required />
      <button type="submit">Show the fleet</button>
      {wrong && <p role="alert">This token is not known here.</p>}
    </form>
  )
}
