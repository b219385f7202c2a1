import { spawn } from 'node:child_process'
import { expect } from 'chai'
import {
  descendantsOf,
  findProcess,
  hasEnvironment,
  listProcesses,
  nameProcess,
  parseStat,
  signalProcess,
} from '../../ww/processes/list.ts'
import { until } from '../helpers/until.ts'

const fields = '5 6 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 111 222'

describe('parseStat', () => {
  it('reads pid, parent, group, session, start and name', () => {
    expect(parseStat(`12 (nginx) S ${fields}`)).to.deep.equal({
      pid: 12,
      parent: 5,
      group: 6,
      session: 7,
      started: 987654,
      name: 'nginx',
    })
  })

  it('reads a name with spaces and brackets', () => {
    expect(parseStat(`12 (a) S (b c) S ${fields}`)).to.deep.include({ name: 'a) S (b c', parent: 5 })
  })

  it('returns null for a zombie, a dead process, and what is no such line', () => {
    expect(parseStat(`12 (a) Z ${fields}`)).to.equal(null)
    expect(parseStat(`12 (a) X ${fields}`)).to.equal(null)
    expect(parseStat('12 a')).to.equal(null)
    expect(parseStat(`12 ) S ( ${fields}`)).to.equal(null)
  })
})

describe('the list of processes', () => {
  it('contains this process, with its parent', () => {
    const self = listProcesses().find(({ pid }) => pid === process.pid)
    expect(self).to.deep.equal(findProcess(process.pid))
    expect(self?.parent).to.equal(process.ppid)
  })

  it('contains descendants, whatever their order', () => {
    const one = { group: 1, session: 1, started: 1, name: 'a' }
    const processes = [
      { ...one, pid: 9, parent: 5 },
      { ...one, pid: 5, parent: 2 },
      { ...one, pid: 2, parent: 1 },
      { ...one, pid: 3, parent: 1 },
    ]
    expect(descendantsOf(2, processes).map(({ pid }) => pid)).to.deep.equal([9, 5, 2])
  })

  it('shows the environment that a process was started with, and signals it', async () => {
    const child = spawn('sleep', ['3600'], { env: { ...process.env, MARK: 'one' } })
    const pid = Number(child.pid)
    await until(() => hasEnvironment(pid, 'MARK=one'))
    expect(hasEnvironment(pid, 'MARK=on')).to.equal(false)
    signalProcess(pid, 'SIGKILL')
    await until(() => findProcess(pid) === null)
    expect(hasEnvironment(pid, 'MARK=one')).to.equal(false)
    signalProcess(2 ** 22 + 1, 'SIGTERM')
  })

  it('names a process with its pid', () => {
    expect(nameProcess({ name: 'nginx', pid: 12 })).to.equal('nginx (pid 12)')
  })
})
