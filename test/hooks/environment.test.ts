import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { HookEnvironment, parsePassedOn } from '../../ww/hooks/environment.ts'

describe('HookEnvironment', () => {
  let run: string
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'ww-env-'))
  })
  afterEach(() => rmSync(run, { recursive: true, force: true }))
  const create = (env: NodeJS.ProcessEnv = { PATH: '/bin' }, directory = run): HookEnvironment =>
    new HookEnvironment(
      env,
      { home: '/h', hooks: '/h/usr', data: '/d', backup: '/b', run: directory },
      { app: 'shop', instance: 'web-1', version: '1.2' },
      'boot-1',
    )
  const call = { name: 'drain', state: 'STOPPING', previous: 'UP' } as const

  it('has everything that a hook gets', () => {
    expect(
      create({ PATH: '/bin', MINE: '1', WW_LOOKUP: '/elsewhere', WW_HOME: 'relative' }).forCall(call),
    ).to.deep.equal({
      MINE: '1',
      PATH: '/h:/bin',
      WW_HOME: '/h',
      WW_DATA: '/d',
      WW_BACKUP: '/b',
      WW_RUN: run,
      WW_APP: 'shop',
      WW_INSTANCE: 'web-1',
      WW_BOOT_ID: 'boot-1',
      WW_VERSION: '1.2',
      WW_ENV: `${run}/env`,
      WW_STATE: 'STOPPING',
      WW_PREVIOUS_STATE: 'UP',
      WW_HOOK: 'drain',
    })
  })

  it('has an empty previous state at boot, and a usual PATH where the container has none', () => {
    const env = create({}).forCall({ name: 'boot', state: 'BOOT', previous: null })
    expect(env.WW_PREVIOUS_STATE).to.equal('')
    expect(env.PATH).to.equal('/h:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
  })

  it('adds what one call has of its own', () => {
    const env = create().forCall({ ...call, env: { WW_REASON: 'SIGTERM', WW_TIME_LEFT: '4.5' } })
    expect(env).to.include({ WW_REASON: 'SIGTERM', WW_TIME_LEFT: '4.5', WW_STATE: 'STOPPING' })
  })

  it('adds what earlier hooks passed on, which never changes a name of whaleware', () => {
    const environment = create({ PATH: '/bin', WW_OTHER: 'container' })
    const lines = [
      'MINE=a=b',
      'WW_HOME=/evil',
      'WW_DATA=/evil',
      'WW_STATE=UP',
      'WW_NEW=1',
      'WW_OTHER=2',
      'PATH=/x',
    ]
    appendFileSync(join(run, 'env'), `${lines.join('\n')}\n`)
    expect(environment.forCall(call)).to.deep.include({
      MINE: 'a=b',
      WW_HOME: '/h',
      WW_DATA: '/d',
      WW_STATE: 'STOPPING',
      WW_OTHER: 'container',
      PATH: '/x',
    })
    expect(environment.forCall(call)).to.not.have.property('WW_NEW')
  })

  it('begins with an empty file that only its user can write, whatever an earlier boot or somebody else left', () => {
    writeFileSync(join(run, 'target'), 'STOLEN=1\n')
    symlinkSync(join(run, 'target'), join(run, 'env'))
    expect(create().forCall(call)).to.not.have.property('STOLEN')
    const stats = statSync(join(run, 'env'))
    expect([stats.mode & 0o777, stats.size]).to.deep.equal([0o600, 0])
    expect(readFileSync(join(run, 'target'), 'utf8')).to.equal('STOLEN=1\n')
  })

  it('does without a run directory', () => {
    expect(create({ PATH: '/bin' }, '/no/such').forCall(call)).to.include({ WW_RUN: '/no/such' })
  })
})

describe('parsePassedOn', () => {
  it('reads lines of KEY=value, the last one of a name, and passes over everything else', () => {
    const text = 'A=1\nB=\nA=2\n C=3\n3D=4\nno line\nWW_=5\nWWX=6\nE=x\0y\n_f=7 8'
    expect(parsePassedOn(text)).to.deep.equal({ A: '2', B: '', WWX: '6', _f: '7 8' })
  })
})
