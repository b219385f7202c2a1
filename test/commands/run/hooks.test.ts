import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { findProcess } from '../../../ww/processes/list.ts'
import { bootAt, bootWith, endInstances, makePlace } from '../../helpers/real-instance.ts'

const lastReason = (instance: { events(): { reason: string }[] }): string | undefined =>
  instance.events().at(-1)?.reason

describe('a real hook', () => {
  afterEach(endInstances)

  it('that fails ends the boot in ERROR and exit code 1, with which one and how', async () => {
    const instance = bootWith({ upgrade: 'exit 3' })
    expect(await instance.exited).to.equal(1)
    expect(instance.events().at(-1)).to.include({ state: 'ERROR', reason: 'upgrade exited with code 3' })
    expect(instance.stderr.trim().split('\n').at(-1)).to.match(/ exit code 1$/)
  })

  it('whose interpreter is missing is reported with its file and line', async () => {
    const instance = bootWith({ boot: '#!/no/such/shell\necho' })
    expect(await instance.exited).to.equal(1)
    expect(lastReason(instance)).to.match(
      /^boot cannot be run: .*usr\/boot:1: \/no\/such\/shell does not exist/,
    )
  })

  it('with CRLF line ends is reported as such', async () => {
    const instance = bootWith({ boot: '#!/bin/sh\r\necho\r\n' })
    expect(await instance.exited).to.equal(1)
    expect(lastReason(instance)).to.contain('CRLF line ends hide the interpreter')
  })

  it('that is not executable is reported with what to do, also a serve, which is not started five times', async () => {
    for (const name of ['boot', 'serve']) {
      const place = makePlace({ [name]: 'exec sleep 1000' })
      chmodSync(join(place.home, 'usr', name), 0o644)
      const instance = bootAt(place)
      expect(await instance.exited).to.equal(1)
      expect(lastReason(instance)).to.match(new RegExp(`^${name} cannot be run: .*not executable; `))
      expect(instance.states()).not.to.include('RESTARTING')
    }
  })

  it('that is a dangling link is broken, not absent: firstboot does not succeed by it', async () => {
    const place = makePlace({})
    symlinkSync('/no/such/file', join(place.home, 'usr/firstboot'))
    const instance = bootAt(place)
    expect(await instance.exited).to.equal(1)
    expect(existsSync(join(place.data, 'whaleup'))).to.equal(false)
  })

  it('is ended with all of its session when it takes too long', async () => {
    const script = '#!/bin/bash -m\nsleep 1000 & echo $! > $WW_DATA/pid; trap "" TERM; sleep 1000'
    const settings = { ww: { kill_after: '200ms', timeouts: { boot: '800ms' } } }
    const instance = bootWith({ boot: script }, settings)
    expect(await instance.exited).to.equal(1)
    expect(lastReason(instance)).to.equal('boot timed out after 800 ms')
    expect(findProcess(Number(readFileSync(join(instance.place.data, 'pid'), 'utf8')))).to.equal(null)
  })
})

describe('the lifecycle hook', () => {
  afterEach(endInstances)
  const quick = { ww: { kill_after: '200ms', stop: { grace: '3s', sweep: '500ms', announce: '200ms' } } }

  it('gets each state in order, one at a time, and delays nothing', async () => {
    const hooks = { lifecycle: 'echo "$1 begins"; sleep 0.02; echo "$1 ends"', serve: 'exec sleep 1000' }
    const instance = await bootWith(hooks).reaches('UP')
    await instance.says('UP ends')
    expect(await instance.stop()).to.equal(0)
    const states = ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'UP', 'STOPPED']
    expect(instance.stdout).to.equal(states.map((state) => `${state} begins\n${state} ends\n`).join(''))
  })

  it('that hangs in an earlier state delays neither the boot nor the announcement of STOPPED', async () => {
    const lifecycle = '[ "$1" = STOPPED ] || sleep 1000; echo "$1 was announced"'
    const instance = await bootWith({ lifecycle }, quick).reaches('UP')
    expect(await instance.stop()).to.equal(0)
    expect(instance.stdout).to.equal('STOPPED was announced\n')
  })

  it('that ignores SIGTERM does not outlast the grace period', async () => {
    const instance = await bootWith({ lifecycle: 'trap "" TERM; while :; do sleep 1; done' }, quick).reaches(
      'UP',
    )
    expect(await instance.stop()).to.equal(0)
    expect(instance.stderr).not.to.contain('the grace period is over')
  })
})
