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
    await until(() => session.members().length === 3)
    expect(new Set(session.members().map(({ group }) => group)).size).to.equal(3)
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

  it('signals its first process alone', async () => {
    const { session, ended } = begin(
      'sleep 3600 & trap "exit 6" USR1; while :; do read -t 0.01 <> <(:); done',
    )
    await until(() => session.members().length >= 2)
    session.signalLeader('SIGUSR1')
    expect(await ended).to.deep.equal({ kind: 'exited', code: 6 })
    expect(session.isGone()).to.equal(false)
    await session.kill(openLimit({ abandon: 18_000 }))
  })

  it('wakes what is stopped, so that it can act on a signal, its first process alone or all of it', async () => {
    for (const how of ['signal', 'signalLeader'] as const) {
      const { session, pid, ended } = begin('exec sleep 3600')
      await until(() => session.members()[0]?.name === 'sleep')
      process.kill(pid, 'SIGSTOP')
      session[how]('SIGTERM')
      expect(await ended).to.include({ kind: 'killed', signal: 'SIGTERM' })
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

  it('is abandoned when SIGKILL does not end it', async () => {
    const { session } = begin('exec sleep 3600')
    session.signal = () => {}
    const end = await session.end(openLimit({ kill: 0, abandon: 5 }))
    expect(end).to.deep.equal({ killed: true, abandoned: true })
  })
})
