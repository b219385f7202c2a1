import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect } from 'chai'
import { isUserError } from '../../ww/base/errors.ts'
import { type Configuration, loadConfiguration } from '../../ww/config/load.ts'

describe('the configuration', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'ww-load-'))
    mkdirSync(join(home, 'etc'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  const directories = () => ({
    home,
    hooks: `${home}/usr`,
    data: `${home}/data`,
    backup: `${home}/backup`,
    run: home,
  })
  const write = (name: string, content: unknown): string => {
    const path = join(home, name)
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }
  const load = (cfg: unknown, env: NodeJS.ProcessEnv = {}): Promise<Configuration> =>
    loadConfiguration(
      { ...(cfg === undefined ? {} : { CFG: typeof cfg === 'string' ? cfg : JSON.stringify(cfg) }), ...env },
      directories(),
    )
  const refusal = async (cfg: unknown, env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const error = await load(cfg, env).then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!isUserError(error)) throw new Error(`expected a UserError, not ${error}`)
    expect(error.exitCode).to.equal(78)
    expect(error.message).not.to.contain('\n')
    return error.message
  }

  describe('merging', () => {
    const defaults = {
      memory: 128,
      list: [1, 2],
      db: { host: 'localhost', port: 5432 },
      gone: 'x',
      deep: { a: { gone: 1, kept: 2 } },
    }

    it('merges objects, replaces arrays and scalars, and deletes by null', async () => {
      write('etc/default_cfg.json', defaults)
      const { config } = await load({
        memory: 400,
        list: [3],
        db: { port: 1 },
        gone: null,
        deep: { a: { gone: null } },
      })
      expect(config).to.deep.equal({
        memory: 400,
        list: [3],
        db: { host: 'localhost', port: 1 },
        deep: { a: { kept: 2 } },
      })
    })

    it('deletes by null also what no default gave, so that a default that comes later changes nothing', async () => {
      expect((await load({ a: null, b: { c: null } })).config).to.deep.equal({ b: {} })
    })

    it('replaces a secret as a whole, and replaces a whole by a secret', async () => {
      const path = write('secret', 'word')
      write('etc/default_cfg.json', { a: { $file: '/no/such' }, b: { x: 1 }, c: { $file: '/no/such' } })
      const { config } = await load({ a: { y: 2 }, b: { $file: path }, c: { $file: path } })
      expect(config).to.deep.equal({ a: { y: 2 }, b: 'word', c: 'word' })
    })

    it('needs neither CFG nor defaults', async () => {
      expect((await load(undefined)).config).to.deep.equal({})
      expect((await load('')).config).to.deep.equal({})
    })

    it('takes the original whaleware’s defaults.json and notify_url', async () => {
      write('etc/defaults.json', { notify_url: 'http://1.2.3.4', memory: 1 })
      const { config, settings } = await load({ memory: 2 })
      expect(config).to.deep.equal({ notify_url: 'http://1.2.3.4', memory: 2 })
      expect(settings.notify.url).to.equal('http://1.2.3.4')
    })

    it('takes keys that every object has for data, and changes no other object by them', async () => {
      write('etc/default_cfg.json', '{"__proto__": {"a": 1}, "constructor": 1, "toString": {"x": 1}}')
      const { config } = await load(
        '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "toString": {"y": 2}}',
      )
      expect(JSON.parse(JSON.stringify(config))).to.deep.equal(
        JSON.parse(
          '{"__proto__": {"a": 1, "polluted": true}, "constructor": {"prototype": {"polluted": true}}, "toString": {"x": 1, "y": 2}}',
        ),
      )
      expect(JSON.stringify(config)).to.contain('"__proto__":{"a":1,"polluted":true}')
      expect(({} as Record<string, unknown>).polluted).to.equal(undefined)
    })

    it('keeps numbers as they are written, through merging and saving, and computes with their values', async () => {
      write('etc/default_cfg.json', '{"large": 1e21, "list": [1.50], "ww": {"monitor": {"failures": 3.0}}}')
      write('etc/cfg.schema.json', { properties: { id: { type: 'integer' } } })
      const configuration = await load('{"id": 12345678901234567890, "deep": {"whole": 1.0}}')
      expect(JSON.stringify(configuration.config)).to.equal(
        '{"large":1e21,"list":[1.50],"ww":{"monitor":{"failures":3.0}},"id":12345678901234567890,"deep":{"whole":1.0}}',
      )
      expect(configuration.settings.monitor.failures).to.equal(3)
    })

    it('keeps globs, blanks, unicode, newlines, and 100 kB', async () => {
      const cfg = {
        glob: '* ?',
        blanks: '  a   b ',
        unicode: 'ž🐳',
        lines: 'a\nb\n',
        big: 'x'.repeat(100_000),
      }
      expect((await load(cfg)).config).to.deep.equal(cfg)
    })
  })

  describe('where it comes from', () => {
    it('is CFG as a path, with or without @, and CFG_FILE below it', async () => {
      const path = write('mine.json', { a: 1, b: 1 })
      expect((await load(path)).config).to.deep.equal({ a: 1, b: 1 })
      expect((await load(`@${path}`)).config).to.deep.equal({ a: 1, b: 1 })
      expect((await load(relative(process.cwd(), path))).config).to.deep.equal({ a: 1, b: 1 })
      expect((await load({ a: 2 }, { CFG_FILE: path })).config).to.deep.equal({ a: 2, b: 1 })
    })

    it('reads secrets from files, without their last line end', async () => {
      const path = write('secret', 'pass word\n')
      expect(
        (await load({ db: { password: { $file: path } }, list: [{ $file: path }] })).config,
      ).to.deep.equal({
        db: { password: 'pass word' },
        list: ['pass word'],
      })
    })

    it('says which secret cannot be read', async () => {
      expect(await refusal({ db: { password: { $file: '/no/such/file' } } })).to.contain(
        'cannot read the secret of db.password: ENOENT',
      )
    })

    it('fills in the app, the instance and the version from the environment, below the configuration', async () => {
      const { settings } = await load(
        { ww: { version: '2' } },
        { WW_APP: 'shop', WW_INSTANCE: 'shop-1', WW_VERSION: '1' },
      )
      expect(settings).to.include({ app: 'shop', instance: 'shop-1', version: '2' })
    })
  })

  describe('what is refused, with exit 78', () => {
    it('names line and column of malformed JSON, and shows none of it', async () => {
      const message = await refusal('{\n  "password": "secret",\n  "b": }')
      expect(message).to.match(/^cannot read CFG: line 3, column 8: /)
      expect(message).not.to.contain('secret')
      expect(await refusal('{"a": ')).to.match(/^cannot read CFG: line 1, column 6: /)
    })

    it('names the file of malformed JSON', async () => {
      const path = write('etc/default_cfg.json', '{,}')
      expect(await refusal(undefined)).to.contain(`cannot read ${path}: line 1, column 2: `)
    })

    it('names a file that is not there', async () => {
      expect(await refusal('@/no/such.json')).to.contain('cannot read CFG /no/such.json: ENOENT')
    })

    it('is anything but an object', async () => {
      expect(await refusal('[1]')).to.equal('cannot use CFG: it must be a JSON object')
    })

    it('names every violation of the author’s schema by its key path', async () => {
      const properties = {
        memory: { type: 'integer', minimum: 64 },
        db: { type: 'object', required: ['host'] },
        mode: { enum: ['a', 'b'] },
      }
      write('etc/cfg.schema.json', {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties,
      })
      const message = await refusal({ memory: 'x', db: {}, mode: 'c' })
      expect(message)
        .to.contain('memory must be integer; db must have required property')
        .and.to.contain('mode must be equal to one of the allowed values (a, b)')
      expect((await load({ memory: 64 })).config).to.deep.equal({ memory: 64 })
    })
  })

  it('is held to the formats of the author’s schema', async () => {
    write('etc/cfg.schema.json', { properties: { contact: { format: 'email' }, peer: { format: 'ipv4' } } })
    expect(await refusal({ contact: 'nobody', peer: '10.0.0.1' })).to.contain(
      'contact must match format "email"',
    )
    expect((await load({ contact: 'a@b.org', peer: '10.0.0.1' })).config).to.have.property('contact')
  })

  it('may have a schema of an older draft, and names the item of a list', async () => {
    write('etc/cfg.schema.json', {
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: {
        pair: { items: [{ type: 'string' }, { type: 'integer' }] },
        'a.b': { items: { required: ['x'] } },
      },
    })
    expect(await refusal({ pair: ['a', 'b'], 'a.b': [{}] })).to.contain(
      'bad configuration: pair.1 must be integer; ["a.b"].0 must have required property',
    )
  })
})
