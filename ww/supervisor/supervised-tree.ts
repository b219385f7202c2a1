import type { TreeNode } from './tree-text.ts'

/** How long one supervisor may take to answer, in milliseconds. */
const patience = 2000

/** Asks a supervisor for its targets, and those of them that are supervisors for theirs, and so on. */
export async function readTree(url: string): Promise<TreeNode> {
  const targets = await readTargets(url, new Set())
  if (targets === null)
    return {
      url,
      state: 'DOWN',
      since: Date.now(),
      reason: 'no supervisor answers',
      restarts: 0,
      targets: [],
    }
  const all = targets.every(({ state }) => state === 'RUNNING')
  const since = Math.max(0, ...targets.map((target) => target.since))
  return {
    url,
    state: all ? 'RUNNING' : 'PENDING',
    since,
    reason: 'not all of its targets run',
    restarts: 0,
    targets,
  }
}

async function readTargets(url: string, seen: Set<string>): Promise<TreeNode[] | null> {
  if (seen.has(url)) return null
  seen.add(url)
  const state = await readState(url)
  if (typeof state !== 'object' || state === null || !('targets' in state) || !Array.isArray(state.targets))
    return null
  return Promise.all(
    state.targets.flatMap(parseTarget).map(async (target) => ({
      ...target,
      targets: (await readTargets(target.url, seen)) ?? [],
    })),
  )
}

async function readState(url: string): Promise<unknown> {
  const { got } = await import('../http/client.ts')
  try {
    return await got(new URL('/state', url), { timeout: { request: patience }, retry: { limit: 0 } }).json()
  } catch {
    // it is down, or no supervisor
    return null
  }
}

function parseTarget(target: unknown): Omit<TreeNode, 'targets'>[] {
  if (typeof target !== 'object' || target === null) return []
  if (
    !('url' in target && 'state' in target && 'since' in target && 'reason' in target && 'restarts' in target)
  )
    return []
  const { url, state, since, reason, restarts } = target
  const at = Date.parse(String(since))
  if (!URL.canParse(String(url)) || Number.isNaN(at)) return []
  return [
    {
      url: String(url),
      state: String(state),
      since: at,
      reason: String(reason),
      restarts: Number(restarts) || 0,
    },
  ]
}
