import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import type { JsonObject } from '../../ww/config/json.ts'
import { ServiceLookups } from '../../ww/config/service-lookups.ts'
import { writeLookup } from '../../ww/config/write-lookup.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { fillDisk, mountDisk, unmountDisk } from '../helpers/small-disk.ts'

const cfg = resolve(import.meta.dirname, '../../ww/sh/cfg')
const large = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 'x'.repeat(100)]))

describe('the lookups of services that run as other users', () => {
  let root = ''
  beforeEach(function () {
    needsRoot(this)
    root = mkdtempSync('/tmp/ww-lookups-')
    chmodSync(root, 0o755)
    mkdirSync(at('run'), { mode: 0o700 })
    mkdirSync(at('shm'))
    chmodSync(at('shm'), 0o1777)
  })
  afterEach(() => {
    if (root !== '') rmSync(root, { recursive: true })
  })
  const at = (name: string): string => join(root, name)
  const open = (config: JsonObject, places = [at('shm')]) =>
    new ServiceLookups(config, { run: at('run') }, places)
  const admit = (lookups: ServiceLookups, uid: number): string => {
    const admission = lookups.admit(uid)
    if ('problem' in admission) throw new Error(admission.problem)
    return admission.variables.WW_LOOKUP ?? ''
  }
  /** What `ww cfg KEY` prints for a user; its exit code where it fails. */
  const ask = (uid: number, key: string, WW_LOOKUP: string): string | number | null => {
    const env = { PATH: process.env.PATH, WW_RUN: at('run'), WW_CFG_STRICT: '1', WW_LOOKUP }
    const { status, stdout } = spawnSync('/bin/sh', [cfg, key], { uid, gid: uid, env, encoding: 'utf8' })
    return status === 0 ? stdout : status
  }

  it('answer ww cfg for their user, who cannot enter the run directory', () => {
    const path = admit(open({ a: { b: 1 } }), 61001)
    expect(ask(61001, 'a.b', path)).to.equal('1\n')
    expect(ask(61001, 'none', path)).to.equal(1)
  })

  it('answer from a large configuration as well', () => {
    const path = admit(open(large), 61001)
    expect(ask(61001, 'key499', path)).to.equal(`${'x'.repeat(100)}\n`)
    expect(ask(61001, 'key500', path)).to.equal(1)
  })

  it('can be read by their user alone, and changed by nobody', () => {
    const umask = process.umask(0o077)
    const path = admit(open({ secret: 'x', ...large }), 61001)
    process.umask(umask)
    const base = readdirSync(at('shm'))[0] ?? ''
    const entries = ['', ...readdirSync(at(`shm/${base}`), { recursive: true, encoding: 'utf8' })]
    expect(entries.length).to.be.greaterThan(5)
    for (const entry of entries) {
      const stats = statSync(join(at('shm'), base, entry))
      const found = [stats.mode & 0o777, stats.uid]
      expect(found, entry).to.deep.equal(stats.isFile() ? [0o400, 61001] : [0o711, 0])
    }
    for (const uid of [61002, 65534]) {
      const { status } = spawnSync('cat', [path], { uid, gid: uid })
      expect(status).to.equal(1)
      // its own lookup is not to be found either
      expect(ask(uid, 'secret', path)).to.equal(1)
    }
  })

  it('are not run by root, nor by any user that they do not belong to', () => {
    const path = admit(open({ a: 1 }), 61001)
    chmodSync(path, 0o644)
    writeFileSync(path, 'ww_value=evil\n')
    writeLookup({ a: 'own' }, at('run'))
    expect(ask(61001, 'a', path)).to.equal('evil\n')
    expect(ask(0, 'a', path)).to.equal('own\n')
    expect(ask(61002, 'a', path)).to.equal(1)
    symlinkSync(path, at('shm/link'))
    expect(ask(61001, 'a', at('shm/link'))).to.equal(1)
  })

  it('are one for each user, made once', () => {
    const lookups = open({ a: 1 })
    const first = admit(lookups, 61001)
    const written = statSync(first).ino
    expect(admit(lookups, 61001)).to.equal(first)
    expect(statSync(first).ino).to.equal(written)
    expect(admit(lookups, 61002)).to.not.equal(first)
    expect(readdirSync(at('shm'))).to.have.lengthOf(1)
  })

  it('are made again where a cleaner has removed them', () => {
    const lookups = open({ a: 1 })
    rmSync(admit(lookups, 61001))
    expect(ask(61001, 'a', admit(lookups, 61001))).to.equal('1\n')
    rmSync(at(`shm/${readdirSync(at('shm'))[0]}`), { recursive: true })
    expect(ask(61001, 'a', admit(lookups, 61001))).to.equal('1\n')
  })

  it('are renewed with the configuration, for every user', () => {
    const lookups = open({ a: 1, ...large })
    const paths = [61001, 61002].map((uid) => [uid, admit(lookups, uid)] as const)
    expect(lookups.renew({ a: 2, ...large })).to.deep.equal([])
    for (const [uid, path] of paths) expect(ask(uid, 'a', path)).to.equal('2\n')
    expect(ask(61003, 'a', admit(lookups, 61003))).to.equal('2\n')
    for (let i = 0; i < 5; i++) lookups.renew({ a: i, ...large })
    const [[, path] = [0, '']] = paths
    // the parts of the one before serve queries that have begun
    expect(readdirSync(resolve(path, '..'))).to.have.lengthOf(3)
  })

  it('are removed at the end', () => {
    const lookups = open({ a: 1 })
    admit(lookups, 61001)
    lookups.remove()
    expect([...readdirSync(at('shm')), ...readdirSync(at('run'))]).to.deep.equal([])
    lookups.remove()
    expect(ask(61001, 'a', admit(lookups, 61001))).to.equal('1\n')
  })

  it('of a boot that was killed are removed by the next one', () => {
    admit(open({ a: 1 }), 61001)
    open({ a: 2 })
    expect([...readdirSync(at('shm')), ...readdirSync(at('run'))]).to.deep.equal([])
  })

  it('are all that is removed, whatever is noted', () => {
    const victim = at('shm/victim')
    mkdirSync(victim)
    const name = `ww-services-${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`
    symlinkSync(victim, at(`shm/${name}`))
    for (const noted of [victim, at(`shm/${name}`), '', '/']) {
      writeFileSync(at('run/service-lookups'), noted)
      open({})
      expect(existsSync(victim)).to.equal(true)
    }
    rmSync(at(`shm/${name}`))
    mkdirSync(at(`shm/${name}`))
    chownSync(at(`shm/${name}`), 61001, 61001)
    writeFileSync(at('run/service-lookups'), at(`shm/${name}`))
    open({})
    expect(existsSync(at(`shm/${name}`))).to.equal(true)
  })

  it('are never where another user could put something in their place', () => {
    for (const name of ['foreign', 'open', 'target']) mkdirSync(at(name))
    chownSync(at('foreign'), 61002, 61002)
    chmodSync(at('open'), 0o777)
    symlinkSync(at('target'), at('link'))
    writeFileSync(at('file'), '')
    const unsafe = ['foreign', 'open', 'link', 'file', 'none'].map(at)
    expect(admit(open({ a: 1 }, [...unsafe, at('shm')]), 61001)).to.match(/\/shm\/ww-services-/)
    const admission = open({ a: 1 }, unsafe).admit(61001)
    expect(admission).to.have.property('problem')
  })

  it('do not fail a service where they cannot be written: there is a sentence', () => {
    const disk = at('disk')
    mountDisk(disk, 'size=64k,mode=1777')
    try {
      const lookups = open({ a: 1, ...large }, [disk])
      fillDisk(disk)
      expect(lookups.admit(61001)).to.have.property('problem').that.contains('no space left on device')
    } finally {
      unmountDisk(disk)
    }
  })

  it('leave the run directory to its user', () => {
    const lookups = open({ a: 1 })
    admit(lookups, 61001)
    expect(readFileSync(at('run/service-lookups'), 'utf8')).to.match(/\/shm\/ww-services-[0-9a-f-]{36}$/)
    expect(statSync(at('run/service-lookups')).mode & 0o777).to.equal(0o600)
    expect(statSync(at('run')).mode & 0o777).to.equal(0o700)
  })
})
