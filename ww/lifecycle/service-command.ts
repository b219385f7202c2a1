import { nearest } from '../base/nearest.ts'
import { formatDuration } from '../base/text.ts'
import type { Instance } from './instance.ts'
import type { ServiceUnit } from './service-unit.ts'

/** What can be requested of one service. */
export type ServiceVerb = 'start' | 'stop' | 'restart'

/** What became of it, as a sentence. */
export type ServiceAnswer = {
  readonly ok: boolean
  readonly message: string
  /** There is no such service: the request was wrong. */
  readonly unknown?: boolean
}

const gerunds: Readonly<Record<ServiceVerb, string>> = {
  start: 'starting',
  stop: 'stopping',
  restart: 'restarting',
}

/** Starts, stops or restarts one service, by the name of its hook or what follows `serve-` there. */
export async function commandService(
  instance: Instance,
  verb: ServiceVerb,
  name: string,
  wait: boolean,
): Promise<ServiceAnswer> {
  const { services, world, visible } = instance
  const units = services?.units ?? new Map<string, ServiceUnit>()
  const unit = units.get(name) ?? units.get(`serve-${name}`) ?? units.get(`oneshot-${name}`)
  if (visible.state !== 'UP' && visible.state !== 'WARMUP')
    return refuse(`the instance is in ${visible.state}, not UP: ${visible.reason}`)
  if (!unit) return { ...refuse(describeUnknown(name, [...units.keys()])), unknown: true }
  if (verb === 'stop' && unit.essential)
    return refuse(`${unit.name} is essential; use ww stop to stop the instance`)
  const began = world.now()
  if (!unit.send(verb)) return { ok: true, message: `${unit.name}: ${describeState(unit)}` }
  if (!wait) return { ok: true, message: `${unit.name}: ${gerunds[verb]}` }
  const limit = new AbortController()
  const { svcdown, warmup } = instance.settings.timeouts
  const overdue = world.sleep(svcdown + warmup, limit.signal)
  const isOver = (): boolean => ['ready', 'done', 'failed', 'stopped'].includes(unit.state)
  await Promise.race([unit.until(isOver, limit.signal), overdue])
  limit.abort()
  const spent = formatDuration(world.now() - began)
  const wanted = verb === 'stop' ? unit.state === 'stopped' : unit.isReady
  if (!wanted) return refuse(`${unit.name}: ${describeState(unit)} after ${spent}`)
  const pid = unit.running?.pid ?? null
  return {
    ok: true,
    message: `${unit.name}: ${unit.state} after ${spent}${pid === null ? '' : ` (pid ${pid})`}`,
  }
}

function describeState({ state, reason }: ServiceUnit): string {
  return reason === '' ? state : `${state}: ${reason}`
}

function describeUnknown(name: string, names: readonly string[]): string {
  const meant = nearest(name, [...names, ...names.map((one) => one.replace(/^(serve|oneshot)-/, ''))])
  const full = names.find((one) => one === meant || one.endsWith(`-${meant}`))
  return `no service "${name}"; ${full === undefined ? '' : `did you mean ${full}? `}ww status lists the services`
}

function refuse(message: string): ServiceAnswer {
  return { ok: false, message }
}
