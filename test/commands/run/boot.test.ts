import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { findProcess } from '../../../ww/processes/list.ts'
import { bootAt, bootWith, endInstances, makePlace } from '../../helpers/real-instance.ts'
import { repeat } from '../../helpers/repeat.ts'
import { until } from '../../helpers/until.ts'

const server = 'exec sleep 1000'
const isAlive = (pid: number): boolean => findProcess(pid) !== null

describe('a boot that was killed', () => {
  afterEach(endInstances)

  it('is reported by the next one as a crash, in the log and in its first event', async () => {
    const place = makePlace({ serve: server })
    const first = await bootAt(place).reaches('UP')
    const bootId = first.events()[0]?.bootId
    first.signal('SIGKILL')
    await first.exited
    const second = await bootAt(place).reaches('UP')
    expect(second.events()[0]?.crash).to.include({ bootId, state: 'UP' })
    expect(second.stderr).to.contain('BOOT: started after a crash (')
    expect(second.stderr).to.contain('warning: the previous boot crashed in UP')
    expect(await second.stop()).to.equal(0)
    const third = await bootAt(place).reaches('UP')
    expect(third.events()[0]).not.to.have.property('crash')
    expect(third.stderr).not.to.contain('crash')
  })

  it('leaves no service of its own running beside that of the next boot', async () => {
    const place = makePlace({ serve: `echo $$ >> $WW_DATA/pids; ${server}` })
    const first = await bootAt(place).reaches('UP')
    const pids = (): number[] => readFileSync(join(place.data, 'pids'), 'utf8').trim().split('\n').map(Number)
    await until(() => existsSync(join(place.data, 'pids')))
    first.signal('SIGKILL')
    await first.exited
    await bootAt(place).reaches('UP')
    await until(() => pids().length === 2)
    expect(pids().map(isAlive)).to.deep.equal([false, true])
  })

  it('at any instant of firstboot leaves /data without its mark, and the next boot makes it whole', async () => {
    // the hook makes two halves, and marks each run; half-made data must never come UP
    const place = makePlace({
      firstboot:
        'rm -f $WW_DATA/a $WW_DATA/b; echo 1 > $WW_DATA/a; sleep 0.05; echo 2 > $WW_DATA/b; sleep 1000',
      svcup: '[ -s $WW_DATA/a ] && [ -s $WW_DATA/b ]',
    })
    const half = join(place.data, 'a')
    const whole = join(place.data, 'b')
    const instants: [what: string, reached: (instance: { stderr: string }) => boolean][] = [
      ['the state was logged', ({ stderr }) => stderr.includes('FIRSTBOOT')],
      ['one half is there', () => existsSync(half)],
      ['both halves are there', () => existsSync(whole) && readFileSync(whole, 'utf8') === '2\n'],
    ]
    for (let round = 0; round < repeat(2, 20); round++) {
      for (const [what, reached] of instants) {
        const instance = bootAt(place)
        await until(() => reached(instance), what)
        instance.signal('SIGKILL')
        expect(await instance.exited).to.equal('SIGKILL')
        expect(existsSync(join(place.data, 'whaleup')), `marked though killed when ${what}`).to.equal(false)
      }
    }
    const hook = readFileSync(join(place.home, 'usr/firstboot'), 'utf8')
    writeFileSync(join(place.home, 'usr/firstboot'), hook.replace('; sleep 1000', ''))
    const last = await bootAt(place).reaches('UP')
    expect(readFileSync(whole, 'utf8')).to.equal('2\n')
    expect(last.states()).to.include('FIRSTBOOT')
    expect(await last.stop()).to.equal(0)
  })

  it('in firstboot has it run again, and the hook knows', async () => {
    const place = makePlace({
      firstboot: 'echo "retry=$WW_FIRSTBOOT_RETRY"; [ "$WW_FIRSTBOOT_RETRY" = 1 ] || sleep 1000',
    })
    const first = await bootAt(place).says('retry=\n')
    first.signal('SIGKILL')
    await first.exited
    const second = await bootAt(place).reaches('UP')
    expect(second.stdout).to.equal('retry=1\n')
    expect(second.stderr).to.contain('warning: firstboot: an earlier one did not finish')
  })
})

describe('two instances on one /data', () => {
  afterEach(endInstances)

  it('never initialise it at the same time', async () => {
    const firstboot = 'echo begin >> $WW_DATA/story; sleep 0.2; echo end >> $WW_DATA/story'
    const [place, other] = [makePlace({ firstboot }), makePlace({ firstboot })]
    const both = [
      bootAt(place, { ww: { instance: 'one' } }),
      bootAt({ ...other, data: place.data }, { ww: { instance: 'two' } }),
    ]
    for (const instance of both) await instance.reaches('UP')
    expect(readFileSync(join(place.data, 'story'), 'utf8')).to.equal('begin\nend\n')
  })

  it('do not report the crash of each other', async () => {
    const [place, other] = [makePlace({ serve: server }), makePlace({ serve: server })]
    const one = await bootAt(place, { ww: { instance: 'one' } }).reaches('UP')
    one.signal('SIGKILL')
    await one.exited
    const two = await bootAt({ ...other, data: place.data }, { ww: { instance: 'two' } }).reaches('UP')
    expect(two.events()[0]).not.to.have.property('crash')
  })
})

describe('two instances on one run directory', () => {
  afterEach(endInstances)

  it('do not disturb each other: the second refuses to start, with exit code 78', async () => {
    const place = makePlace({ serve: server })
    const first = await bootAt(place).reaches('UP')
    const second = bootAt(place)
    expect(await second.exited).to.equal(78)
    expect(second.stderr).to.match(/cannot use .*run: .*is using it/)
    expect(first.process.exitCode).to.equal(null)
    expect(await first.stop()).to.equal(0)
  })
})

describe('ww.requires', () => {
  afterEach(endInstances)

  it('is waited for before svcup, and the wait is logged', async () => {
    const place = makePlace({ svcup: 'echo up' })
    const file = join(place.data, 'there')
    const instance = await bootAt(place, { ww: { requires: [`file:${file}`, 'exec:true'] } }).says(
      `waiting for file:${file}`,
    )
    expect(instance.stdout).to.equal('')
    writeFileSync(file, '')
    await instance.reaches('UP')
  })

  it('ends in ERROR at its limit, naming what does not respond', async () => {
    const requires = ['tcp://127.0.0.1:1', 'http://127.0.0.1:1/x', 'exec:exit 1']
    const instance = bootWith({ svcup: 'echo up' }, { ww: { requires, requires_timeout: '900ms' } })
    expect(await instance.exited).to.equal(1)
    for (const one of requires) expect(instance.events().at(-1)?.reason).to.contain(one)
    expect(instance.stdout).to.equal('')
  })
})

describe('an invalid configuration', () => {
  afterEach(endInstances)

  it('is one line and exit code 78, with nothing run', async () => {
    const instance = bootWith({ boot: 'echo ran' }, '{"a": ')
    expect(await instance.exited).to.equal(78)
    expect(instance.stdout).to.equal('')
    expect(instance.stderr.trim().split('\n')).to.have.length(1)
    expect(instance.states()).to.deep.equal([])
  })

  it('logs a setting that no longer does anything as a warning', async () => {
    const instance = await bootWith({}, { ww: { restart: { warmup: true } } }).reaches('UP')
    expect(instance.stderr).to.match(/warning: .*ww\.restart\.warmup/)
  })
})
