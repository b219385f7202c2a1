import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { listProcesses } from '../../ww/processes/list.ts'
import { bootAt, bootWith, endInstances, makePlace } from '../helpers/real-instance.ts'
import { until } from '../helpers/until.ts'

const main = resolve(import.meta.dirname, '../../ww/main.ts')
const server = 'exec sleep 1000'
const quick = {
  ww: {
    kill_after: '200ms',
    restart: { backoff: '10ms' },
    stop: { grace: '3s', sweep: '500ms', announce: '200ms' },
  },
}

const isAlive = (pid: number): boolean => listProcesses().some((process) => process.pid === pid)

describe('ww run', () => {
  afterEach(endInstances)

  describe('a life', () => {
    it('goes from BOOT to UP and, on SIGTERM, to STOPPED and exit 0', async () => {
      const tell = 'echo "$WW_STATE $WW_HOOK"'
      const hooks = {
        boot: tell,
        firstboot: tell,
        upgrade: tell,
        svcup: tell,
        warmup: tell,
        monitor: 'echo {}',
        svcdown: tell,
      }
      const instance = await bootWith(hooks).reaches('UP')
      expect(await instance.stop()).to.equal(0)
      expect(instance.states()).to.deep.equal(['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'UP', 'STOPPED'])
      expect(instance.stdout).to.equal(
        'BOOT boot\nFIRSTBOOT firstboot\nUPGRADING upgrade\nWARMUP svcup\nWARMUP warmup\nUP svcdown\n',
      )
    })

    it('needs no hooks at all', async () => {
      const instance = await bootWith({}).reaches('UP')
      expect(await instance.stop()).to.equal(0)
    })

    it('does not boot /data a first time twice', async () => {
      const place = makePlace({ firstboot: 'echo made >> $WW_DATA/made' })
      await (await bootAt(place).reaches('UP')).stop()
      const again = await bootAt(place).reaches('UP')
      expect(again.states()).to.deep.equal(['BOOT', 'UPGRADING', 'WARMUP', 'UP'])
      expect(readFileSync(join(place.data, 'made'), 'utf8')).to.equal('made\n')
    })

    it('takes the whaleup of the original whaleware, an empty file, for initialised data', async () => {
      const place = makePlace({ firstboot: 'exit 1' })
      writeFileSync(join(place.data, 'whaleup'), '')
      await bootAt(place).reaches('UP')
    })

    it('marks /data with the version, the time and the boot', async () => {
      const instance = await bootWith({}, { ww: { version: '1.2' } }).reaches('UP')
      const mark = JSON.parse(readFileSync(join(instance.place.data, 'whaleup'), 'utf8'))
      expect(mark).to.include({ version: '1.2', bootId: instance.events()[0]?.bootId })
      expect(Date.parse(mark.initialisedAt)).to.be.a('number').and.not.to.be.NaN
    })

    it('tells upgrade the versions it comes from and goes to', async () => {
      const place = makePlace({ upgrade: 'echo "from $WW_PREVIOUS_VERSION to $WW_VERSION"' })
      await (await bootAt(place, { ww: { version: '1' } }).reaches('UP')).stop()
      await bootAt(place, { ww: { version: '2' } })
        .reaches('UP')
        .then((instance) => instance.says('from 1 to 2'))
    })

    it('hands values on from a hook to later ones, but not whaleware’s own names', async () => {
      const hooks = {
        boot: 'echo "PORT=80 80" >> $WW_ENV; echo WW_STATE=MAD >> $WW_ENV',
        svcup: 'echo "$WW_STATE port $PORT"',
      }
      await bootWith(hooks).says('WARMUP port 80 80')
    })

    it('passes the output of hooks and services on as it is', async () => {
      const instance = await bootWith({ serve: `printf 'a\\tb\\nno end'; printf err >&2; ${server}` }).says(
        'no end',
      )
      expect(instance.stdout).to.equal('a\tb\nno end')
    })
  })

  describe('a hook that fails', () => {
    it('ends in ERROR and exit 1, saying which and how', async () => {
      const instance = bootWith({ upgrade: 'exit 3' })
      expect(await instance.exited).to.equal(1)
      expect(instance.events().at(-1)).to.include({ state: 'ERROR', reason: 'upgrade failed: exit code 3' })
    })

    it('says so when it is not executable, or its interpreter is missing', async () => {
      const place = makePlace({ boot: '#!/no/such/shell\necho' })
      const instance = bootAt(place)
      expect(await instance.exited).to.equal(1)
      expect(instance.stderr).to.contain('boot failed: its interpreter (the #! line) is not there')
    })

    it('is ended with all it started when it takes too long', async () => {
      const instance = bootWith(
        { boot: 'sleep 1000 & echo $! > $WW_DATA/pid; trap "" TERM; wait' },
        { ww: { ...quick.ww, timeouts: { boot: '300ms' } } },
      )
      expect(await instance.exited).to.equal(1)
      expect(instance.events().at(-1)?.reason).to.equal('boot failed: it took longer than 0.3 s')
      expect(isAlive(Number(readFileSync(join(instance.place.data, 'pid'), 'utf8')))).to.equal(false)
    })
  })

  describe('SIGTERM', () => {
    const blocked = 'sleep 1000'
    const waiting: [state: string, hooks: Record<string, string>][] = [
      ['BOOT', { boot: blocked }],
      ['FIRSTBOOT', { firstboot: blocked }],
      ['UPGRADING', { upgrade: blocked }],
      ['WARMUP', { svcup: blocked }],
      ['WARMUP', { warmup: blocked }],
      ['UP', { monitor: blocked }],
      ['RESTARTING', { monitor: 'exit 1', svcdown: `[ "$WW_STATE" = RESTARTING ] && ${blocked}; exit 0` }],
    ]
    for (const [state, hooks] of waiting) {
      it(`stops in ${state} while ${Object.keys(hooks).at(-1)} runs`, async () => {
        const instance = await bootWith(hooks, quick).reaches(state)
        expect(await instance.stop()).to.equal(0)
        expect(instance.states().at(-1)).to.equal('STOPPED')
        expect(instance.stderr.trim().split('\n').at(-1)).to.match(/stopped in \d+\.\d\d s/)
      })
    }

    it('a second time cuts every wait short', async () => {
      const instance = await bootWith(
        { svcdown: 'echo going down; trap "" TERM; sleep 1000' },
        { ww: { stop: { grace: '60s' } } },
      ).reaches('UP')
      instance.signal('SIGTERM')
      await instance.says('going down')
      expect(await instance.stop()).to.equal(0)
    })

    it('leaves nothing behind: not what ignores it, nor a daemon with a session of its own', async () => {
      const instance = await bootWith(
        {
          svcup:
            'setsid sh -c \'trap "" TERM; echo $$ > $WW_DATA/daemon; while :; do sleep 1; done\' & exit 0',
          serve: 'trap "" TERM; echo $$ > $WW_DATA/serve; while :; do sleep 1; done',
        },
        quick,
      ).reaches('UP')
      const pids = ['daemon', 'serve'].map((name) => join(instance.place.data, name))
      await until(() => pids.every((path) => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')))
      expect(await instance.stop()).to.equal(0)
      for (const path of pids) expect(isAlive(Number(readFileSync(path, 'utf8'))), path).to.equal(false)
      expect(instance.stderr.trim().split('\n').at(-1)).to.contain('had to kill serve, sh (')
    })

    it('ends a serve by the signal that it is told, before svcdown', async () => {
      const hooks = {
        serve: 'trap "echo quit; exit 0" QUIT; echo ready; while :; do sleep 0.01; done',
        svcdown: 'echo down',
      }
      const instance = await bootWith(hooks, { ww: { serve: { signal: 'SIGQUIT' } } }).says('ready')
      await instance.reaches('UP')
      expect(await instance.stop()).to.equal(0)
      expect(instance.stdout).to.equal('ready\nquit\ndown\n')
    })
  })

  describe('a restart', () => {
    it('comes at once when a service ends', async () => {
      const instance = await bootWith({ serve: `echo $$ > $WW_DATA/pid; ${server}` }, quick).reaches('UP')
      const path = join(instance.place.data, 'pid')
      const pid = await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n')).then(() =>
        readFileSync(path, 'utf8'),
      )
      process.kill(Number(pid), 'SIGKILL')
      await until(() => instance.states().filter((state) => state === 'UP').length === 2)
      expect(instance.events().find(({ state }) => state === 'RESTARTING')).to.include({
        reason: 'serve ended: ended by SIGKILL',
        attempt: 1,
      })
    })

    it('comes when the monitor fails, and its output is kept for ERROR when it goes on failing', async () => {
      const instance = bootWith(
        { monitor: 'echo out of beans; exit 1' },
        { ww: { ...quick.ww, restart: { limit: 2, backoff: '10ms' } } },
      )
      expect(await instance.exited).to.equal(1)
      expect(instance.states().slice(4)).to.deep.equal([
        'UP',
        'RESTARTING',
        'UP',
        'RESTARTING',
        'UP',
        'RESTARTING',
        'ERROR',
      ])
      expect(JSON.stringify(instance.events().at(-1)?.monitorOutputs)).to.contain('out of beans')
    })

    it('comes on SIGHUP', async () => {
      const instance = await bootWith({ svcup: 'echo up' }, quick).reaches('UP')
      instance.signal('SIGHUP')
      await until(() => instance.states().filter((state) => state === 'UP').length === 2)
      expect(instance.stdout).to.equal('up\nup\n')
    })
  })

  describe('the monitor', () => {
    it('runs at once on SIGUSR1', async () => {
      const instance = await bootWith({ monitor: 'echo x >> $WW_DATA/runs; echo {}' }).reaches('UP')
      const runs = (): number => readFileSync(join(instance.place.data, 'runs'), 'utf8').length / 2
      await until(() => existsSync(join(instance.place.data, 'runs')) && runs() === 1)
      // a signal while it still runs asks for nothing more, so ask until it ran again
      await until(() => {
        instance.signal('SIGUSR1')
        return runs() >= 2
      })
    })

    it('has its JSON pushed, as an argument and on standard input', async () => {
      const instance = bootWith({
        monitor: `echo '{"q": "it'"'"'s"}'`,
        pushstats: 'echo "arg $1"; echo "in $(cat)"',
      })
      await instance.says(`arg {"q": "it's"}\nin {"q": "it's"}`)
    })

    it('may leave a daemon that keeps its output open', async () => {
      const instance = await bootWith(
        { monitor: 'sleep 1000 & echo \'{"a":1}\'', pushstats: 'echo "$1"' },
        quick,
      ).says('{"a":1}')
      expect(await instance.stop()).to.equal(0)
    })

    it('fails when it prints without end', async () => {
      const instance = await bootWith({ monitor: 'yes' }, quick).reaches('RESTARTING')
      expect(instance.events().at(-1)?.reason).to.equal('monitor failed: it printed more than 1 MiB')
    })
  })

  describe('the lifecycle hook', () => {
    it('is told of each state in order, one at a time, and holds up nothing', async () => {
      const hooks = { lifecycle: 'echo "$1 begins"; sleep 0.05; echo "$1 ends"' }
      const instance = await bootWith(hooks).reaches('UP')
      expect(await instance.stop()).to.equal(0)
      const told = ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'UP', 'STOPPED']
      expect(instance.stdout).to.equal(told.map((state) => `${state} begins\n${state} ends\n`).join(''))
    })

    it('that hangs delays neither the boot nor, past the grace, the stop', async () => {
      const instance = await bootWith({ lifecycle: 'sleep 1000' }, quick).reaches('UP')
      expect(await instance.stop()).to.equal(0)
    })
  })

  describe('a receiver that is down', () => {
    it('costs neither the boot nor the stop their time', async () => {
      const cfg = {
        ww: { notify: { url: 'http://127.0.0.1:1/' }, stop: { grace: '60s', announce: '100ms' } },
      }
      const instance = await bootWith({}, cfg).reaches('UP')
      // the grace is longer than the test may take
      expect(await instance.stop()).to.equal(0)
    })
  })

  describe('a boot that was killed', () => {
    it('is announced by the next one as a crash, with its last state', async () => {
      const place = makePlace({ serve: server })
      const first = await bootAt(place).reaches('UP')
      const bootId = first.events()[0]?.bootId
      first.signal('SIGKILL')
      await first.exited
      const second = await bootAt(place).reaches('UP')
      expect(second.events()[0]?.crash).to.include({ bootId, state: 'UP' })
      expect(await second.stop()).to.equal(0)
      const third = await bootAt(place).reaches('UP')
      expect(third.events()[0]).not.to.have.property('crash')
    })

    it('leaves no service of its own running beside the next boot’s', async () => {
      const place = makePlace({ serve: `echo $$ >> $WW_DATA/pids; ${server}` })
      const first = await bootAt(place).reaches('UP')
      const pids = (): number[] =>
        readFileSync(join(place.data, 'pids'), 'utf8').trim().split('\n').map(Number)
      await until(() => existsSync(join(place.data, 'pids')))
      first.signal('SIGKILL')
      await first.exited
      await bootAt(place).reaches('UP')
      await until(() => pids().length === 2)
      expect(pids().map(isAlive)).to.deep.equal([false, true])
    })

    it('in the middle of firstboot, at any instant, never leaves half-made data that comes UP', async () => {
      // the hook makes two halves; UP with only one of them would be half-made
      const place = makePlace({
        firstboot: 'rm -f $WW_DATA/a $WW_DATA/b; echo 1 > $WW_DATA/a; sleep 0.02; echo 2 > $WW_DATA/b',
        svcup: '[ -s $WW_DATA/a ] && [ -s $WW_DATA/b ]',
      })
      for (let instant = 0; instant < 25; instant++) {
        const instance = bootAt(place)
        const began = performance.now()
        await instance.says('FIRSTBOOT: ').catch(() => {})
        const wait = instant * 2
        await until(() => performance.now() - began > wait && instance.stderr.includes('FIRSTBOOT'))
        instance.signal('SIGKILL')
        await instance.exited
        if (existsSync(join(place.data, 'whaleup'))) break
        const marked = readdirSync(place.data).includes('whaleup')
        expect(marked).to.equal(false)
      }
      const last = await bootAt(place).reaches('UP')
      expect(readFileSync(join(place.data, 'b'), 'utf8')).to.equal('2\n')
      expect(await last.stop()).to.equal(0)
    })

    it('in firstboot has it run again, and the hook is told', async () => {
      const place = makePlace({
        firstboot: 'echo "retry=$WW_FIRSTBOOT_RETRY"; [ "$WW_FIRSTBOOT_RETRY" = 1 ] || sleep 1000',
      })
      const first = await bootAt(place).says('retry=\n')
      first.signal('SIGKILL')
      await first.exited
      const second = await bootAt(place).reaches('UP')
      expect(second.stdout).to.equal('retry=1\n')
      expect(second.stderr).to.contain('an earlier firstboot did not finish')
    })
  })

  describe('two instances on one /data', () => {
    it('never initialise it at once', async () => {
      const place = makePlace({
        firstboot: 'echo begin >> $WW_DATA/story; sleep 0.2; echo end >> $WW_DATA/story',
      })
      const other = {
        ...makePlace({ firstboot: readFileSync(join(place.home, 'usr/firstboot'), 'utf8') }),
        data: place.data,
      }
      const both = [bootAt(place), bootAt(other)]
      for (const instance of both) await instance.reaches('UP')
      expect(readFileSync(join(place.data, 'story'), 'utf8')).to.equal('begin\nend\n')
    })
  })

  describe('ww.requires', () => {
    it('is waited for before svcup, and progress is told', async () => {
      const place = makePlace({ svcup: 'echo up' })
      const file = join(place.data, 'there')
      const instance = await bootAt(place, { ww: { requires: [`file:${file}`, 'exec:true'] } }).says(
        `waiting for file:${file}`,
      )
      expect(instance.stdout).to.equal('')
      writeFileSync(file, '')
      await instance.reaches('UP')
    })

    it('ends in ERROR past its limit, naming what is missing', async () => {
      const instance = bootWith(
        { svcup: 'echo up' },
        {
          ww: {
            requires: ['tcp://127.0.0.1:1', 'http://127.0.0.1:1/x', 'exec:exit 1'],
            requires_timeout: '300ms',
          },
        },
      )
      expect(await instance.exited).to.equal(1)
      expect(instance.events().at(-1)?.reason).to.equal(
        'gave up waiting for tcp://127.0.0.1:1, http://127.0.0.1:1/x, exec:exit 1 after 0.3 s (ww.requires_timeout)',
      )
      expect(instance.stdout).to.equal('')
    })
  })

  describe('ww.schedule', () => {
    it('runs a hook at its times in UP, and ends it on a stop', async () => {
      const place = makePlace({ backup: 'echo saved to $WW_BACKUP; sleep 1000' })
      const instance = await bootAt(place, { ww: { ...quick.ww, schedule: { backup: '* * * * * *' } } }).says(
        `saved to ${place.backup}`,
      )
      expect(await instance.stop()).to.equal(0)
    })
  })

  describe('ww.on_error "hold"', () => {
    it('keeps the container for inspection until it is stopped, and exits 1', async () => {
      const instance = await bootWith({ boot: 'exit 1' }, { ww: { on_error: 'hold' } }).says(
        'held for inspection',
      )
      expect(instance.process.exitCode).to.equal(null)
      expect(await instance.stop()).to.equal(1)
    })
  })

  describe('a bad configuration', () => {
    it('is one line and exit 78, with nothing run', async () => {
      const instance = bootWith({ boot: 'echo ran' }, '{"a": ')
      expect(await instance.exited).to.equal(78)
      expect(instance.stdout).to.equal('')
      expect(instance.stderr.trim().split('\n')).to.have.length(1)
      expect(instance.states()).to.deep.equal([])
    })
  })

  describe('a word that it does not know', () => {
    it('is refused with exit 2, with nothing run', () => {
      const { status, stderr } = spawnSync(process.execPath, [main, 'run', 'bash'], { encoding: 'utf8' })
      expect(status).to.equal(2)
      expect(stderr).to.contain('ww run takes no arguments, but got: bash')
    })
  })
})
