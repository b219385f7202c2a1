import {
  chmodSync,
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
import { join } from 'node:path'
import { expect } from 'chai'
import type { JsonObject } from '../../ww/config/json.ts'
import { keepConfiguration, saveConfiguration } from '../../ww/config/save.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { fillDisk, mountDisk, unmountDisk } from '../helpers/small-disk.ts'

describe('saving the configuration', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-save-'))
    mkdirSync(join(root, 'home/etc'), { recursive: true })
    mkdirSync(join(root, 'run'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const at = (name: string): string => join(root, name)
  const save = (config: JsonObject, home = at('home'), run = at('run')): void =>
    saveConfiguration({ config }, { home, run })
  const large = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 'x'.repeat(100)]))
  const everything = (): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' })

  it('writes cfg.json and the lookup for its owner’s eyes only, whatever was there before', () => {
    writeFileSync(at('home/etc/cfg.json'), 'old')
    chmodSync(at('home/etc/cfg.json'), 0o644)
    save({ password: 'x', ...large })
    expect(JSON.parse(readFileSync(at('home/etc/cfg.json'), 'utf8'))).to.deep.equal({
      password: 'x',
      ...large,
    })
    const written = everything().filter((name) => statSync(at(name)).isFile())
    expect(written.length).to.be.greaterThan(3)
    for (const name of written) expect(statSync(at(name)).mode & 0o777, name).to.equal(0o600)
  })

  it('is repeated when a cleaner has removed the run directory, and only then', () => {
    const lines: string[] = []
    const keep = (run = at('run')): void =>
      keepConfiguration({ config: { a: 1 } }, { home: at('home'), run }, (line) => lines.push(line))
    save({ a: 0 })
    const before = readFileSync(at('run/cfg-lookup'), 'utf8')
    keep()
    expect(readFileSync(at('run/cfg-lookup'), 'utf8')).to.equal(before)
    rmSync(at('run'), { recursive: true })
    keep()
    expect(readFileSync(at('run/cfg-lookup'), 'utf8')).not.to.equal(before)
    expect(lines).to.deep.equal([])
    keep(at('home/etc/cfg.json/run'))
    expect(lines).to.have.length(1)
  })

  it('leaves no half-written file', () => {
    save(large)
    expect(everything().filter((name) => name.endsWith('.tmp'))).to.deep.equal([])
  })

  it('writes beside the volatile state when its own place cannot be written', () => {
    save({ a: 1 }, at('nowhere'))
    expect(JSON.parse(readFileSync(at('run/cfg.json'), 'utf8'))).to.deep.equal({ a: 1 })
  })

  it('leaves no older configuration at the other place', () => {
    save({ a: 1 }, at('nowhere'))
    save({ a: 2 })
    expect(existsSync(at('run/cfg.json'))).to.equal(false)
  })

  it('keeps the parts of the lookup before for queries that have begun, and no older ones', () => {
    for (const i of [1, 2, 3, 4]) {
      save({ ...large, i })
      const kept = readdirSync(at('run')).filter((name) => name.startsWith('cfg-lookup.'))
      expect(kept).to.have.length(Math.min(i, 2))
      expect(readFileSync(at('run/cfg-lookup'), 'utf8')).to.contain(kept.sort().at(-1))
    }
  })

  it('says what cannot be written, and what to do', () => {
    expect(() => save({}, at('home'), at('nowhere')))
      .to.throw(/^cannot write \S+\/nowhere\/cfg-lookup: its directory does not exist; create it$/)
      .with.property('exitCode', 1)
  })

  it('says so of the JSON too, when neither of its places can be written', () => {
    mkdirSync(at('run/cfg.json'))
    expect(() => save({}, at('nowhere'))).to.throw(/^cannot write \S+\/run\/cfg\.json: /)
    expect(() => save({})).to.throw(/^cannot write \S+\/run\/cfg\.json: /)
  })

  it('says how full the disk is, and leaves the lookup that was there', function () {
    needsRoot(this)
    mountDisk(at('disk'))
    try {
      save({ a: 1 }, at('home'), at('disk'))
      const before = readFileSync(at('disk/cfg-lookup'), 'utf8')
      fillDisk(at('disk'))
      expect(() => save({ a: 2 }, at('home'), at('disk'))).to.throw(
        `cannot write ${at('disk/cfg-lookup')}: no space left on device (0 B of 66 kB free); free space, then start again`,
      )
      expect(readFileSync(at('disk/cfg-lookup'), 'utf8')).to.equal(before)
    } finally {
      unmountDisk(at('disk'))
    }
  })
})
