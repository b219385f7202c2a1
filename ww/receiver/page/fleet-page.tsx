import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { AppView } from '../model.ts'
import { AlertStrip } from './alert-strip.tsx'
import type { FleetState } from './fleet-state.ts'
import { FleetTable } from './fleet-table.tsx'
import { termOf } from './search.ts'
import { countStatuses, readGroupKey, type Selection, selectRows } from './selection.ts'
import { kindOf, signOf } from './words.ts'

/** What shows the fleet. */
type FleetPageProps = {
  readonly fleet: FleetState
  readonly now: number
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
}

/** Counts that filter, the apps, and the table of all instances. */
export function FleetPage({ fleet, now, selection, onSelect }: FleetPageProps) {
  const search = useRef<HTMLInputElement>(null)
  const counted = useMemo(() => countStatuses(fleet.instances.values()), [fleet.instances])
  // a filter stays to be seen, and to be ended, when the last one has left it
  const isEmpty = selection.status !== null && !counted.some(([status]) => status === selection.status)
  const counts = isEmpty ? [...counted, [selection.status ?? '', 0] as const] : counted
  const rows = useMemo(() => selectRows(fleet.instances.values(), selection), [fleet.instances, selection])
  const apps = useMemo(() => fleet.apps.toSorted((a, b) => severityOf(b) - severityOf(a)), [fleet.apps])
  const choose = (change: Partial<Selection>): void => onSelect({ ...selection, ...change })

  // before it is seen, so that no key is lost
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key === '/' && document.activeElement !== search.current) {
        event.preventDefault()
        search.current?.focus()
      }
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])

  return (
    <main class="fleet">
      <AlertStrip now={now} />
      <fieldset class="counts">
        <legend class="hidden">Show only</legend>
        <Count
          name="all"
          count={fleet.instances.size}
          chosen={selection.status === null}
          onChoose={() => choose({ status: null })}
        />
        {counts.map(([status, count]) => (
          <Count
            key={status}
            name={status}
            count={count}
            chosen={selection.status === status}
            onChoose={() => choose({ status: selection.status === status ? null : status })}
          />
        ))}
      </fieldset>
      {fleet.apps.length > 0 && (
        <ul class="apps" aria-label="Apps">
          {apps.map((app) => (
            <AppItem
              key={app.app}
              app={app}
              onChoose={() => choose({ search: app.app === '' ? '' : termOf('app', app.app) })}
            />
          ))}
        </ul>
      )}
      <div class="tools">
        <input
          ref={search}
          type="search"
          placeholder="Search ( / )"
          aria-label="Search"
          value={selection.search}
          onInput={({ currentTarget }) => choose({ search: currentTarget.value })}
          onKeyDown={({ key, currentTarget }) => {
            if (key !== 'Escape') return
            if (selection.search === '') currentTarget.blur()
            else choose({ search: '' })
          }}
        />
        <label>
          Group by{' '}
          <select
            value={selection.group ?? ''}
            onChange={({ currentTarget }) => choose({ group: readGroupKey(currentTarget.value) })}
          >
            <option value="">nothing</option>
            <option value="app">app</option>
            <option value="host">host</option>
            <option value="version">version</option>
          </select>
        </label>
      </div>
      <FleetTable rows={rows} now={now} selection={selection} onSelect={onSelect} />
    </main>
  )
}

function Count(props: { name: string; count: number; chosen: boolean; onChoose: () => void }) {
  const { name, count, chosen, onChoose } = props
  return (
    <button type="button" class={`count ${kindOf(name)}`} aria-pressed={chosen} onClick={onChoose}>
      <b>{count.toLocaleString('en')}</b>{' '}
      {name !== 'all' && (
        <span class="sign" aria-hidden="true">
          {signOf(name)}
        </span>
      )}{' '}
      {name}
    </button>
  )
}

/** Those in trouble come first: a phone shows no more than two. */
function severityOf({ majorFailure, minorFailure }: AppView): number {
  return majorFailure ? 2 : minorFailure ? 1 : 0
}

function AppItem({ app, onChoose }: { app: AppView; onChoose: () => void }) {
  const failure = app.majorFailure ? 'major failure' : app.minorFailure ? 'minor failure' : null
  return (
    <li>
      <button
        type="button"
        class={`app ${app.majorFailure ? 'bad' : app.minorFailure ? 'warn' : ''}`}
        onClick={onChoose}
      >
        <b>{app.app || 'no app'}</b> {app.status} · {app.instances}
        {failure && <span class="failure"> ✕ {failure}</span>}
      </button>
    </li>
  )
}
