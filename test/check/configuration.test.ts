import { expect } from 'chai'
import { lintConfiguration } from '../../ww/check/configuration.ts'
import { formatFinding } from '../../ww/check/finding.ts'
import { Place } from '../config/place.ts'

describe('the configuration of a tree', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())
  const lint = async (env: NodeJS.ProcessEnv = {}): Promise<string[]> =>
    (await lintConfiguration(place.root, env)).findings.map(formatFinding)

  it('is fine without any file', async () => {
    expect(await lintConfiguration(place.root, {})).to.deep.equal({
      findings: [],
      scheduled: [],
      config: {},
      files: 0,
    })
  })

  it('is fine when it is right, and needs no file of a secret', async () => {
    place.write('etc/default_cfg.json', {
      a: 1,
      ww: { schedule: { backup: '0 3 * * *' }, notify: { token: { $file: '/run/secrets/none' } } },
    })
    const { findings, scheduled, files, config } = await lintConfiguration(place.root, {})
    expect({ findings, scheduled, files }).to.deep.equal({ findings: [], scheduled: ['backup'], files: 1 })
    expect(config).to.include({ a: 1 })
  })

  it('may have a webhook secret in a file that is not here', async () => {
    place.write('etc/default_cfg.json', { ww: { notify: { secret: { $file: '/run/secrets/none' } } } })
    expect(await lint()).to.deep.equal([])
  })

  it('may have several mistakes, each with its file and line', async () => {
    place.write('etc/default_cfg.json', '{\n"ww": {\n"timeout": 1,\n"schedule": {"backup": "at night"}}}')
    expect(await lint({ CFG: '{"ww": {"stop": {"grace": 9}}}' })).to.deep.equal([
      'etc/default_cfg.json:3: error: ww.timeout is not a setting; did you mean ww.timeouts?',
      'CFG: error: ww.stop.grace: 9 has no unit; write "9s"',
      'etc/default_cfg.json:4: error: ww.schedule.backup: must be a cron expression, such as "0 3 * * *", not "at night"',
    ])
  })

  it('may have settings of services that have no hook', async () => {
    place.write('usr/serve-phpfpm', '')
    place.write('etc/default_cfg.json', '{"ww": {"services": {\n"serve-php": {},\n"serve-phpfpm": {}}}}')
    expect(await lint()).to.deep.equal([
      'etc/default_cfg.json:2: error: ww.services.serve-php: there is no hook serve-php; did you mean serve-phpfpm?',
    ])
  })

  it('may name users that do not exist, where the tree is that of this machine', async () => {
    place.write('usr/serve-a', '')
    place.write('usr/serve-b', '')
    const services = { 'serve-a': { user: 'no-such-user' }, 'serve-b': { user: 'root' } }
    place.write('etc/default_cfg.json', { ww: { services } })
    expect(await lint({ WW_HOME: place.root })).to.deep.equal([
      'etc/default_cfg.json:1: warning: ww.services.serve-a.user: there is no user no-such-user; create it in the image',
    ])
    expect(await lint()).to.deep.equal([])
  })

  it('may be no JSON', async () => {
    place.write('etc/default_cfg.json', '{"a": 1,\n "b" 2}')
    expect(await lint()).to.deep.equal([
      'etc/default_cfg.json:2: error: column 6: expected ":", found other text',
    ])
    expect((await lintConfiguration(place.root, {})).config).to.equal(null)
  })

  it('may stop more slowly than Docker waits, of which is warned', async () => {
    place.write('etc/default_cfg.json', '{"ww": {\n"stop": {\n"grace": "30s"}}}')
    expect(await lint()).to.deep.equal([
      "etc/default_cfg.json:3: warning: ww.stop.grace 30s exceeds Docker's 10 s; use docker stop -t 31",
    ])
    expect(await lint({ CFG: '{"ww": {"stop": {"grace": "10001ms"}}}' })).to.deep.equal([
      "CFG: warning: ww.stop.grace 11s exceeds Docker's 10 s; use docker stop -t 12",
    ])
    expect(await lint({ CFG: '{"ww": {"stop": {"grace": "10s"}}}' })).to.deep.equal([])
  })

  it('may have settings without effect, of which is warned', async () => {
    expect(await lint({ CFG: '{"ww": {"restart": {"warmup": true}}}' })).to.deep.equal([
      'CFG: warning: ww.restart.warmup has no effect any longer, because a restart is as warm as a boot; remove it',
    ])
  })

  it('may violate the schema, an error, unless only CFG can have what is missing', async () => {
    place.write('etc/cfg.schema.json', { required: ['password'], properties: { port: { type: 'integer' } } })
    place.write('etc/default_cfg.json', { port: 'x' })
    expect(await lint()).to.deep.equal([
      'etc/default_cfg.json:1: error: port: must be an integer, not "x"',
      'etc/cfg.schema.json: warning: password is missing; etc/cfg.schema.json requires it',
    ])
    for (const env of [{ CFG: '{"port": 1}' }, { CFG_FILE: place.write('mine.json', '{"port": 1}') }])
      expect(await lint(env)).to.deep.equal([
        'etc/cfg.schema.json: error: password is missing; etc/cfg.schema.json requires it',
      ])
    expect(await lint({ CFG: '{"port": 1, "password": "x"}' })).to.deep.equal([])
  })

  it('may have a schema that is none', async () => {
    place.write('etc/cfg.schema.json', { type: 'objekt' })
    expect((await lint())[0]).to.match(/^etc\/cfg\.schema\.json: error: cannot use it: /)
  })
})
