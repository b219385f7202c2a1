import { setTimeout as delay } from 'node:timers/promises'

/** How long a supervisor may take to answer, in milliseconds, and between two looks at what is not there yet. */
const pace = { answer: 5000, look: 200, tell: 5000 }

/** A target as `/state` tells of it. */
type Shown = {
  readonly url: string
  readonly state: string
  readonly reason: string
  readonly restarts: number
  readonly givenUp: boolean
  readonly pingMs: number | null
}

/** Every target's state as stats for a monitor, and the reason why the supervisor can't mend it, if so. */
export async function readStats(url: string): Promise<{ stats: object; beyondRepair: string | null }> {
  const targets = await readSoon(url)
  if (targets === null) return { stats: {}, beyondRepair: `no supervisor answers at ${url}` }
  const lost = targets.filter(({ givenUp }) => givenUp)
  const shown = targets.map((target) => [
    target.url,
    {
      state: target.state,
      restarts: target.restarts,
      ...(target.pingMs === null ? {} : { ping_ms: target.pingMs }),
    },
  ])
  const stats = {
    targets: targets.length,
    running: targets.filter(({ state }) => state === 'RUNNING').length,
    target: Object.fromEntries(shown),
  }
  return {
    stats,
    beyondRepair:
      lost.length === 0 ? null : lost.map((target) => `${target.url} is ${target.reason}`).join('; '),
  }
}

/** Waits until every target runs; `tell` hears now and then of those that do not. */
export async function waitUntilAllRun(url: string, tell: (line: string) => void): Promise<void> {
  for (let nextLine = Date.now() + pace.tell; ; ) {
    const targets = await readTargets(url)
    const missing = targets?.filter(({ state }) => state !== 'RUNNING')
    if (missing?.length === 0) return
    if (Date.now() >= nextLine) {
      const waiting = missing?.map((target) => `${target.url} (${target.state})`).join(', ')
      tell(`waiting for ${waiting ?? `the supervisor at ${url}`}`)
      nextLine += pace.tell
    }
    await delay(pace.look)
  }
}

/** Asks a supervisor to stop all it has started, and waits until it is gone; false when none answers in the first place. */
export async function stopSupervisor(url: string, token: string | undefined): Promise<boolean> {
  const { got } = await import('../http/client.ts')
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  if ((await readTargets(url)) === null) return false
  await got.post(new URL('/kill', url), { headers, timeout: { request: pace.answer }, retry: { limit: 0 } })
  while ((await readTargets(url)) !== null) await delay(pace.look)
  return true
}

/** One that was just started may not listen yet. */
async function readSoon(url: string): Promise<Shown[] | null> {
  for (const deadline = Date.now() + pace.answer; ; await delay(pace.look)) {
    const targets = await readTargets(url)
    if (targets !== null || Date.now() >= deadline) return targets
  }
}

async function readTargets(url: string): Promise<Shown[] | null> {
  const { got } = await import('../http/client.ts')
  try {
    const answer: unknown = await got(new URL('/state', url), {
      timeout: { request: pace.answer },
      retry: { limit: 0 },
    }).json()
    if (typeof answer !== 'object' || answer === null || !('targets' in answer)) return null
    return Array.isArray(answer.targets) ? answer.targets.flatMap(parseTarget) : null
  } catch {
    // it is down, or no supervisor
    return null
  }
}

function parseTarget(target: unknown): Shown[] {
  if (typeof target !== 'object' || target === null) return []
  if (!('url' in target && 'state' in target && 'reason' in target && 'restarts' in target)) return []
  const ping = 'lastPing' in target ? target.lastPing : null
  const pingMs = typeof ping === 'object' && ping !== null && 'ms' in ping ? Number(ping.ms) : null
  return [
    {
      ...{ url: String(target.url), state: String(target.state), reason: String(target.reason) },
      ...{
        restarts: Number(target.restarts),
        givenUp: 'givenUp' in target && target.givenUp === true,
        pingMs,
      },
    },
  ]
}
