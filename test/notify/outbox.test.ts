import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { type CloudEvent, EventMaker } from '../../ww/notify/event.ts'
import { Outbox } from '../../ww/notify/outbox.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { testIdentity } from '../helpers/notify-settings.ts'
import { fillDisk, makeReadOnly, mountDisk, unmountDisk } from '../helpers/small-disk.ts'
import { until } from '../helpers/until.ts'
import { recordFileCalls } from '../helpers/watch-files.ts'

describe('the outbox', () => {
  let root = ''
  let maker: EventMaker
  let warnings: string[]
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-outbox-'))
    maker = new EventMaker(testIdentity('b'), 1000)
    warnings = []
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const open = (limit = 10, directory: string | null = `${root}/box`): Outbox =>
    new Outbox(directory, limit, (line) => void warnings.push(line))
  const lifecycle = (): CloudEvent =>
    maker.lifecycle({ state: 'UP', previous: null, reason: '', attempt: 0, previousMs: 0, at: 0 })
  const stats = (): CloudEvent => maker.stats(0, 'UP', {})
  const service = (): CloudEvent =>
    maker.service({
      ...{ service: 'serve-php', state: 'failed', previous: 'ready', reason: '' },
      ...{ restarts: 0, pid: null, at: 0 },
    })
  const schedule = (): CloudEvent =>
    maker.schedule({ hook: 'backup', result: 'failed', reason: '', ms: 1, nextAt: null, at: 0 })
  const makers: Record<string, () => CloudEvent> = { l: lifecycle, s: stats, v: service, c: schedule }
  /** Appends one event for each letter: `l` of the lifecycle, `s` stats, `v` of a service, `c` of a schedule. */
  const append = (outbox: Outbox, letters: string): (string | null)[] =>
    [...letters].map((letter) => outbox.append((makers[letter] ?? stats)()))
  const drainIds = (outbox: Outbox): string[] => {
    const ids: string[] = []
    for (let next = outbox.first(); next; next = outbox.first()) {
      ids.push((next.event as CloudEvent).id)
      outbox.remove(next.name)
    }
    return ids
  }
  const files = (): string[] => readdirSync(`${root}/box`)

  it('returns events in the order in which they came, with their kind', () => {
    const outbox = open()
    expect(append(outbox, 'lsl')).to.deep.equal([null, null, null])
    expect(outbox.size).to.equal(3)
    expect(outbox.first()).to.deep.include({ kind: 'lifecycle', name: '000000000001-lifecycle.json' })
    expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-2', 'b-3'])
    expect(outbox.size).to.equal(0)
    expect(files()).to.deep.equal([])
  })

  it('returns what an earlier boot left before anything new', () => {
    append(open(), 'ls')
    const outbox = open()
    expect(outbox.size).to.equal(2)
    append(outbox, 'l')
    expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-2', 'b-3'])
  })

  it('returns what the first version left, whose names had the boot in them', () => {
    mkdirSync(`${root}/box`)
    writeFileSync(`${root}/box/000000000007-lifecycle-1f2e3d4c.json`, JSON.stringify({ id: 'old' }))
    const outbox = open()
    append(outbox, 's')
    expect(drainIds(outbox)).to.deep.equal(['old', 'b-1'])
  })

  it('makes nothing before there is an event, and then only for this user', () => {
    const outbox = open()
    expect(outbox.size).to.equal(0)
    expect(outbox.first()).to.equal(undefined)
    expect(existsSync(`${root}/box`)).to.equal(false)
    append(outbox, 'ls')
    expect(statSync(`${root}/box`).mode & 0o777).to.equal(0o700)
    for (const file of files()) expect(statSync(`${root}/box/${file}`).mode & 0o777, file).to.equal(0o600)
  })

  it('removes the first event only, and only by its name', () => {
    const outbox = open()
    append(outbox, 'll')
    outbox.remove('000000000002-lifecycle.json')
    expect(outbox.size).to.equal(2)
    outbox.remove('000000000001-lifecycle.json')
    expect(drainIds(outbox)).to.deep.equal(['b-2'])
  })

  it('drops the oldest stats first when it is full, lifecycle events never', () => {
    const outbox = open(3)
    append(outbox, 'lsslslll')
    expect(outbox.size).to.equal(5)
    expect(files()).to.have.length(5)
    expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-4', 'b-6', 'b-7', 'b-8'])
  })

  it('drops those of services and schedules after all stats, the oldest first', () => {
    const outbox = open(3)
    append(outbox, 'vcsl')
    expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-2', 'b-4'])
    append(outbox, 'vclcvs')
    expect(files()).to.have.length(3)
    expect(drainIds(outbox)).to.deep.equal(['b-7', 'b-8', 'b-9'])
    append(outbox, 'vlllcl')
    expect(drainIds(outbox)).to.deep.equal(['b-12', 'b-13', 'b-14', 'b-16'])
  })

  it('returns what an earlier boot left of services and schedules, with their kind', () => {
    append(open(), 'vc')
    const outbox = open()
    expect(outbox.first()).to.include({ kind: 'service', name: '000000000001-service.json' })
    outbox.remove('000000000001-service.json')
    expect(outbox.first()).to.include({ kind: 'schedule', name: '000000000002-schedule.json' })
    append(open(1), 's')
    expect(files(), 'the limit of the next boot').to.deep.equal(['000000000002-schedule.json'])
  })

  it('has room for as many events as its limit says', () => {
    const outbox = open(3)
    append(outbox, 'sss')
    expect(outbox.size).to.equal(3)
    append(outbox, 's')
    expect(drainIds(outbox)).to.deep.equal(['b-2', 'b-3', 'b-4'])
  })

  it('shrinks what an earlier boot left to the limit of this one', () => {
    append(open(100), `${'s'.repeat(20)}l`)
    const outbox = open(3)
    append(outbox, 's')
    expect(outbox.size).to.equal(3)
    expect(files()).to.have.length(3)
    expect(drainIds(outbox)).to.deep.equal(['b-20', 'b-21', 'b-22'])
  })

  it('preserves the order over thousands of events', () => {
    const outbox = open(5000)
    append(outbox, 's'.repeat(2500))
    const ids: string[] = []
    for (let i = 0; i < 2000; i++) {
      const next = outbox.first()
      if (!next) break
      ids.push((next.event as CloudEvent).id)
      outbox.remove(next.name)
    }
    append(outbox, 's')
    ids.push(...drainIds(outbox))
    expect(ids).to.deep.equal(Array.from({ length: 2501 }, (_, i) => `b-${i + 1}`))
  })

  it('synchronises lifecycle events to the disk, and others not', () => {
    const outbox = open()
    const synchronised = (letters: string): number =>
      recordFileCalls(() => void append(outbox, letters)).filter((call) => call.startsWith('fsync')).length
    expect(synchronised('l')).to.equal(2)
    expect(synchronised('svc')).to.equal(0)
  })

  it('loses no event that it has stored to a kill -9', async () => {
    const writer = resolve(import.meta.dirname, '../fixtures/append-events.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', writer, `${root}/box`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
    await until(() => printed.split('\n').length > 50)
    child.kill('SIGKILL')
    await new Promise((done) => child.once('close', done))
    const stored = drainIds(open(100_000))
    expect(stored).to.include.members(printed.split('\n').slice(0, -1))
    expect(stored).to.deep.equal(stored.map((_, index) => `b-${index + 1}`))
  })

  describe('with damaged files', () => {
    it('warns of a damaged event, which it leaves for people, and goes on with the next', () => {
      const outbox = open()
      append(outbox, 'll')
      const [first = ''] = files()
      writeFileSync(`${root}/box/${first}`, '{"half')
      expect(drainIds(outbox)).to.deep.equal(['b-2'])
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.match(
        /^cannot report \S+\.json: .*; renamed to 000000000001-lifecycle\.json\.damaged$/,
      )
      expect(readFileSync(`${root}/box/${first}.damaged`, 'utf8')).to.equal('{"half')
      expect(files()).to.deep.equal([`${first}.damaged`])
    })

    it('passes over an event whose file is gone, without a warning', () => {
      const outbox = open()
      append(outbox, 'll')
      rmSync(`${root}/box/${files()[0]}`)
      expect(drainIds(outbox)).to.deep.equal(['b-2'])
      expect(warnings).to.deep.equal([])
    })

    it('goes on when a delivered event cannot be removed', () => {
      const outbox = open()
      append(outbox, 'll')
      const first = outbox.first()?.name ?? ''
      // rm refuses a directory, as it would refuse any file on a file system that became read-only
      rmSync(`${root}/box/${first}`)
      mkdirSync(`${root}/box/${first}`)
      outbox.remove(first)
      expect(drainIds(outbox)).to.deep.equal(['b-2'])
    })

    it('removes what a kill -9 left unfinished, and leaves what it does not know', () => {
      mkdirSync(`${root}/box`)
      writeFileSync(`${root}/box/000000000001-stats.json.x-1.tmp`, '{')
      writeFileSync(`${root}/box/notes.txt`, '')
      expect(open().size).to.equal(0)
      expect(files()).to.deep.equal(['notes.txt'])
    })
  })

  describe('that cannot store events', () => {
    it('has them in memory, in order, of stats only the newest, and says why', () => {
      writeFileSync(`${root}/box`, 'a file where the directory should be')
      const outbox = open()
      const [problem] = append(outbox, 'lssl')
      expect(problem).to.match(/^cannot write \S+: a part of the path is not a directory; correct the path$/)
      expect(outbox.size).to.equal(3)
      expect(outbox.first()).to.have.property('kind', 'lifecycle')
      expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-3', 'b-4'])
    })

    it('has those of services and schedules in memory up to its limit', () => {
      const outbox = open(2, null)
      append(outbox, 'vclv')
      expect(drainIds(outbox)).to.deep.equal(['b-3', 'b-4'])
    })

    it('has them in memory, without a problem, when it is meant to be there', () => {
      const outbox = open(10, null)
      expect(append(outbox, 'lsl')).to.deep.equal([null, null, null])
      expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-2', 'b-3'])
    })

    it('stores the next event again once that is possible, behind what is in memory', () => {
      writeFileSync(`${root}/box`, 'a file where the directory should be')
      const outbox = open()
      append(outbox, 'sl')
      rmSync(`${root}/box`)
      expect(append(outbox, 'sls')).to.deep.equal([null, null, null])
      expect(files()).to.have.length(3)
      expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-2', 'b-3', 'b-4', 'b-5'])
    })

    it('does not drop stats on disk for those in memory', function () {
      needsRoot(this)
      mountDisk(`${root}/box`)
      try {
        const outbox = open()
        append(outbox, 's')
        fillDisk(`${root}/box`)
        const problems = append(outbox, 'ssl')
        for (const problem of problems) expect(problem).to.match(/no space left on device .*; free space$/)
        expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-3', 'b-4'])
      } finally {
        unmountDisk(`${root}/box`)
      }
    })

    it('still delivers what is on a disk that became read-only', function () {
      needsRoot(this)
      mountDisk(`${root}/box`)
      try {
        append(open(), 'ls')
        makeReadOnly(`${root}/box`)
        const outbox = open()
        append(outbox, 'l')
        expect(drainIds(outbox)).to.deep.equal(['b-1', 'b-2', 'b-3'])
      } finally {
        unmountDisk(`${root}/box`)
      }
    })
  })
})
