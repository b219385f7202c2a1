import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { bootWith, endInstances, type RealInstance } from '../../helpers/real-instance.ts'
import { until } from '../../helpers/until.ts'

const server = 'exec sleep 1000'
const quick = { ww: { kill_after: '200ms', restart: { backoff: '10ms' } } }
const count = (instance: RealInstance, state: string): number =>
  instance.states().filter((one) => one === state).length

describe('a real restart', () => {
  afterEach(endInstances)

  it('follows at once when a service is killed', async () => {
    const instance = await bootWith({ serve: `echo $$ > $WW_DATA/pid; ${server}` }, quick).reaches('UP')
    const path = join(instance.place.data, 'pid')
    await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'))
    process.kill(Number(readFileSync(path, 'utf8')), 'SIGKILL')
    await until(() => count(instance, 'UP') === 2)
    const facts = { reason: 'serve was killed by SIGKILL', attempt: 1 }
    expect(instance.events().find(({ state }) => state === 'RESTARTING')).to.include(facts)
  })

  it('of a server that takes its time is one restart, and UP only when its monitor passes', async () => {
    const hooks = {
      serve: 'sleep 0.7; echo $$ > $WW_DATA/pid; exec sleep 1000',
      // as a port would, it belongs to the process that is gone
      monitor: 'kill -0 "$(cat $WW_DATA/pid)" && echo {}',
    }
    const instance = await bootWith(hooks).reaches('UP')
    const pid = (): number => Number(readFileSync(join(instance.place.data, 'pid'), 'utf8'))
    const killed = pid()
    process.kill(killed, 'SIGKILL')
    await until(() => count(instance, 'UP') === 2)
    expect(instance.states().slice(-3)).to.deep.equal(['UP', 'RESTARTING', 'UP'])
    expect(pid()).not.to.equal(killed)
  })

  it('follows when the monitor fails; when it never succeeds again, ERROR reports its outputs', async () => {
    const hooks = { monitor: '[ -e $WW_DATA/bad ] || exec echo {}; echo out of beans; exit 1' }
    const settings = {
      ww: {
        monitor: { every: '50ms' },
        timeouts: { warmup: '300ms' },
        restart: { limit: 2, backoff: '10ms' },
      },
    }
    const instance = await bootWith(hooks, settings).reaches('UP')
    writeFileSync(join(instance.place.data, 'bad'), '')
    expect(await instance.exited).to.equal(1)
    expect(instance.states().slice(4)).to.deep.equal(['UP', 'RESTARTING', 'RESTARTING', 'ERROR'])
    const error = instance.events().at(-1)
    expect(error?.reason).to.equal('monitor exited with code 1, restart limit exceeded')
    expect(JSON.stringify(error?.monitorOutputs)).to.contain('out of beans')
  })

  it('follows SIGHUP, with drain', async () => {
    const hooks = { svcup: 'echo up', drain: 'echo "drain in $WW_STATE"' }
    const instance = await bootWith(hooks, quick).reaches('UP')
    instance.signal('SIGHUP')
    await until(() => count(instance, 'UP') === 2)
    expect(instance.stdout).to.equal('up\ndrain in RESTARTING\nup\n')
  })

  it('is not tried when a service exits with 125', async () => {
    const instance = bootWith({ serve: 'sleep 0.3; exit 125' }, quick)
    expect(await instance.exited).to.equal(1)
    expect(instance.states()).not.to.include('RESTARTING')
    expect(instance.events().at(-1)?.reason).to.match(/^serve exited with code 125/)
  })
})

describe('a real monitor', () => {
  afterEach(endInstances)

  it('runs at once on SIGUSR1', async () => {
    const instance = await bootWith({ monitor: 'echo x >> $WW_DATA/runs; echo {}' }).reaches('UP')
    const runs = (): number => readFileSync(join(instance.place.data, 'runs'), 'utf8').length / 2
    // a request while it runs waits for the next run
    await until(() => {
      instance.signal('SIGUSR1')
      return runs() >= 3
    })
  })

  it('has its JSON pushed, as an argument and on standard input', async () => {
    const instance = bootWith({
      monitor: `echo '{"q": "it'"'"'s"}'`,
      pushstats: 'echo "arg $1"; echo "in $(cat)"',
    })
    await instance.says(`arg {"q": "it's"}\nin {"q": "it's"}`)
  })

  it('has a JSON of 200 kB pushed on standard input', async () => {
    const instance = bootWith({
      monitor: `printf '{"a": "'; head -c 200000 /dev/zero | tr '\\0' x; printf '"}'`,
      pushstats: 'echo "arg ${#1} in $(wc -c)"',
    })
    await instance.says('arg 0 in 200009')
  })

  it('may leave a daemon that keeps its output open', async () => {
    const hooks = { monitor: 'sleep 1000 & echo \'{"a":1}\'', pushstats: 'echo "$1"' }
    const instance = await bootWith(hooks, quick).says('{"a":1}')
    expect(await instance.stop()).to.equal(0)
  })

  it('may print to /dev/stdout', async () => {
    await bootWith({ monitor: 'echo \'{"a":1}\' > /dev/stdout', pushstats: 'echo "$1"' }).says('{"a":1}')
  })

  it('fails when it prints without end, even if it ignores SIGTERM', async () => {
    const hooks = { monitor: '[ -e $WW_DATA/bad ] || exec echo {}; trap "" TERM; yes' }
    const settings = {
      ww: { monitor: { every: '100ms' }, timeouts: { warmup: '1s' }, restart: { limit: 1 } },
    }
    const instance = await bootWith(hooks, settings).reaches('UP')
    writeFileSync(join(instance.place.data, 'bad'), '')
    await instance.reaches('RESTARTING')
    expect(instance.events().at(-1)?.reason).to.equal('monitor printed more than 1 MiB')
  })

  it('fails when it prints something other than a JSON object', async () => {
    const hooks = { monitor: '[ -e $WW_DATA/bad ] && echo "{\\"keys\\": }" || echo {}' }
    const instance = await bootWith(hooks, { ww: { monitor: { every: '100ms' } } }).reaches('UP')
    writeFileSync(join(instance.place.data, 'bad'), '')
    await instance.reaches('RESTARTING')
    expect(instance.events().at(-1)?.reason).to.contain('which is not a JSON object')
  })
})

describe('ww.schedule', () => {
  afterEach(endInstances)

  it('runs a hook at its times in UP, and ends it on a stop', async () => {
    const instance = bootWith(
      { backup: 'echo saved to $WW_BACKUP; sleep 1000' },
      {
        ww: { schedule: { backup: '* * * * * *' } },
      },
    )
    await instance.says(`saved to ${instance.place.backup}`)
    expect(await instance.stop()).to.equal(0)
  })
})
