import { spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import type { JsonObject } from '../../ww/config/json.ts'
import { saveConfiguration } from '../../ww/config/save.ts'
import { settingsWith } from '../helpers/fake-world.ts'
import { hasShell, shells } from '../helpers/shells.ts'

const cfg = resolve(import.meta.dirname, '../../ww/sh/cfg')

const config: JsonObject = {
  plain: 'text',
  empty: '',
  quotes: `it's "quoted" \`and\` $HOME \\n %s`,
  newlines: '\nfirst\n\nlast\n\n',
  unicode: 'žluťoučký 🐳',
  glob: '* ? [a-z] ~',
  zero: 0,
  fraction: 0.1,
  large: 1e21,
  yes: true,
  no: false,
  nothing: null,
  'b.c': 'a dot',
  '-dash': 'a dash',
  'with "quote"': 'a quote',
  '*': 'a star',
  ünï: 'an accent',
  constructor: 'a word of every object',
  servers: [{ host: 'a' }, { host: 'b', ports: [1, 2] }],
  deep: { er: { 'x.y': [['z']] } },
}

/** What is asked, and what must come, to the letter. */
const exact: [keyPath: string, value: string][] = [
  ['plain', 'text'],
  ['empty', ''],
  ['quotes', `it's "quoted" \`and\` $HOME \\n %s`],
  ['newlines', '\nfirst\n\nlast\n\n'],
  ['unicode', 'žluťoučký 🐳'],
  ['glob', '* ? [a-z] ~'],
  ['zero', '0'],
  ['fraction', '0.1'],
  ['large', '1e+21'],
  ['yes', 'true'],
  ['no', 'false'],
  ['nothing', 'null'],
  ['["b.c"]', 'a dot'],
  ['["with \\"quote\\""]', 'a quote'],
  ['*', 'a star'],
  ['ünï', 'an accent'],
  ['constructor', 'a word of every object'],
  ['servers[1].host', 'b'],
  ['servers.1.ports[0]', '1'],
  ['servers[1].ports', '[1,2]'],
  ['servers', '[{"host":"a"},{"host":"b","ports":[1,2]}]'],
  ['deep.er["x.y"][0][0]', 'z'],
  ['deep["er"]["x.y"].0[0]', 'z'],
  ['["plain"]', 'text'],
  ['.plain', 'text'],
  ['.servers[0].host', 'a'],
  ['servers[1]["host"]', 'b'],
  ['["deep"].er', '{"x.y":[["z"]]}'],
  ['.', JSON.stringify(config)],
  ['', JSON.stringify(config)],
]

/** Many short values whose key paths end alike, in two forms, and long ones. */
const large: JsonObject = {
  ...config,
  hosts: Array.from({ length: 400 }, (_, i) => ({ host: `host ${i}`, port: i })),
  ...Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, { value: `value ${i}` }])),
  ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`ž${i}ž`, `${i} `.repeat(2000)])),
}

function save(value: JsonObject): string {
  const run = mkdtempSync(join(tmpdir(), 'ww-cfg-'))
  saveConfiguration(
    { config: value, settings: settingsWith() },
    { home: run, hooks: '', data: '', backup: '', run },
  )
  return run
}

