import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../../helpers/command-line.ts'
import { bootAt, endInstances, makePlace, type RealInstance } from '../../helpers/real-instance.ts'
import { until } from '../../helpers/until.ts'

const server = 'echo $$ >> $WW_DATA/$WW_HOOK.pids; exec sleep 1000'
/** As hooks of an image call it, where it is in PATH. */
const cfg = `sh ${resolve(import.meta.dirname, '../../../ww/sh/cfg')}`
const reload = ({ place }: RealInstance) => typeCommand(['reload'], { WW_RUN: place.run })
const starts = ({ place }: RealInstance, name: string): number => {
  const path = join(place.data, `${name}.pids`)
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0
}

describe('ww reload', () => {
  afterEach(endInstances)

  /** Boots an instance whose configuration is a file, and returns what changes it. */
  async function boot(hooks: Record<string, string>, config: object) {
    const place = makePlace(hooks)
    const file = join(place.root, 'cfg.json')
    const write = (content: unknown): void =>
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    write(config)
    const instance = bootAt(place, undefined, { CFG_FILE: file })
    await instance.reaches('UP')
    await until(() => existsSync(join(place.run, 'control.sock')))
    return { instance, write }
  }

  it('prints what changed, and runs the hook reload with the changed key paths', async () => {
    const hooks = { serve: server, reload: `echo "$@" > $WW_DATA/keys; ${cfg} memory >> $WW_DATA/keys` }
    const { instance, write } = await boot(hooks, { memory: '400mb', debug: true, password: 'a' })
    write({ memory: '600mb', cache: { ttl: '5m' }, password: 'b' })
    const { status, stdout, stderr } = reload(instance)
    expect(stderr).to.equal('')
    expect(stdout).to.match(
      /^\+ cache\.ttl {2}"5m"\n- debug {6}true\n~ memory {5}"400mb" -> "600mb"\n~ password {3}\(secret\) changed\nreload succeeded in .*\n$/,
    )
    expect(status).to.equal(0)
    const [keys, memory] = readFileSync(join(instance.place.data, 'keys'), 'utf8').split('\n')
    expect(keys).to.equal('cache.ttl debug memory password')
    expect(memory).to.equal('600mb')
    expect(starts(instance, 'serve')).to.equal(1)
  })

  it('restarts the services that use what changed, and no other', async () => {
    const services = { 'serve-php': { uses: ['php'] }, serve: { uses: ['db'] } }
    const { instance, write } = await boot(
      { serve: server, 'serve-php': server },
      { php: { workers: 2 }, ww: { services } },
    )
    await until(() => starts(instance, 'serve-php') === 1)
    write({ php: { workers: 3 }, ww: { services } })
    expect(reload(instance).stdout).to.match(/^~ php\.workers {2}2 -> 3\nrestarted serve-php in .*\n$/)
    await until(() => starts(instance, 'serve-php') === 2)
    expect(starts(instance, 'serve')).to.equal(1)
    expect(instance.states().at(-1)).to.equal('UP')
  })

  it('restarts all of them when none says what it uses', async () => {
    const { instance, write } = await boot({ serve: server }, { memory: 1 })
    write({ memory: 2 })
    const { status, stdout } = reload(instance)
    expect(stdout).to.match(/^~ memory {2}1 -> 2\nrestarted all services: UP after /)
    expect(status).to.equal(0)
    expect(instance.events().find(({ state }) => state === 'RESTARTING')).to.include({ reason: 'ww reload' })
    expect(starts(instance, 'serve')).to.equal(2)
  })

  it('changes nothing when the configuration is invalid: exit 78, every problem in a line', async () => {
    const { instance, write } = await boot({ serve: server }, { memory: 1 })
    const lookup = readFileSync(join(instance.place.run, 'cfg-lookup'), 'utf8')
    write({ memory: 2, ww: { monitor: { every: 5 } } })
    const { status, stdout, stderr } = reload(instance)
    expect([status, stdout]).to.deep.equal([78, ''])
    expect(stderr).to.match(
      /^ww reload: .*ww\.monitor\.every.*\nww reload: invalid configuration, nothing was changed\n$/,
    )
    expect(readFileSync(join(instance.place.run, 'cfg-lookup'), 'utf8')).to.equal(lookup)
    write('{"memory": ')
    expect(reload(instance).status).to.equal(78)
    expect(instance.states().at(-1)).to.equal('UP')
  })

  it('applies settings of whaleware at once where it can, and names the others', async () => {
    const { instance, write } = await boot(
      { serve: server, monitor: 'echo x >> $WW_DATA/monitors', tick: 'echo x >> $WW_DATA/ticks' },
      { ww: { monitor: { every: '1h' } } },
    )
    write({ ww: { monitor: { every: '1h' }, schedule: { tick: '* * * * * *' }, listen: ':0' } })
    expect(reload(instance).stdout).to.match(
      /\n~? ?\+? ww\.schedule\.tick .*\n|ww\.listen .*, at the next boot\n/,
    )
    await until(() => existsSync(join(instance.place.data, 'ticks')))
    expect(starts(instance, 'serve')).to.equal(1)
  })

  it('says that nothing has changed, and that JSON in CFG cannot change', async () => {
    const { instance } = await boot({ serve: server }, { memory: 1 })
    expect(reload(instance)).to.deep.equal({ status: 0, stdout: 'nothing has changed\n', stderr: '' })
    const inline = await bootAt(makePlace({ serve: server }), { memory: 1 }).reaches('UP')
    await until(() => existsSync(join(inline.place.run, 'control.sock')))
    expect(reload(inline).stdout).to.contain('mount a file and set CFG to its path')
  })

  it('happens by itself when a file changes, where ww.reload.on is "file"', async () => {
    const config = (memory: number) => ({ memory, ww: { reload: { on: 'file' } } })
    const { instance, write } = await boot(
      { serve: server, reload: `${cfg} memory > $WW_DATA/memory` },
      config(1),
    )
    write(config(2))
    await instance.says('reload: reload succeeded')
    expect(readFileSync(join(instance.place.data, 'memory'), 'utf8')).to.equal('2\n')
    write('{"memory": ')
    await instance.says('warning: reload: ')
    expect(instance.states().at(-1)).to.equal('UP')
  })

  it('fails with what the hook did wrong, and the instance stays UP', async () => {
    const { instance, write } = await boot({ serve: server, reload: 'exit 3' }, { memory: 1 })
    write({ memory: 2 })
    const { status, stderr } = reload(instance)
    expect(status).to.equal(1)
    expect(stderr).to.match(/^ww reload: reload exited with code 3 in .*\n$/)
    expect(instance.states().at(-1)).to.equal('UP')
  })
})
