import { expect } from 'chai'
import type { ProcessEnd } from '../../ww/lifecycle/hook.ts'
import { findProcess } from '../../ww/processes/list.ts'
import { Session } from '../../ww/processes/session.ts'
import { spawn } from '../../ww/processes/spawn.ts'
import { openLimit } from '../helpers/limits.ts'
import { until } from '../helpers/until.ts'

const exited: ProcessEnd = { kind: 'exited', code: 0 }

describe('Session', () => {
  const started: number[] = []
  const begin = (script: string): { session: Session; pid: number; ended: Promise<ProcessEnd> } => {
    const options = { stdout: 'ignore', stderr: 'ignore', env: process.env } as const
    const { pid, ended } = spawn('/bin/bash', ['-c', script], options)
    if (pid === null) throw new Error('not started')
    started.push(pid)
    return { session: new Session(pid, ended), pid, ended }
  }
  afterEach(() => {
    for (const pid of started.splice(0)) {
      try {
        process.kill(-pid, 'SIGKILL')
      } catch {
        // it has ended
      }
    }
  })

  it('contains the jobs of bash -m, which are in other process groups', async () => {
    const { session, pid } = begin('set -m; sleep 3600 & sleep 3600 & wait')
    // a job that was just forked is still in the group of bash
    await until(() => new Set(session.members().map(({ group }) => group)).size === 3)
    expect(session.members()).to.have.length(3)
    expect(new Set(session.members().map((member) => member.session))).to.deep.equal(new Set([pid]))
    expect(session.isGone()).to.equal(false)
    expect(await session.end(openLimit({ kill: 15_000, abandon: 18_000 }))).to.deep.equal({
      killed: false,
      abandoned: false,
    })
    expect(session.isGone()).to.equal(true)
  })

  it('needs SIGKILL for what ignores SIGTERM', async () => {
    const { session } = begin('trap "" TERM; while :; do sleep 1; done')
    await until(() => session.members().some(({ name }) => name === 'sleep'))
    const end = await session.end(openLimit({ kill: 50, abandon: 18_000 }))
    expect(end).to.deep.equal({ killed: true, abandoned: false })
  })

  it('sends no SIGTERM when the time for it is over', async () => {
    const { session } = begin('trap "exit 9" TERM; while :; do sleep 0.01; done')
    await until(() => session.members().some(({ name }) => name === 'sleep'))
    const end = await session.end(openLimit({ kill: 0, abandon: 18_000 }))
    expect(end).to.deep.equal({ killed: true, abandoned: false })
  })

  it('kills what forks faster than it is listed', async () => {
    const { session } = begin(
      'trap "" TERM; f() { sleep 0.02; f & f & }; for i in 1 2 3; do f & done; sleep 3600',
    )
    await until(() => session.members().length > 8)
    expect(await session.kill(openLimit({ abandon: 18_000 }))).to.deep.equal({
      killed: true,
      abandoned: false,
    })
  })

  it('is sent SIGKILL also when there is no time at all', async () => {
    const { session, ended } = begin('trap "" TERM; exec sleep 3600')
    await until(() => session.members()[0]?.name === 'sleep')
    await session.kill(openLimit({ abandon: 0 }))
    expect(await ended).to.include({ kind: 'killed', signal: 'SIGKILL' })
  })

  it('signals its first process alone', async () => {
    const { session, ended } = begin('sleep 3600 & exec sleep 3600')
    await until(() => session.members().filter(({ name }) => name === 'sleep').length === 2)
    session.signalLeader('SIGUSR1')
    expect(await ended).to.include({ kind: 'killed', signal: 'SIGUSR1' })
    expect(session.isGone()).to.equal(false)
    await session.kill(openLimit({ abandon: 18_000 }))
  })

  it('wakes what is stopped, so that it can act on a signal, its first process alone or all of it', async () => {
    for (const how of ['signal', 'signalLeader'] as const) {
      // one without a trap would be ended while it is stopped
      const { session, pid, ended } = begin('trap "exit 9" TERM; while :; do sleep 0.01; done')
      await until(() => session.members().some(({ name }) => name === 'sleep'))
      process.kill(pid, 'SIGSTOP')
      session[how]('SIGTERM')
      expect(await ended).to.deep.equal({ kind: 'exited', code: 9 })
    }
  })

  it('never signals a later process with its number', async () => {
    // this process has the number of a session whose first process has ended
    const session = new Session(process.pid, Promise.resolve(exited))
    await Promise.resolve()
    expect(session.members()).to.deep.equal([])
    expect(session.isGone()).to.equal(true)
    session.signal('SIGKILL')
    session.signalLeader('SIGKILL')
    expect(findProcess(process.pid)).to.not.equal(null)
  })

  it('stays gone once it was empty', async () => {
    const { session, ended } = begin('exit 0')
    await ended
    expect(session.isGone()).to.equal(true)
    expect(session.members()).to.deep.equal([])
  })

  it('stays gone once its number was seen to be that of a later process, whatever belongs to that', async () => {
    const { pid, session: theirs, ended } = begin('sleep 3600 & wait')
    await until(() => theirs.members().some(({ name }) => name === 'sleep'))
    // one of ours that ended long ago, and had the same number
    const session = new Session(pid, Promise.resolve(exited))
    await Promise.resolve()
    expect(session.members()).to.deep.equal([])
    process.kill(pid, 'SIGKILL')
    await ended
    session.signal('SIGKILL')
    expect(session.members()).to.deep.equal([])
    expect(theirs.members().map(({ name }) => name)).to.deep.equal(['sleep'])
  })

  it('is sent SIGKILL again until the limit gives it up, since a process may fork meanwhile', async () => {
    const { session } = begin('exec sleep 3600')
    const sent: string[] = []
    session.signal = (name) => void sent.push(name)
    await session.kill(openLimit({ abandon: 1000 }))
    // pauses that doubled for ever would allow eight
    expect(sent.length).to.be.greaterThan(10)
    expect(new Set(sent)).to.deep.equal(new Set(['SIGKILL']))
  })

  it('is not abandoned when it is gone a moment after the limit', async () => {
    const { session } = begin('exec sleep 3600')
    let looks = 0
    session.isGone = () => ++looks > 1
    const end = await session.kill(openLimit({ abandon: 0 }))
    expect(end).to.deep.equal({ killed: true, abandoned: false })
  })

  it('is abandoned when SIGKILL does not end it', async () => {
    const { session } = begin('exec sleep 3600')
    session.signal = () => {}
    const end = await session.end(openLimit({ kill: 0, abandon: 5 }))
    expect(end).to.deep.equal({ killed: true, abandoned: true })
  })
})
