import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { EventMaker } from '../../ww/notify/event.ts'
import { Outbox } from '../../ww/notify/outbox.ts'

describe('an outbox on a disk in trouble', () => {
  let root = ''
  let maker: EventMaker
  let warnings: string[]
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-outbox-'))
    maker = new EventMaker(
      { app: 'a', instance: 'i', version: '', bootId: 'b', labels: {}, configHash: '' },
      1000,
    )
    warnings = []
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const openBox = (keep = 10): Outbox =>
    new Outbox(`${root}/box`, keep, 'x', (line) => void warnings.push(line))
  const appendStats = (outbox: Outbox, count: number): void => {
    for (let i = 0; i < count; i++) outbox.append(maker.stats(0, 'UP', {}))
  }
  const drainIds = (outbox: Outbox): string[] => {
    const ids: string[] = []
    for (let next = outbox.first(); next; next = outbox.first()) {
      ids.push((next.event as { id: string }).id)
      outbox.remove(next.name)
    }
    return ids
  }

  it('makes no directory to look what waits', () => {
    const outbox = openBox()
    expect(outbox.size).to.equal(0)
    expect(outbox.first()).to.equal(undefined)
    expect(existsSync(`${root}/box`)).to.equal(false)
  })

  it('holds nothing where no directory can be made, and takes events once it can', () => {
    writeFileSync(`${root}/box`, 'a file where the directory should be')
    const outbox = openBox()
    expect(() => appendStats(outbox, 1)).to.throw(/EEXIST|ENOTDIR/)
    expect(outbox.size).to.equal(0)
    expect(outbox.first()).to.equal(undefined)
    rmSync(`${root}/box`)
    appendStats(outbox, 1)
    expect(drainIds(outbox)).to.deep.equal(['b-2'])
  })

  it('goes on when a delivered event cannot be removed', () => {
    const outbox = openBox()
    appendStats(outbox, 2)
    const first = outbox.first()?.name ?? ''
    // rm refuses a directory, as it would any file on a file system turned read-only
    rmSync(`${root}/box/${first}`)
    mkdirSync(`${root}/box/${first}`)
    outbox.remove(first)
    expect(drainIds(outbox)).to.deep.equal(['b-2'])
  })

  it('warns once of a damaged event, which it keeps for people', () => {
    const outbox = openBox()
    appendStats(outbox, 2)
    const [first = ''] = readdirSync(`${root}/box`)
    writeFileSync(`${root}/box/${first}`, '{"half')
    expect(drainIds(outbox)).to.deep.equal(['b-2'])
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.contain(first)
    expect(readFileSync(`${root}/box/${first}.damaged`, 'utf8')).to.equal('{"half')
  })

  it('passes over an event that another instance has delivered from the same directory', () => {
    appendStats(openBox(), 2)
    const outbox = openBox()
    expect(outbox.size).to.equal(2)
    const [first = ''] = readdirSync(`${root}/box`)
    rmSync(`${root}/box/${first}`)
    expect(drainIds(outbox)).to.deep.equal(['b-2'])
    expect(warnings).to.deep.equal([])
  })

  it('shrinks a backlog to what it may keep now', () => {
    const before = openBox(100)
    appendStats(before, 20)
    before.append(
      maker.lifecycle({ state: 'UP', previous: null, reason: '', attempt: 0, previousMs: 0, at: 0 }),
    )
    const outbox = openBox(3)
    appendStats(outbox, 1)
    expect(outbox.size).to.equal(3)
    expect(readdirSync(`${root}/box`)).to.have.length(3)
    expect(drainIds(outbox)).to.deep.equal(['b-20', 'b-21', 'b-22'])
  })

  it('removes what a kill -9 left unfinished, but not what another instance is writing', () => {
    mkdirSync(`${root}/box`)
    writeFileSync(`${root}/box/000000000001-stats-y.json.1.tmp`, '{')
    writeFileSync(`${root}/box/000000000002-stats-y.json.1.tmp`, '{')
    utimesSync(`${root}/box/000000000001-stats-y.json.1.tmp`, 1, 1)
    // the kernel has dated it, and the kernel's clock is not moved when that of the tests is
    utimesSync(`${root}/box/000000000002-stats-y.json.1.tmp`, new Date(), new Date())
    expect(openBox().size).to.equal(0)
    expect(readdirSync(`${root}/box`)).to.deep.equal(['000000000002-stats-y.json.1.tmp'])
  })
})
