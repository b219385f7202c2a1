import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'
import { bootAt, endInstances, type Place } from '../helpers/real-instance.ts'

describe('ww init', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-init-'))
  })
  afterEach(async () => {
    await endInstances()
    rmSync(root, { recursive: true, force: true })
  })

  it('writes a skeleton that passes ww check without a warning', () => {
    const { status, stdout } = typeCommand(['init', join(root, 'new')])
    expect(status).to.equal(0)
    expect(stdout).to.contain('docker build -t my-server')
    expect(readFileSync(join(root, 'new/Dockerfile'), 'utf8')).to.match(/^FROM \$\{BASE\}$/m)
    const tree = join(root, 'new/ww')
    expect(typeCommand(['check', tree])).to.deep.equal({ status: 0, stdout: `${tree} is fine\n`, stderr: '' })
  })

  it('refuses a directory that is not empty, and leaves it alone', () => {
    writeFileSync(join(root, 'mine'), '')
    expect(typeCommand(['init', root])).to.deep.equal({
      status: 1,
      stdout: '',
      stderr: `ww: cannot write to ${root}: it is not empty\n`,
    })
    rmSync(join(root, 'mine'))
    expect(typeCommand(['init', root]).status).to.equal(0)
  })

  it('says so when it cannot write there, or is told no directory', () => {
    writeFileSync(join(root, 'file'), '')
    expect(typeCommand(['init', join(root, 'file/new')])).to.include({ status: 1, stdout: '' })
    expect(typeCommand(['init', join(root, 'file/new')]).stderr).to.match(/^ww: cannot write to /)
    expect(typeCommand(['init']).status).to.equal(2)
  })

  it('writes a server that boots, is monitored, backs up and stops', async () => {
    typeCommand(['init', join(root, 'new')])
    const place: Place = {
      root,
      home: join(root, 'new/ww'),
      data: join(root, 'data'),
      run: join(root, 'run'),
      backup: join(root, 'backup'),
    }
    for (const directory of [place.data, place.run, place.backup]) mkdirSync(directory)
    // in an image ww is in PATH, and the files are in /ww
    mkdirSync(join(root, 'bin'))
    writeFileSync(
      join(root, 'bin/ww'),
      `#!/bin/sh\nexec sh ${join(import.meta.dirname, '../../ww/sh/ww')} "$@"\n`,
      {
        mode: 0o755,
      },
    )
    const boot = join(place.home, 'usr/boot')
    writeFileSync(boot, readFileSync(boot, 'utf8').replace('/ww/files', `${place.home}/files`))
    const env = { PATH: `${join(root, 'bin')}:${process.env.PATH}` }
    const instance = await bootAt(place, { greeting: 'ahoj' }, env).reaches('UP')
    await instance.says('greeting = ahoj: put your server into /ww/usr/serve')
    const monitored = typeCommand(['monitor'], { WW_RUN: place.run })
    expect(monitored).to.deep.equal({ status: 0, stdout: '{"messages":0}\n', stderr: '' })
    const saved = spawnSync(join(place.home, 'usr/backup'), {
      env: { PATH: process.env.PATH, WW_DATA: place.data, WW_BACKUP: place.backup },
    })
    expect(saved.status).to.equal(0)
    expect(readdirSync(place.backup).join()).to.match(/^[\dT-]+\.tar\.gz$/)
    const refused = bootAt(place, { greting: 'ahoj' }, env)
    expect(await refused.exited).to.equal(78)
    expect(await instance.stop()).to.equal(0)
  })
})
