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
    const { status, stdout, stderr } = typeCommand(['init', join(root, 'new')])
    expect({ status, stdout }).to.deep.equal({
      status: 0,
      stdout: `created ${join(root, 'new')}: README.md explains the files\n`,
    })
    expect(stderr).to.match(/^next.*: .*docker build -t my-server \S+ && docker run --rm my-server\n$/)
    expect(readFileSync(join(root, 'new/Dockerfile'), 'utf8')).to.match(/^FROM \$\{BASE\}$/m)
    expect(typeCommand(['check', join(root, 'new/ww')])).to.deep.equal({
      status: 0,
      stdout: '',
      stderr: '0 errors, 0 warnings in 10 hooks, 1 template, 1 configuration file\n',
    })
  })

  it('refuses a directory that is not empty, and does not touch it', () => {
    writeFileSync(join(root, 'mine'), '')
    const { status, stdout, stderr } = typeCommand(['init', root])
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
    expect(stderr).to.contain(`cannot write to ${root}: it is not empty; name another directory\n`)
    expect(readdirSync(root)).to.deep.equal(['mine'])
    rmSync(join(root, 'mine'))
    expect(typeCommand(['init', root]).status).to.equal(0)
  })

  it('reports where it cannot write, and requires one directory', () => {
    writeFileSync(join(root, 'file'), '')
    const { status, stderr } = typeCommand(['init', join(root, 'file/new')])
    expect(status).to.equal(1)
    expect(stderr).to.contain(`cannot write to ${join(root, 'file/new')}: `)
    expect(typeCommand(['init']).status).to.equal(2)
    expect(typeCommand(['init', 'a', 'b']).status).to.equal(2)
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
    const env = { PATH: `${join(root, 'bin')}:${process.env.PATH}` }
    const instance = await bootAt(place, { greeting: 'ahoj' }, env).reaches('UP')
    await instance.says('greeting = ahoj: put your server into /ww/usr/serve')
    const monitored = typeCommand(['monitor'], { WW_RUN: place.run })
    expect(monitored).to.deep.equal({ status: 0, stdout: '{"messages":0}\n', stderr: '' })
    // the monitor is a real one: without the server's sign of life it fails
    const monitor = (): number | null =>
      spawnSync(join(place.home, 'usr/monitor'), {
        env: { PATH: process.env.PATH, WW_DATA: place.data, WW_RUN: root },
      }).status
    const now = Math.floor(Date.now() / 1000)
    expect(monitor()).to.not.equal(0)
    writeFileSync(join(root, 'alive'), String(now - 60))
    expect(monitor()).to.equal(1)
    writeFileSync(join(root, 'alive'), String(now))
    expect(monitor()).to.equal(0)
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
