import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type InstanceDirectory, openInstanceDirectory } from '../../ww/data/instance-directory.ts'
import { adoptOutboxes } from '../../ww/notify/adopt.ts'
import { EventMaker } from '../../ww/notify/event.ts'
import { Outbox } from '../../ww/notify/outbox.ts'
import { Outboxes } from '../../ww/notify/outboxes.ts'
import { testIdentity } from '../helpers/notify-settings.ts'

describe('taking over the events of dead instances', () => {
  let data = ''
  const open: InstanceDirectory[] = []
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'ww-adopt-'))
  })
  afterEach(() => {
    for (const directory of open.splice(0)) directory.close()
    rmSync(data, { recursive: true, force: true })
  })

  const start = (instance: string): InstanceDirectory => {
    const directory = openInstanceDirectory({ data, run: `${data}/run` }, instance, () => {})
    open.push(directory)
    return directory
  }
  const fill = (directory: string, bootId: string, count: number): void => {
    const outbox = new Outbox(directory, 100, () => {})
    const maker = new EventMaker(testIdentity(bootId), 1000)
    for (let i = 0; i < count; i++) outbox.append(maker.stats(0, 'UP', {}))
  }
  const leaveBehind = (instance: string, count = 2): string => {
    const directory = start(instance)
    fill(`${directory.path}/outbox`, instance, count)
    directory.close()
    open.splice(open.indexOf(directory), 1)
    return `${directory.path}`
  }
  const adopt = ({ path, shared }: InstanceDirectory): string[] => adoptOutboxes(`${path}`, shared)
  const eventsOf = (outboxes: Outboxes, ownOnly = false): string[] => {
    const ids: string[] = []
    for (let next = outboxes.first(ownOnly); next; next = outboxes.first(ownOnly)) {
      ids.push((next.event as { id: string }).id)
      outboxes.remove(next.name)
    }
    return ids
  }
  const eventsFor = (places: InstanceDirectory): string[] => eventsOf(new Outboxes(places, 100, () => {}))

  it('delivers those of an instance that is dead, and removes its outbox', () => {
    const dead = leaveBehind('dead')
    const me = start('me')
    expect(eventsFor(me)).to.deep.equal(['dead-1', 'dead-2'])
    expect(existsSync(`${dead}/outbox`)).to.equal(false)
    expect(readdirSync(`${me.path}`).filter((name) => name.startsWith('adopted'))).to.deep.equal([])
  })

  it('leaves those of an instance that runs', () => {
    const alive = start('alive')
    fill(`${alive.path}/outbox`, 'alive', 1)
    expect(adopt(start('me'))).to.deep.equal([])
    expect(eventsFor(alive)).to.deep.equal(['alive-1'])
  })

  it('lets the dead instance start again meanwhile, with an outbox of its own', () => {
    leaveBehind('dead')
    const me = start('me')
    expect(adopt(me)).to.have.length(1)
    expect(start('dead').path).to.equal(`${data}/.ww/dead`)
    expect(eventsFor(me)).to.deep.equal(['dead-1', 'dead-2'])
  })

  it('delivers what the first version left in the outbox of all instances', () => {
    fill(`${data}/.ww/outbox`, 'old', 2)
    expect(eventsFor(start('me'))).to.deep.equal(['old-1', 'old-2'])
    expect(existsSync(`${data}/.ww/outbox`)).to.equal(false)
  })

  it('delivers what an earlier boot of this instance took over and did not deliver', () => {
    leaveBehind('dead')
    const first = start('me')
    adopt(first)
    first.close()
    expect(eventsFor(start('me'))).to.deep.equal(['dead-1', 'dead-2'])
  })

  it('delivers what a dead instance had itself taken over', () => {
    leaveBehind('first')
    const second = start('second')
    fill(`${second.path}/outbox`, 'second', 1)
    adopt(second)
    second.close()
    expect(eventsFor(start('third')).sort()).to.deep.equal(['first-1', 'first-2', 'second-1'])
  })

  it('sends its own events first, each outbox in its order', () => {
    for (const instance of ['a', 'b']) leaveBehind(instance, 3)
    const me = start('me')
    const outboxes = new Outboxes(me, 100, () => {})
    fill(`${me.path}/outbox`, 'me', 2)
    const ids = eventsOf(outboxes)
    expect(ids.slice(0, 2)).to.deep.equal(['me-1', 'me-2'])
    for (const instance of ['a', 'b'])
      expect(ids.filter((id) => id.startsWith(instance))).to.deep.equal(
        [1, 2, 3].map((n) => `${instance}-${n}`),
      )
  })

  it('sends a new event of its own before the rest of what was taken over', () => {
    leaveBehind('dead', 3)
    const me = start('me')
    const outboxes = new Outboxes(me, 100, () => {})
    outboxes.remove(outboxes.first(false)?.name ?? '')
    outboxes.own.append(new EventMaker(testIdentity('me'), 1).stats(0, 'UP', {}))
    expect(eventsOf(outboxes)).to.deep.equal(['me-1', 'dead-2', 'dead-3'])
  })

  it('takes nothing over while only its own events are wanted', () => {
    const dead = leaveBehind('dead')
    expect(eventsOf(new Outboxes(start('me'), 100, () => {}), true)).to.deep.equal([])
    expect(existsSync(`${dead}/outbox`)).to.equal(true)
  })

  it('takes nothing over where /data is not shared, or nothing can be stored', () => {
    leaveBehind('dead')
    const { path } = start('me')
    expect(adoptOutboxes(`${path}`, null)).to.deep.equal([])
    expect(eventsOf(new Outboxes({ path: null, shared: null }, 100, () => {}))).to.deep.equal([])
  })

  it('leaves what is no directory of an instance', () => {
    mkdirSync(`${data}/.ww/else/outbox`, { recursive: true })
    writeFileSync(`${data}/.ww/data.holder`, '')
    expect(adopt(start('me'))).to.deep.equal([])
    expect(existsSync(`${data}/.ww/else/outbox`)).to.equal(true)
  })

  it('leaves damaged events for people', () => {
    const dead = leaveBehind('dead', 1)
    writeFileSync(`${dead}/outbox/000000000001-stats.json`, '{"half')
    const me = start('me')
    expect(eventsFor(me)).to.deep.equal([])
    const [adopted = ''] = adopt(me)
    expect(readdirSync(adopted)).to.deep.equal(['000000000001-stats.json.damaged'])
  })

  it('removes the directory of an instance that ended more than 30 days ago, and no younger one', () => {
    const day = 86_400
    const ages = { new: 0, young: 29 * day, old: 31 * day }
    for (const [name, age] of Object.entries(ages)) {
      const directory = leaveBehind(name)
      if (name === 'new') continue
      writeFileSync(`${directory}/boot.json`, '{}')
      const at = Date.now() / 1000 - age
      utimesSync(`${directory}/boot.json`, at, at)
    }
    expect(eventsFor(start('me'))).to.have.length(6)
    expect(readdirSync(`${data}/.ww`).sort()).to.deep.equal(['me', 'new', 'young'])
  })
})
