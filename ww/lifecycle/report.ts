import { formatDuration } from '../base/text.ts'
import { next } from '../chart/chart.ts'
import type { Entry } from '../chart/machine.ts'
import {
  type AnnouncedState,
  isAnnounced,
  type LifecycleEvent,
  type LifecycleState,
  lifecycleChart,
} from './chart.ts'
import type { Crash } from './crash.ts'
import type { Instance } from './instance.ts'

type Entered = Entry<LifecycleState, LifecycleEvent>

/** What the first line of a boot says. */
export type BootFacts = {
  /** Such as `redis 7.2.4 on cache1, whaleware 2.0.0`. */
  readonly about: string
  /** The boot before this one, when it crashed. */
  readonly crash?: Crash | undefined
}

/** Publishes that a state is being left: from this instant the instance is not ready. */
export function reportLeaving(instance: Instance, { state, from, reason = '' }: Entered): void {
  if (from === 'UP' || state === 'STOPPING') publish(instance, state, reason)
}

/** Publishes that UP ends by itself, before what runs in it has ended: from this instant the instance is not ready. */
export function reportTrouble(
  instance: Instance,
  { event, reason = '' }: { readonly event: LifecycleEvent; readonly reason?: string | undefined },
): void {
  const state = next(lifecycleChart, 'UP', event)
  if (state) publish(instance, state, reason)
}

/** Reports a state that was entered: publishes it, announces it where users know it, and logs it. */
export function reportEntering(instance: Instance, entry: Entered, boot: BootFacts): void {
  const { state, from } = entry
  const reason = reasonOf(instance, entry, boot)
  if (state === 'ENDING') return
  if (isAnnounced(state)) announce(instance, state, { ...entry, reason }, boot)
  if (state !== instance.visible.state || from === state || from === undefined)
    publish(instance, state, reason)
  if (state === 'ERROR' && instance.settings.onError === 'exit')
    instance.world.advise('start with ww.on_error "hold" in CFG, then run ww status in the container')
}

/** What the last line of a stop says: where the time went, and what was killed. */
export function summariseStop(instance: Instance, code: number): string {
  const { limits, stopSteps, killed, world } = instance
  if (!limits.budget) return `exit code ${code}`
  const steps = stopSteps.map(
    ({ name, took }) => `${name} ${typeof took === 'number' ? formatDuration(took) : took}`,
  )
  const [first, ...others] = killed
  const more = others.length === 0 ? '' : ` and ${others.length} other${others.length === 1 ? '' : 's'}`
  const deaths = first === undefined ? 'nothing was killed' : `killed ${first}${more}`
  const spent = formatDuration(world.now() - limits.budget.requestedAt)
  return `exit code ${code} after ${spent}${steps.length > 0 ? `: ${steps.join(', ')}` : ''}; ${deaths}`
}

/** Whether the instance serves: it is UP, and so are the services that it cannot do without. */
export function isReady({ visible, services }: Instance): boolean {
  return visible.state === 'UP' && (services?.areReady ?? true)
}

/** Publishes, in UP, whether the essential services are ready: one may be restarted alone, on request. */
export function reportReadiness(instance: Instance): void {
  const { world, visible } = instance
  if (visible.state === 'UP') world.publish({ ...visible, ready: isReady(instance) })
}

function publish(instance: Instance, state: LifecycleState, reason: string): void {
  const { world } = instance
  instance.visible = { state, reason, since: world.date() }
  world.publish({ ...instance.visible, ready: isReady(instance) })
}

function announce(instance: Instance, state: AnnouncedState, entry: Entered, boot: BootFacts): void {
  const { world, announced, announcedAt, monitorFailures } = instance
  const { reason = '', facts: details = [] } = entry
  const now = world.now()
  instance.previous = announced
  instance.announced = state
  instance.announcedAt = now
  const about = state === 'BOOT' ? [boot.about].filter((text) => text !== '') : details
  const line = `${state}: ${reason}${about.length > 0 ? ` (${about.join(', ')})` : ''}`
  const attempt = state === 'RESTARTING' ? (instance.plannedRestart?.attempt ?? 0) : 0
  const previousMs = announced === null ? 0 : now - announcedAt
  const facts = { state, previous: announced, previousMs, reason, attempt }
  world.info(line, { event: 'state', ...facts, previousMs: Math.round(previousMs) })
  world.announce({
    ...facts,
    at: world.date(),
    ...(state === 'BOOT' && boot.crash ? { crash: boot.crash } : {}),
    ...(state === 'ERROR' && monitorFailures.length > 0 ? { monitorOutputs: monitorFailures } : {}),
  })
}

function reasonOf(instance: Instance, { state, reason }: Entered, { crash }: BootFacts): string {
  if (state === 'BOOT') return crash ? 'started after a crash' : 'started'
  if (state === 'HELD' || state === 'ERROR') return instance.failure?.reason ?? reason ?? ''
  if (state !== 'STOPPED') return reason ?? ''
  const requested = instance.limits.budget?.reason ?? ''
  return instance.forced ? `${requested}, forced` : requested
}
