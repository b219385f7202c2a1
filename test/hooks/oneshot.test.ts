import { expect } from 'chai'
import { settingsOfService } from '../../ww/config/services-kind.ts'
import { runOneshot } from '../../ww/hooks/oneshot.ts'
import type { HookResult } from '../../ww/lifecycle/hook.ts'
import type { Limit } from '../../ww/lifecycle/limit.ts'
import { HookTree } from '../helpers/hook-tree.ts'
import { endNow, openLimit } from '../helpers/limits.ts'

describe('runOneshot', () => {
  let tree: HookTree
  beforeEach(() => {
    tree = new HookTree()
  })
  afterEach(() => tree.remove())
  const settings = settingsOfService({ services: {}, serve: { signal: 'SIGTERM' } }, 'oneshot-x')
  const run = (name: string, limit: Limit, more = {}): Promise<HookResult> => {
    const runner = { ...tree.runner, warn: () => {} }
    return runOneshot(runner, name, { state: 'WARMUP', previous: null }, { ...settings, ...more }, limit)
  }

  it('resolves with how it ended, and how long it took', async () => {
    const { ms, ...result } = { ms: -1, ...(await run('fails', openLimit())) }
    expect(result).to.deep.equal({ kind: 'ended', end: { kind: 'exited', code: 3 }, output: '' })
    expect(ms).to.be.at.least(0)
  })

  it('has the settings of its name', async () => {
    const reason = '/no/such does not exist; create it in the image, or correct ww.services.succeeds.cwd'
    expect(await run('succeeds', openLimit(), { cwd: '/no/such' })).to.deep.equal({
      kind: 'ended',
      end: { kind: 'unrunnable', reason },
      ms: 0,
      output: '',
    })
  })

  it('is ended at its limit, with all that it has started', async () => {
    const limit = openLimit({}, 7000)
    const running = run('ignores-sigterm', limit)
    await tree.started()
    endNow(limit, 'time', 50)
    const { ms: _, ...result } = { ms: 0, ...(await running) }
    expect(result).to.deep.equal({ kind: 'timedOut', limit: 7000, abandoned: false, output: '' })
    expect(tree.alive).to.deep.equal([])
  })

  it('is ended when its state is left', async () => {
    const limit = openLimit()
    const running = run('ends-on-sigterm', limit)
    await tree.started()
    endNow(limit, 'left')
    const { ms: _, ...result } = { ms: 0, ...(await running) }
    expect(result).to.deep.equal({ kind: 'aborted', abandoned: false })
    expect(tree.alive).to.deep.equal([])
  })

  it('is not begun when its time is over', async () => {
    const limit = openLimit()
    endNow(limit, 'left')
    expect(await run('succeeds', limit)).to.deep.equal({ kind: 'aborted', ms: 0, abandoned: false })
    expect(tree.sessions.size).to.equal(0)
  })
})
