import { useState } from 'preact/hooks'
import type { InstanceView } from '../model.ts'
import { forget } from './feed.ts'

/** Statuses of which an instance may never come back. */
const mayBeGone = ['LOST', 'STOPPED', 'ERROR']

/** Takes an instance out of the fleet that is gone for good: its container was removed, say. */
export function Forget({ view, onDone }: { view: InstanceView; onDone: () => void }) {
  const [failure, setFailure] = useState<string | null>(null)
  if (!mayBeGone.includes(view.status)) return null
  const ask = async (): Promise<void> => {
    if (!confirm(`Forget ${view.instance}, with its states and stats? If it reports again, it begins anew.`))
      return
    const problem = await forget(view.id)
    if (problem === null) onDone()
    else setFailure(problem)
  }
  return (
    <p>
      <button type="button" onClick={ask}>
        Forget this instance…
      </button>{' '}
      {failure && <span role="alert">{failure}</span>}
    </p>
  )
}
