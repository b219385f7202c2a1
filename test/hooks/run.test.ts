import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Pipes } from '../../ww/hooks/pipes.ts'
import { type HookRunner, runHook } from '../../ww/hooks/run.ts'
import type { HookCall } from '../../ww/lifecycle/hook.ts'
import { findProcess } from '../../ww/processes/list.ts'
import { HookTree } from '../helpers/hook-tree.ts'
import { endNow, openLimit } from '../helpers/limits.ts'
import { until } from '../helpers/until.ts'

const call = (name: string, more: Partial<HookCall> = {}): HookCall => ({
  name,
  state: 'UP',
  previous: 'WARMUP',
  ...more,
})

describe('runHook', function () {
  this.timeout(120_000)
  let tree: HookTree
  beforeEach(() => {
    tree = new HookTree()
  })
  afterEach(() => tree.remove())
  const run = (name: string, more: Partial<HookCall> = {}, limit = openLimit()) =>
    runHook(tree.runner, call(name, more), limit)

  it('returns the exit code of a hook, and how long it ran', async () => {
    const result = await run('fails')
    expect(result).to.deep.include({ kind: 'ended', end: { kind: 'exited', code: 3 }, output: '' })
    expect(result.kind === 'ended' && Number.isInteger(result.ms) && result.ms >= 0).to.equal(true)
  })

  it('returns the signal that killed a hook', async () => {
    const end = { kind: 'killed', signal: 'SIGKILL', outOfMemory: false }
    expect(await run('killed')).to.deep.include({ kind: 'ended', end })
  })

  it('starts no process for a hook that is absent or blank', async () => {
    expect(await run('there-is-no-such-hook')).to.deep.equal({ kind: 'absent' })
    expect(tree.sessions.size).to.equal(0)
  })

  it('does not begin a hook whose limit is over', async () => {
    const limit = openLimit()
    endNow(limit, 'time')
    const aborted = { kind: 'aborted', ms: 0, abandoned: false }
    expect(await run('succeeds', {}, limit)).to.deep.equal(aborted)
    expect(await run('succeeds', { capture: true }, limit)).to.deep.equal(aborted)
    expect(tree.sessions.size).to.equal(0)
  })

  it('does not begin a hook whose limit ends while its pipe is made', async () => {
    const limit = openLimit()
    class SlowPipes extends Pipes {
      override open(): ReturnType<Pipes['open']> {
        endNow(limit, 'time')
        return super.open()
      }
    }
    const runner = { ...tree.runner, pipes: new SlowPipes([tmpdir()]) }
    const result = await runHook(runner, call('succeeds', { capture: true }), limit)
    expect(result).to.deep.equal({ kind: 'aborted', ms: 0, abandoned: false })
    expect(tree.sessions.size).to.equal(0)
  })

  it('ends a hook with SIGTERM at the end of its limit, and returns the limit', async () => {
    const limit = openLimit({}, 1234)
    const result = run('ends-on-sigterm', {}, limit)
    await tree.started()
    endNow(limit, 'time')
    expect(await result).to.deep.include({ kind: 'timedOut', limit: 1234, abandoned: false })
    expect(tree.alive).to.deep.equal([])
  })

  for (const [how, more] of [
    ['without input', {}],
    ['with input', { input: 'x' }],
  ] as const) {
    it(`ends a hook ${how} whose limit ended while it was being started`, async () => {
      const limit = openLimit()
      const result = run('ends-on-sigterm', more, limit)
      endNow(limit, 'left')
      expect(await result).to.deep.include({ kind: 'aborted', abandoned: false })
      expect(tree.alive).to.deep.equal([])
    })
  }

  it('counts a hook that exits with 0 after its limit as timed out', async () => {
    const limit = openLimit()
    const result = run('exits-zero-on-sigterm', { capture: true }, limit)
    await tree.started()
    endNow(limit, 'time')
    expect(await result).to.deep.include({ kind: 'timedOut', output: 'ended' })
  })

  it('counts a hook that was ended because its state was left as aborted', async () => {
    const limit = openLimit()
    const result = run('ends-on-sigterm', {}, limit)
    await tree.started()
    endNow(limit, 'left')
    expect(await result).to.deep.include({ kind: 'aborted', abandoned: false })
  })

  it('sends SIGKILL to a hook that ignores SIGTERM, and not before limit.kill', async () => {
    const limit = openLimit()
    const result = run('ignores-sigterm', {}, limit)
    await tree.started()
    endNow(limit, 'time')
    expect(
      await Promise.race([result, new Promise((resolve) => setTimeout(resolve, 100, 'running'))]),
    ).to.equal('running')
    limit.bringForward({ end: 0, kill: 0, abandon: 30_000 }, 'time')
    expect(await result).to.deep.include({ kind: 'timedOut', abandoned: false })
    expect(tree.alive).to.deep.equal([])
  })

  it('ends the jobs of bash -m, which are in other process groups of the session', async () => {
    const limit = openLimit()
    const result = run('job-control', {}, limit)
    await tree.started(2)
    const groups = tree.pids.map((pid) => findProcess(pid)?.group)
    expect(new Set(groups).size).to.equal(2)
    endNow(limit, 'left', 10_000)
    await result
    expect(tree.alive).to.deep.equal([])
  })

  it('wakes a stopped hook, so that it can act on SIGTERM', async () => {
    const limit = openLimit()
    const result = run('stops-itself', {}, limit)
    await tree.started()
    endNow(limit, 'time', 60_000)
    expect(await result).to.deep.include({ kind: 'timedOut', abandoned: false })
  })

  it('gives up a hook that cannot be killed at limit.abandon', async () => {
    const limit = openLimit()
    const runner: HookRunner = {
      ...tree.runner,
      onSession: (session) => {
        // as one that has raised its privileges: no signal reaches it
        session.signal = () => {}
      },
    }
    const result = runHook(runner, call('ends-on-sigterm'), limit)
    await tree.started()
    limit.bringForward({ end: 0, kill: 10, abandon: 30 }, 'time')
    expect(await result).to.deep.include({ kind: 'timedOut', abandoned: true })
    expect(tree.alive).to.have.lengthOf(1)
  })

  it('leaves the daemons of a hook that succeeded alone', async () => {
    expect(await run('forks-and-exits')).to.deep.include({ end: { kind: 'exited', code: 0 } })
    expect(tree.alive).to.have.lengthOf(1)
  })

  it('reports each session when it begins, and when it has ended', async () => {
    const result = run('ends-on-sigterm', {}, openLimit({ end: 500, kill: 20_000, abandon: 30_000 }))
    await tree.started()
    expect([...tree.sessions]).to.deep.equal([[tree.pids[0], true]])
    await result
    expect([...tree.sessions]).to.deep.equal([[tree.pids[0], false]])
  })

  it('returns why a broken hook cannot be run', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ww-broken-'))
    symlinkSync('/there/is/nothing', join(directory, 'boot'))
    const result = await runHook({ ...tree.runner, hooks: directory }, call('boot'), openLimit())
    rmSync(directory, { recursive: true })
    const reason = `${directory}/boot is a link to /there/is/nothing, which does not exist; correct the link`
    expect(result).to.deep.equal({ kind: 'ended', end: { kind: 'unrunnable', reason }, ms: 0, output: '' })
  })

  it('searches the interpreter that env names in the PATH of the hook', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ww-path-'))
    const hook = join(directory, 'boot')
    writeFileSync(join(directory, 'my-shell'), '#!/bin/sh\nexit 7\n')
    writeFileSync(hook, '#!/usr/bin/env my-shell\nexit 0\n')
    for (const file of ['my-shell', 'boot']) chmodSync(join(directory, file), 0o755)
    const runner = { ...tree.runner, hooks: directory }
    const without = await runHook(runner, call('boot'), openLimit())
    expect(without).to.deep.include({
      end: {
        kind: 'unrunnable',
        reason: `${hook}:1: my-shell is not in PATH; install my-shell in the image`,
      },
    })
    const env = { PATH: `${directory}:${process.env.PATH}` }
    expect(await runHook(runner, call('boot', { env }), openLimit())).to.deep.include({
      end: { kind: 'exited', code: 7 },
    })
    rmSync(directory, { recursive: true })
  })

  it('passes arguments and input, also more than an argument can be', async () => {
    const input = 'x'.repeat(500_000)
    const result = await run('echoes-input', { args: ['four'], input, capture: true })
    expect(result.kind === 'ended' && result.output).to.equal(`argument 4\n${input}`)
  })

  it('gives a hook nothing to read otherwise', async () => {
    const result = await run('echoes-input', { capture: true })
    expect(result.kind === 'ended' && result.output).to.equal('argument 0')
  })

  it('returns that arguments are too long instead of throwing', async () => {
    const result = await run('succeeds', { args: ['x'.repeat(200_000)] })
    expect(result.kind === 'ended' && result.end.kind).to.equal('unrunnable')
  })

  for (const { where, pipes } of [
    { where: 'a pipe', pipes: [tmpdir()] },
    { where: 'the socket of Node.js, where no pipe can be made', pipes: [] },
  ]) {
    describe(`that captures through ${where}`, () => {
      beforeEach(() => {
        tree.remove()
        tree = new HookTree(undefined, pipes)
      })
      const capture = { capture: true }

      it('returns what a hook printed', async () => {
        const result = await run('forks-and-exits', capture)
        expect(result).to.deep.include({ end: { kind: 'exited', code: 0 }, output: '{"done": true}' })
      })

      it('returns 1 MiB whole', async () => {
        const result = await run('prints-exactly-1-mib', capture)
        expect(result.kind === 'ended' && result.output).to.equal('x'.repeat(1024 * 1024))
      })

      it('rejects one byte more', async () => {
        expect(await run('prints-one-byte-too-many', capture)).to.deep.include({ kind: 'flooded' })
      })

      it('sends SIGKILL at once to a hook that floods and ignores SIGTERM', async () => {
        const result = await run('floods', capture)
        expect(result).to.deep.include({ kind: 'flooded', abandoned: false })
        expect(tree.alive).to.deep.equal([])
      })

      it('neither waits for a daemon that holds the output open, nor blocks or breaks it', async () => {
        const result = await run('daemonises-with-open-stdout', capture)
        expect(result).to.deep.include({ end: { kind: 'exited', code: 0 }, output: '{"daemon": true}' })
        writeFileSync(`${tree.pidFile}.print`, '')
        await until(() => existsSync(`${tree.pidFile}.printed`), 'the daemon to have printed', 60_000)
        expect(existsSync(`${tree.pidFile}.broken`)).to.equal(false)
        expect(tree.alive).to.have.lengthOf(1)
        expect((await run('forks-and-exits', capture)).kind).to.equal('ended')
      })
    })
  }

  describe('with logs', () => {
    let calls: string[]
    let path: string
    let file: number
    beforeEach(() => {
      calls = []
      path = join(tree.directory, 'log')
      file = openSync(path, 'a')
    })
    afterEach(() => closeSync(file))
    const runLogged = (name: string, more: Partial<HookCall> = {}) => {
      const logs = {
        outputsOf(source: string) {
          calls.push(`begins ${source}`)
          return { stdout: file, stderr: file }
        },
        ended: (source: string) => void calls.push(`ended ${source}`),
      }
      return runHook({ ...tree.runner, logs }, call(name, more), openLimit())
    }

    for (const [how, more] of [
      ['without input', {}],
      ['with input', { input: 'x' }],
    ] as const) {
      it(`prints a hook ${how} to the output of its name, and marks its end`, async () => {
        await runLogged('prints-to-dev-stdout', more)
        expect(readFileSync(path, 'utf8')).to.contain('{"through": "/dev/stdout"}')
        expect(calls).to.deep.equal(['begins prints-to-dev-stdout', 'ended prints-to-dev-stdout'])
      })
    }

    it('captures as without', async () => {
      const result = await runLogged('prints-to-dev-stdout', { capture: true })
      expect(result.kind === 'ended' && result.output).to.equal('{"through": "/dev/stdout"}')
      expect(readFileSync(path, 'utf8')).to.equal('')
    })

    it('has no output for a hook that is absent', async () => {
      expect(await runLogged('there-is-no-such-hook')).to.deep.equal({ kind: 'absent' })
      expect(calls).to.deep.equal([])
    })
  })

  it('captures what a hook prints to /dev/stdout', async () => {
    const result = await run('prints-to-dev-stdout', { capture: true })
    expect(result.kind === 'ended' && result.output).to.equal('{"through": "/dev/stdout"}')
  })

  it('captures what another user prints to /dev/stdout', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const result = await run('switches-user', { capture: true })
    expect(result.kind === 'ended' && result.output).to.equal('{"user": 65534}')
  })
})
