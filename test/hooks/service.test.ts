import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { settingsOfService } from '../../ww/config/services-kind.ts'
import { startService } from '../../ww/hooks/service.ts'
import type { Service } from '../../ww/lifecycle/hook.ts'
import { HookTree } from '../helpers/hook-tree.ts'
import { openLimit } from '../helpers/limits.ts'

describe('startService', () => {
  let tree: HookTree
  beforeEach(() => {
    tree = new HookTree()
  })
  afterEach(() => tree.remove())
  const warnings: string[] = []
  beforeEach(() => warnings.splice(0))
  const warn = (line: string): void => void warnings.push(line)
  const standard = settingsOfService({ services: {}, serve: { signal: 'SIGTERM' } }, 'serve-x')
  const start = (name: string, signal: NodeJS.Signals = 'SIGTERM'): Service => {
    const call = { state: 'WARMUP', previous: 'UPGRADING' } as const
    return startService({ ...tree.runner, warn }, name, call, { ...standard, signal })
  }
  const generous = () => openLimit({ end: 0, kill: 15_000, abandon: 18_000 })

  it('resolves with how the main process ended', async () => {
    const service = start('fails')
    expect(service).to.include({ name: 'fails' })
    expect(service.pid).to.be.a('number')
    expect(await service.ended).to.deep.equal({ kind: 'exited', code: 3 })
    expect([...tree.sessions.values()]).to.deep.equal([false])
    expect(await service.stop(generous())).to.deep.equal({ killed: false, abandoned: false })
  })

  it('resolves with why it could not be started', async () => {
    const call = { state: 'WARMUP', previous: 'UPGRADING', args: ['x'.repeat(200_000)] } as const
    const service = startService({ ...tree.runner, warn }, 'succeeds', call, standard)
    expect(service).to.include({ name: 'succeeds', pid: null })
    expect(tree.sessions.size).to.equal(0)
    expect(await service.ended).to.have.property('kind', 'unrunnable')
    expect(await service.stop(generous())).to.deep.equal({ killed: false, abandoned: false })
  })

  it('stops with its signal', async () => {
    const service = start('ends-on-sigterm', 'SIGINT')
    await tree.started()
    expect([...tree.sessions.values()]).to.deep.equal([true])
    expect(await service.stop(generous())).to.deep.equal({ killed: false, abandoned: false })
    expect(await service.ended).to.deep.equal({ kind: 'killed', signal: 'SIGINT', outOfMemory: false })
    expect([...tree.sessions.values()]).to.deep.equal([false])
  })

  it('sends SIGKILL at limit.kill to a service that ignores its signal', async () => {
    const service = start('ignores-sigterm')
    await tree.started()
    const limit = openLimit({ end: 0, kill: 50, abandon: 18_000 })
    expect(await service.stop(limit)).to.deep.equal({ killed: true, abandoned: false })
    expect(tree.alive).to.deep.equal([])
  })

  it('is brought forward by a limit that comes closer while it waits', async () => {
    const service = start('ignores-sigterm')
    await tree.started()
    const limit = openLimit({ end: 0 })
    const stopped = service.stop(limit)
    limit.bringForward({ end: 0, kill: 0, abandon: 18_000 }, 'left')
    expect(await stopped).to.deep.equal({ killed: true, abandoned: false })
  })

  it('ends the workers that its main process left behind with SIGTERM', async () => {
    const service = start('leaves-worker-behind', 'SIGQUIT')
    await tree.started(2)
    expect(await service.stop(generous())).to.deep.equal({ killed: false, abandoned: false })
    expect(await service.ended).to.deep.equal({ kind: 'exited', code: 0 })
    expect(tree.alive).to.deep.equal([])
  })

  it('ends what a service that has long ended left behind', async () => {
    const service = start('forks-and-exits')
    await service.ended
    expect(tree.alive).to.have.lengthOf(1)
    expect([...tree.sessions.values()]).to.deep.equal([true])
    expect(await service.stop(generous())).to.deep.equal({ killed: false, abandoned: false })
    expect(tree.alive).to.deep.equal([])
    expect([...tree.sessions.values()]).to.deep.equal([false])
  })

  it('gives up at limit.abandon what cannot be killed', async () => {
    const kill = process.kill
    const service = start('ends-on-sigterm')
    await tree.started()
    process.kill = () => true
    const stop = await service.stop(openLimit({ end: 0, kill: 10, abandon: 30 }))
    process.kill = kill
    expect(stop).to.deep.equal({ killed: true, abandoned: true })
  })

  it('gets its arguments and its environment', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ww-serve-'))
    writeFileSync(join(directory, 'serve'), '#!/bin/sh\nexit "$1$WW_REASON"\n', { mode: 0o755 })
    const runner = {
      ...tree.runner,
      hooks: directory,
      warn,
      environment: () => ({ PATH: '/bin', WW_REASON: '3' }),
    }
    const call = { state: 'WARMUP', previous: null, args: ['4'] } as const
    const service = startService(runner, 'serve', call, standard)
    expect(await service.ended).to.deep.equal({ kind: 'exited', code: 43 })
    rmSync(directory, { recursive: true })
  })

  it('ends at once, with the reason, when it cannot be run', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ww-serve-'))
    writeFileSync(join(directory, 'serve'), '#!/bin/sh\nexit 0\n')
    const runner = { ...tree.runner, warn, hooks: directory }
    const service = startService(runner, 'serve', { state: 'WARMUP', previous: null }, standard)
    const reason = `${directory}/serve is not executable; add RUN chmod +x ${directory}/* to the Dockerfile`
    expect(service.pid).to.equal(null)
    expect(await service.ended).to.deep.equal({ kind: 'unrunnable', reason })
    expect(await service.stop(openLimit())).to.deep.equal({ killed: false, abandoned: false })
    rmSync(directory, { recursive: true })
  })
})
