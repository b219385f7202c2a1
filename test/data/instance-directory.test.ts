import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import {
  encodeInstance,
  type InstanceDirectory,
  openInstanceDirectory,
} from '../../ww/data/instance-directory.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { fillDisk, makeReadOnly, mountDisk, unmountDisk } from '../helpers/small-disk.ts'

describe('the directory of an instance', () => {
  let data = ''
  let run = ''
  let warnings: string[] = []
  const open: InstanceDirectory[] = []
  beforeEach(() => {
    const root = mkdtempSync(join(tmpdir(), 'ww-instance-'))
    data = join(root, 'data')
    run = join(root, 'run')
    warnings = []
  })
  afterEach(() => {
    for (const directory of open.splice(0)) directory.close()
    rmSync(resolve(data, '..'), { recursive: true, force: true })
  })

  const openFor = (instance: string): InstanceDirectory => {
    const directory = openInstanceDirectory({ data, run }, instance, (line) => void warnings.push(line))
    open.push(directory)
    return directory
  }

  it('is in /data, beside those of the instances that share it, and private', () => {
    const one = openFor('web-1')
    const two = openFor('web-2')
    expect(one).to.include({ path: `${data}/.ww/web-1`, shared: `${data}/.ww` })
    expect(two).to.include({ path: `${data}/.ww/web-2`, shared: `${data}/.ww` })
    for (const path of [`${data}/.ww`, `${data}/.ww/web-1`])
      expect(statSync(path).mode & 0o777).to.equal(0o700)
    expect(warnings).to.deep.equal([])
  })

  it('is given to one instance of a name at a time; another one gets a warning and nothing of the first', () => {
    openFor('web')
    const fixture = `import { openInstanceDirectory } from '${resolve(import.meta.dirname, '../../ww/data/instance-directory.ts')}'
      const { path } = openInstanceDirectory({ data: '${data}', run: '${run}' }, 'web', (line) => console.log(line))
      console.log(path)`
    const { stdout } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', fixture],
      {
        encoding: 'utf8',
      },
    )
    const [warning, path] = stdout.split('\n')
    expect(warning).to.equal(
      `cannot write ${data}/.ww/web: another instance named "web" uses it; give each its own WW_INSTANCE; ` +
        'until then, events that wait are lost with the container',
    )
    expect(path).to.equal(`${run}/.ww/web`)
  })

  it('is free again when its instance has closed it', () => {
    openFor('web').close()
    open.length = 0
    expect(openFor('web').path).to.equal(`${data}/.ww/web`)
  })

  it('is in the run directory, without a warning, where /data is read-only', function () {
    needsRoot(this)
    mountDisk(data)
    try {
      makeReadOnly(data)
      expect(openFor('web')).to.include({ path: `${run}/.ww/web`, shared: null })
      expect(warnings).to.deep.equal([])
    } finally {
      unmountDisk(data)
    }
  })

  it('is in the run directory, with one warning, where the disk of /data is full', function () {
    needsRoot(this)
    mountDisk(data, 'nr_inodes=2')
    try {
      writeFileSync(`${data}/file`, '')
      expect(openFor('web').path).to.equal(`${run}/.ww/web`)
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.match(
        /^cannot write \S+\/\.ww: no inodes left on device .*; until then, events that wait /,
      )
    } finally {
      unmountDisk(data)
    }
  })

  it('is in the run directory, with one warning, where another user has whaleware’s own directory', function () {
    needsRoot(this)
    mkdirSync(`${data}/.ww`, { recursive: true })
    chownSync(`${data}/.ww`, 12_345, 12_345)
    expect(openFor('web').path).to.equal(`${run}/.ww/web`)
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(
      /^cannot write \S+\/\.ww: it belongs to user 12345, the instance runs as user 0; /,
    )
  })

  it('is in the run directory, with one warning, where there is something else in place of its lock', () => {
    openFor('web').close()
    open.length = 0
    rmSync(`${data}/.ww/web/alive.lock`)
    mkdirSync(`${data}/.ww/web/alive.lock`)
    expect(openFor('web').path).to.equal(`${run}/.ww/web`)
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(
      /^cannot write \S+\/\.ww\/web\/alive\.lock: .*; until then, events that wait /,
    )
  })

  it('is nowhere, with one warning, when nothing can be written', () => {
    const parent = resolve(data, '..')
    writeFileSync(`${parent}/file`, '')
    data = `${parent}/file/data`
    run = `${parent}/file/run`
    const directory = openFor('web')
    expect(directory).to.include({ path: null, shared: null })
    directory.close()
    expect(warnings).to.deep.equal([
      `cannot write ${run}: a part of the path is not a directory; correct the path; until then, events wait in memory only`,
    ])
  })

  it('exists on a disk that is full, when an earlier boot has made it', function () {
    needsRoot(this)
    mountDisk(data)
    try {
      openFor('web').close()
      open.length = 0
      fillDisk(data)
      chmodSync(data, 0o755)
      expect(openFor('web').path).to.equal(`${data}/.ww/web`)
    } finally {
      for (const directory of open.splice(0)) directory.close()
      unmountDisk(data)
    }
  })
})

describe('the name of an instance as a directory', () => {
  it('is the name itself where that is plain', () => {
    for (const name of ['web-1', 'a_b', '3f9c0de1'] as const) expect(encodeInstance(name)).to.equal(name)
  })

  it('is another one for each name, also where case does not count, and never leads elsewhere', () => {
    const names = [
      '',
      '.',
      '..',
      '/',
      'a/b',
      'a%2fb',
      'a.b',
      'A',
      'a',
      'é',
      'e\u0301',
      '%',
      '~',
      'outbox',
      'firstboot-begun',
    ]
    names.push('\x10', '\x010')
    names.push('x'.repeat(201), 'x'.repeat(202), 'data.lock', '%6futbox', '-', ' ')
    const encoded = names.map(encodeInstance)
    expect(new Set(encoded.map((name) => name.toLowerCase())).size).to.equal(names.length)
    for (const name of encoded) expect(name).to.match(/^(?!(outbox|firstboot-begun)$)[a-z0-9_%~-]{1,200}$/)
  })

  it('has each letter that is not plain by its bytes', () => {
    expect(encodeInstance('Web.é')).to.equal('%57eb%2e%c3%a9')
    expect(encodeInstance('outbox')).to.equal('%6futbox')
    expect(encodeInstance('x'.repeat(200))).to.equal('x'.repeat(200))
    expect(encodeInstance('x'.repeat(201))).to.match(/^~[0-9a-f]{64}$/)
    expect(encodeInstance('')).to.equal('%')
  })
})