for (const [shell, words] of Object.entries(shells)) {
  describe(`ww cfg in ${shell}`, () => {
    let run = ''
    let largeRun = ''
    before(function () {
      if (!hasShell(words)) this.skip()
      run = save(config)
      largeRun = save(large)
    })
    after(() => {
      for (const directory of [run, largeRun]) if (directory) rmSync(directory, { recursive: true })
    })

    const ask = (args: string[], env: NodeJS.ProcessEnv = { WW_CFG_STRICT: '1' }, where = run) => {
      const [program = '', ...rest] = words
      const { status, stdout, stderr } = spawnSync(program, [...rest, cfg, ...args], {
        env: { PATH: process.env.PATH, WW_RUN: where, ...env },
        encoding: 'utf8',
      })
      return { status, stdout, stderr }
    }

    for (const [keyPath, value] of exact) {
      it(`prints ${keyPath} exactly`, () => {
        expect(ask([keyPath])).to.deep.equal({ status: 0, stdout: `${value}\n`, stderr: '' })
      })
    }

    it('answers from the lookup that a service was given, when that is its own and no link', () => {
      const lookup = join(largeRun, 'cfg-lookup')
      const key = ['key7.value']
      expect(ask(key, { WW_CFG_STRICT: '1', WW_LOOKUP: lookup }).stdout).to.equal('value 7\n')
      const link = join(run, 'link')
      symlinkSync(lookup, link)
      expect(ask(key, { WW_CFG_STRICT: '1', WW_LOOKUP: link }).status).to.equal(1)
      rmSync(link)
      expect(ask(['plain'], { WW_LOOKUP: join(run, 'none') }).stdout).to.equal('text\n')
      expect(ask(['plain'], { WW_LOOKUP: '' }).stdout).to.equal('text\n')
    })

    it('answers the same from a large configuration', () => {
      const rows: typeof exact = [
        ...exact.slice(0, -2),
        ...[0, 7, 42, 399].map((i): [string, string] => [`hosts[${i}].host`, `host ${i}`]),
        ...[0, 7, 42, 399].map((i): [string, string] => [`hosts.${i}.port`, String(i)]),
        ...[0, 7, 42, 999].map((i): [string, string] => [`key${i}.value`, `value ${i}`]),
        ...[0, 7, 19].map((i): [string, string] => [`ž${i}ž`, `${i} `.repeat(2000)]),
        ['', JSON.stringify(large)],
      ]
      for (const [keyPath, value] of rows)
        expect(ask([keyPath], undefined, largeRun).stdout, keyPath).to.equal(`${value}\n`)
      expect(readdirSync(largeRun).some((name) => name.startsWith('cfg-lookup.'))).to.equal(true)
    })

    for (const missing of [
      'none',
      'plain.deeper',
      'servers[2]',
      'servers[',
      '["none"]',
      'pla*',
      'key$(id)',
      '../x',
    ]) {
      it(`prints nothing and exits 1 when there is no "${missing}"`, () => {
        expect(ask([missing])).to.deep.equal({ status: 1, stdout: '', stderr: '' })
        expect(ask([missing], undefined, largeRun)).to.deep.equal({ status: 1, stdout: '', stderr: '' })
      })
    }

    it('prints the default for a missing key only', () => {
      expect(ask(['none', '--default', 'x y']).stdout).to.equal('x y\n')
      expect(ask(['plain', '--default=x']).stdout).to.equal('text\n')
    })

    it('prints null and exits 0 for a missing key under the original whaleware’s name', () => {
      expect(ask(['none'], {})).to.deep.equal({ status: 0, stdout: 'null\n', stderr: '' })
      expect(ask(['none', '--strict'], {}).status).to.equal(1)
    })

    it('takes a key that begins with - after --', () => {
      expect(ask(['--', '-dash'])).to.deep.equal({ status: 0, stdout: 'a dash\n', stderr: '' })
      expect(ask(['--default', 'x', '--', '--why']).stdout).to.equal('x\n')
      expect(ask(['--', '--help'])).to.deep.equal({ status: 1, stdout: '', stderr: '' })
      expect(ask(['--', '-dash'], undefined, largeRun).stdout).to.equal('a dash\n')
    })

    for (const [args, sentence] of [
      [[], 'no key path; write ww cfg KEY.PATH'],
      [['--'], 'no key path; write ww cfg KEY.PATH'],
      [['--wrong', 'a'], 'no option "--wrong"; ww cfg --help lists them; for a key write ww cfg -- --wrong'],
      [['a', 'b'], 'one key path, not "a" and "b"'],
      [['--', 'a', 'b'], 'one key path, not "a" and "b"'],
      [['a', '--', 'b'], 'one key path, not "a" and "b"'],
      [['a', '--default'], '--default: no value; write --default 5'],
    ] as const) {
      it(`is clear about wrong usage: cfg ${args.join(' ')}`, () => {
        expect(ask([...args])).to.deep.equal({ status: 2, stdout: '', stderr: `ww cfg: ${sentence}\n` })
      })
    }

    it('has a --help', () => {
      for (const option of ['--help', '-h']) expect(ask([option]).stdout).to.contain('Usage: ww cfg ')
    })

    it('is one line when nothing has booted', () => {
      expect(ask(['plain'], undefined, '/no/such/place')).to.deep.equal({
        ...{ status: 1, stdout: '' },
        stderr: 'ww cfg: no instance has booted: /no/such/place does not exist\n',
      })
    })

    it('does not run a lookup of another user, and names the user to run it as', function () {
      if (process.getuid?.() !== 0) this.skip()
      const other = save({ plain: 'text' })
      for (const name of ['', '/cfg-lookup']) chownSync(`${other}${name}`, 65534, 65534)
      const { status, stderr } = ask(['plain'], undefined, other)
      rmSync(other, { recursive: true })
      expect(status).to.equal(1)
      expect(stderr).to.equal(
        'ww cfg: not permitted: the instance runs as user 65534, you are user 0; use docker exec --user 65534\n',
      )
    })
  })
}

describe('sh/cfg', () => {
  it('finds the run directory as sh/ww does', () => {
    const functionOf = (file: string) => /^find_run\(\) \{\n.*?^\}\n/ms.exec(readFileSync(file, 'utf8'))?.[0]
    expect(functionOf(cfg))
      .to.be.a('string')
      .and.to.equal(functionOf(resolve(cfg, '../ww')))
  })
})
