import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { endInstances, makePlace, type Place } from '../helpers/real-instance.ts'

const main = resolve(import.meta.dirname, '../../ww/main.ts')

describe('the command line and the configuration', () => {
  let place: Place
  beforeEach(() => {
    place = makePlace({}, { memory: 128, name: 'shop' })
  })
  afterEach(async () => {
    rmSync(place.root, { recursive: true })
    await endInstances()
  })
  const ww = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [main, ...args], {
      env: { PATH: process.env.PATH, WW_HOME: place.home, WW_RUN: place.run, ...env },
      encoding: 'utf8',
    })

  describe('ww render', () => {
    beforeEach(() => {
      writeFileSync(join(place.home, 'etc/cfg.json'), '{"port": 80}')
      writeFileSync(join(place.root, 'template'), 'listen {{port}};\n')
    })

    it('prints what it fills in', () => {
      expect(ww(['render', join(place.root, 'template')])).to.include({ status: 0, stdout: 'listen 80;\n' })
    })

    it('replaces a file and keeps its mode', () => {
      const out = join(place.root, 'out')
      writeFileSync(out, 'old')
      chmodSync(out, 0o640)
      expect(ww(['render', join(place.root, 'template'), out]).status).to.equal(0)
      expect(readFileSync(out, 'utf8')).to.equal('listen 80;\n')
      expect(statSync(out).mode & 0o777).to.equal(0o640)
    })

    it('leaves the file alone when a value is missing, and says which', () => {
      const out = join(place.root, 'out')
      writeFileSync(out, 'old')
      writeFileSync(join(place.root, 'template'), '{{nothing}}')
      const { status, stderr } = ww(['render', join(place.root, 'template'), out])
      expect(status).to.equal(1)
      expect(stderr).to.contain('line 1: there is no nothing in the configuration')
      expect(readFileSync(out, 'utf8')).to.equal('old')
    })
  })

  describe('ww cfg --why', () => {
    it('tells which layer a value comes from, the strongest first, and no secret', () => {
      const CFG = '{"memory": 400, "password": {"$file": "/run/secrets/p"}, "name": null}'
      expect(ww(['cfg', '--why', 'memory'], { CFG }).stdout).to.equal(
        `CFG: 400\n${place.home}/etc/default_cfg.json: 128\n`,
      )
      expect(ww(['cfg', '--why', 'password'], { CFG }).stdout).to.equal('CFG: the secret in /run/secrets/p\n')
      expect(ww(['cfg', '--why', 'name'], { CFG }).stdout).to.contain('CFG: deleted here (null)\n')
      expect(ww(['cfg', '--why', 'none'], { CFG }).status).to.equal(1)
    })
  })

  it('is clear about a verb that there is not, with exit 2', () => {
    const { status, stderr } = ww(['rendr'])
    expect(status).to.equal(2)
    expect(stderr).to.equal('ww: there is no verb "rendr"; did you mean "render"? `ww --help` lists them\n')
    expect(ww(['render', '--wrong']).status).to.equal(2)
    expect(ww(['render', '--help']).stdout).to.contain('Usage: ww render')
    expect(ww(['--help']).stdout).to.contain('render')
  })
})
