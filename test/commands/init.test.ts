import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'
import { bootAt, endInstances, type Place } from '../helpers/real-instance.ts'

const likes = readdirSync(resolve(import.meta.dirname, '../../usr-scripts/like')).sort()

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

  for (const like of likes) {
    it(`--like ${like} writes a commented skeleton that passes ww check without a warning`, () => {
      const directory = join(root, 'new')
      const { status, stdout, stderr } = typeCommand(['init', '--like', like, directory])
      expect({ status, stdout }).to.deep.equal({
        status: 0,
        stdout: `created ${directory}: README.md explains the files\n`,
      })
      expect(stderr)
        .to.contain(`docker build -t my-${like} `)
        .and.match(new RegExp(`docker run --rm my-${like}\\n$`))
      const checked = typeCommand(['check', join(directory, 'ww')])
      expect({ status: checked.status, stdout: checked.stdout }).to.deep.equal({ status: 0, stdout: '' })
      expect(checked.stderr).to.match(/^0 errors, 0 warnings in \d hooks?, /)
      expect(readFileSync(join(directory, 'Dockerfile'), 'utf8'))
        .to.match(/^FROM \$\{BASE\}$/m)
        .and.match(/^# /)
      expect(readFileSync(join(directory, 'README.md'), 'utf8')).to.contain(`docker build -t my-${like} .`)
      const hooks = join(directory, 'ww/usr')
      for (const hook of readdirSync(hooks)) {
        const lines = readFileSync(join(hooks, hook), 'utf8').split('\n')
        expect(lines[1], `${hook} begins with what it is for`).to.match(/^# \S/)
        expect(statSync(join(hooks, hook)).mode & 0o777, hook).to.equal(0o755)
      }
    })
  }

  it('lists in its help the skeletons that there are', () => {
    const { stdout } = typeCommand(['init', '--help'])
    const listed = stdout.split('\n').flatMap((line) => /^ {18}(\S+) +\S/.exec(line)?.slice(1) ?? [])
    expect(listed.sort()).to.deep.equal(likes)
    expect(likes).to.include.members(['nginx-php', 'notify', 'postgres', 'redis'])
  })

  it('refuses an unknown skeleton, names the nearest, and writes nothing', () => {
    const directory = join(root, 'new')
    for (const [name, problem] of [
      ['postgers', 'no skeleton "postgers"; did you mean postgres? ww init --help lists them'],
      ['nginx', 'no skeleton "nginx"; did you mean nginx-php? ww init --help lists them'],
      ['', 'no skeleton ""; ww init --help lists them'],
      ['../skeleton', 'no skeleton "../skeleton"; ww init --help lists them'],
      ['toString', 'no skeleton "toString"; ww init --help lists them'],
    ] as const) {
      expect(typeCommand(['init', '--like', name, directory])).to.deep.equal({
        status: 2,
        stdout: '',
        stderr: `ww init: ${problem}\n`,
      })
    }
    expect(typeCommand(['init', '--like', 'redis']).status).to.equal(2)
    expect(readdirSync(root)).to.deep.equal([])
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
