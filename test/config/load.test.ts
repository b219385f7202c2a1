import { hostname } from 'node:os'
import { expect } from 'chai'
import { loadConfiguration } from '../../ww/config/load.ts'
import { Place, refusal } from './place.ts'

describe('the configuration', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())
  const load = (cfg: unknown, env: NodeJS.ProcessEnv = {}) =>
    loadConfiguration(
      { CFG: typeof cfg === 'string' ? cfg : JSON.stringify(cfg), ...env },
      { home: place.root },
    )

  it('is what the layers say together', async () => {
    place.write('etc/default_cfg.json', {
      memory: 128,
      list: [1, 2],
      db: { host: 'localhost', port: 5432 },
      gone: 'x',
    })
    const file = place.write('mine.json', { db: { host: 'db' }, memory: 256 })
    const { config } = await load({ memory: 400, list: [3], gone: null }, { CFG_FILE: file })
    expect(config).to.deep.equal({ memory: 400, list: [3], db: { host: 'db', port: 5432 } })
  })

  it('is empty without any layer, and has every default', async () => {
    const { config, settings, warnings } = await load('')
    expect({ config, warnings }).to.deep.equal({ config: {}, warnings: [] })
    expect(settings).to.include({ instance: hostname(), app: 'app' })
  })

  it('has settings of services only where there is a hook of that name', async () => {
    const env = { CFG: '{"ww": {"services": {"serve": {"after": ["serve-db"]}, "serve-php": {}}}}' }
    const problem = await refusal(
      loadConfiguration(env, { home: place.root }, () => ['serve', 'serve-phpfpm']),
    )
    expect(problem).to.deep.equal([
      'CFG: ww.services.serve.after.0: there is no hook serve-db; add usr/serve-db, or remove it here',
      'CFG: ww.services.serve-php: there is no hook serve-php; did you mean serve-phpfpm?',
    ])
    await loadConfiguration(env, { home: place.root }, () => ['serve', 'serve-php', 'serve-db'])
  })

  it('does not list the hooks where no service has settings', async () => {
    const unlisted = (): string[] => {
      throw new Error('listed')
    }
    await loadConfiguration({ CFG: '{"ww": {"services": {}}}' }, { home: place.root }, unlisted)
  })

  it('keeps numbers as they are written, and computes with their values', async () => {
    place.write('etc/default_cfg.json', '{"large": 1e21, "ww": {"monitor": {"failures": 3.0}}}')
    const { config, settings } = await load('{"id": 12345678901234567890, "deep": {"whole": 1.0}}')
    expect(JSON.stringify(config)).to.equal(
      '{"large":1e21,"ww":{"monitor":{"failures":3.0}},"id":12345678901234567890,"deep":{"whole":1.0}}',
    )
    expect(settings.monitor.failures).to.equal(3)
  })

  it('keeps globs, blanks, unicode, line breaks, and 100 kB', async () => {
    const cfg = { glob: '* ?', blanks: '  a   b ', unicode: 'ž🐳', lines: 'a\nb\n', big: 'x'.repeat(100_000) }
    expect((await load(cfg)).config).to.deep.equal(cfg)
  })

  it('has a line for each warning', async () => {
    expect((await load({ ww: { restart: { warmup: true } } })).warnings).to.deep.equal([
      'CFG: ww.restart.warmup has no effect any longer, because a restart is as warm as a boot; remove it',
    ])
  })

  const home = () => place.root
  const refused: [name: string, cfg: string, lines: string[]][] = [
    [
      'malformed JSON',
      '{"a":',
      [`CFG: line 1, column 6: expected a value, found the end; write JSON, such as CFG='{"a": 1}'`],
    ],
    [
      'an unknown setting',
      '{"ww":{"timeout":1}}',
      ['CFG: ww.timeout is not a setting; did you mean ww.timeouts?'],
    ],
    [
      'a duration without a unit',
      '{"ww":{"stop":{"grace":9}}}',
      ['CFG: ww.stop.grace: 9 has no unit; write "9s"'],
    ],
    [
      'a file that is not there',
      '/no/shop.json',
      ['CFG: cannot read /no/shop.json: no such file; mount it, or put the JSON itself in CFG'],
    ],
    [
      'a secret that is not there',
      '{"db":{"password":{"$file":"/no/db"}}}',
      ['CFG: db.password: cannot read /no/db: no such file; mount the secret or correct "$file"'],
    ],
    [
      'a webhook secret of another form',
      '{"ww":{"notify":{"secret":"hunter2"}}}',
      [
        'CFG: ww.notify.secret: must be whsec_ and base64; create one with echo "whsec_$(head -c 32 /dev/urandom | base64)"',
      ],
    ],
  ]
  for (const [name, cfg, lines] of refused) {
    it(`is refused with exit code 78 because of ${name}`, async () => {
      expect(await refusal(load(cfg))).to.deep.equal(lines)
    })
  }

  it('is refused with one line for each problem, and the file and line of each', async () => {
    place.write('etc/default_cfg.json', '{\n  "ww": {\n    "timeout": 1\n  },\n  "a": 5\n}')
    place.write('etc/cfg.schema.json', { properties: { a: { type: 'string' } }, required: ['b'] })
    expect(await refusal(load({ ww: { app: 5 } }))).to.deep.equal([
      `${home()}/etc/default_cfg.json:3: ww.timeout is not a setting; did you mean ww.timeouts?`,
      'CFG: ww.app: must be a string, not 5',
      `b is missing; ${home()}/etc/cfg.schema.json requires it`,
      `${home()}/etc/default_cfg.json:5: a: must be a string, not 5`,
    ])
  })
})
