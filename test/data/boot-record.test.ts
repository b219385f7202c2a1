import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { BootRecord, describeCrash } from '../../ww/data/boot-record.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { fillDisk, mountDisk, unmountDisk } from '../helpers/small-disk.ts'

describe('the boot record', () => {
  let directory = ''
  let warnings: string[] = []
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-record-'))
    warnings = []
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const at = Date.UTC(2026, 10, 26)
  const open = (bootId: string, instance = 'web', where: string | null = directory): BootRecord =>
    new BootRecord(where, { instance, bootId }, (line) => void warnings.push(line))
  const write = (record: unknown): void =>
    writeFileSync(`${directory}/boot.json`, typeof record === 'string' ? record : JSON.stringify(record))
  const crashed = {
    instance: 'web',
    bootId: 'old',
    state: 'UP',
    since: '2026-11-26T00:00:00.000Z',
    oomKills: null,
  }

  it('shows nothing at the first boot', () => {
    expect(open('a').crash).to.equal(undefined)
  })

  it('shows in which state the previous boot crashed, and since when it was in it', () => {
    open('a').note('WARMUP', at)
    expect(open('b').crash).to.deep.include({
      bootId: 'a',
      state: 'WARMUP',
      since: '2026-11-26T00:00:00.000Z',
    })
  })

  for (const state of ['STOPPED', 'ERROR']) {
    it(`shows no crash after ${state}`, () => {
      const record = open('a')
      record.note('UP', at)
      record.note(state, at)
      expect(open('b').crash).to.equal(undefined)
    })
  }

  it('never takes the boot of another instance for ours', () => {
    open('a', 'web-1').note('UP', at)
    expect(open('b', 'web-2').crash).to.equal(undefined)
    expect(open('b', 'web-1').crash).to.have.property('bootId', 'a')
  })

  it('never takes its own boot for the previous one', () => {
    open('a').note('UP', at)
    expect(open('a').crash).to.equal(undefined)
  })

  for (const [what, record] of [
    ['is no JSON', '{"instance": "web", "boo'],
    ['is no object', '5'],
    ['is null', 'null'],
    ...(['instance', 'bootId', 'state', 'since'] as const).map(
      (key) => [`has no ${key}`, { ...crashed, [key]: undefined }] as const,
    ),
    ...(['bootId', 'state', 'since'] as const).map(
      (key) => [`has a ${key} that is no text`, { ...crashed, [key]: 5 }] as const,
    ),
  ] as const) {
    it(`shows nothing when the record of the previous boot ${what}`, () => {
      write(record)
      expect(open('b').crash).to.equal(undefined)
    })
  }

  it('does not know of an OOM kill when the previous boot could not count them', () => {
    for (const oomKills of [null, 'many', undefined]) {
      write({ ...crashed, oomKills })
      expect(open('b').crash).to.deep.equal({
        bootId: 'old',
        state: 'UP',
        since: crashed.since,
        oomKilled: null,
      })
    }
  })

  it('is for this user alone', () => {
    open('a').note('UP', at)
    expect(statSync(`${directory}/boot.json`).mode & 0o777).to.equal(0o600)
    expect(JSON.parse(readFileSync(`${directory}/boot.json`, 'utf8'))).to.include({
      instance: 'web',
      bootId: 'a',
    })
  })

  it('stores nothing, without a warning, where there is no directory for it', () => {
    const record = open('a', 'web', null)
    record.note('UP', at)
    expect(record.crash).to.equal(undefined)
    expect(warnings).to.deep.equal([])
  })

  it('warns once while it cannot be written, and again after it could', () => {
    const record = open('a')
    const brokenTwice = (): void => {
      rmSync(`${directory}/boot.json`, { force: true })
      mkdirSync(`${directory}/boot.json/full`, { recursive: true })
      const before = warnings.length
      record.note('UP', at)
      expect(warnings).to.have.length(before + 1)
      record.note('RESTARTING', at)
      rmSync(`${directory}/boot.json`, { recursive: true })
    }
    brokenTwice()
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/^cannot write \S+\/boot\.json: it is a directory; remove it$/)
    record.note('UP', at)
    brokenTwice()
    expect(warnings).to.have.length(2)
  })
})

describe('the boot record on a full disk', () => {
  it('warns of that without asking for a restart, since it is written again by itself', function () {
    needsRoot(this)
    const directory = mkdtempSync(join(tmpdir(), 'ww-record-'))
    mountDisk(directory)
    try {
      fillDisk(directory)
      const warnings: string[] = []
      const boot = { instance: 'web', bootId: 'a' }
      new BootRecord(directory, boot, (line) => void warnings.push(line)).note('UP', 0)
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.match(
        /^cannot write \S+\/boot\.json: no space left on device \(.*\); free space$/,
      )
    } finally {
      unmountDisk(directory)
      rmSync(directory, { recursive: true })
    }
  })
})

describe('a crash, for the log', () => {
  const crash = { bootId: 'old', state: 'WARMUP', since: '2026-11-26T01:02:03.456Z' }
  const sentence = 'the previous boot crashed in WARMUP, entered at 2026-11-26 01:02:03Z'

  it('has the state and the time at which it was entered', () => {
    for (const oomKilled of [false, null]) expect(describeCrash({ ...crash, oomKilled })).to.equal(sentence)
  })

  it('names an OOM kill as its cause', () => {
    expect(describeCrash({ ...crash, oomKilled: true })).to.match(
      /^the previous boot crashed in WARMUP, entered at 2026-11-26 01:02:03Z: out of memory( \(limit .+\))?$/,
    )
  })
})
