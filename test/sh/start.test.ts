import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { hasShell, shells } from '../helpers/shells.ts'

const source = resolve(import.meta.dirname, '../../ww/sh')

for (const [shell, words] of Object.entries(shells)) {
  describe(`the start of the program in ${shell}`, () => {
    let root = ''
    let home = ''
    before(function () {
      if (!hasShell(words)) this.skip()
    })
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'ww start '))
      home = `${root}/any where`
      mkdirSync(`${home}/sh`, { recursive: true })
      for (const name of ['run', 'ww', 'cfg']) copyFileSync(`${source}/${name}`, `${home}/${name}`)
      copyFileSync(`${source}/start`, `${home}/sh/start`)
      script('tini', 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"')
      script('whaleware', 'exec env -0')
    })
    afterEach(() => rmSync(root, { recursive: true }))

    const script = (name: string, text: string) =>
      writeFileSync(`${home}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    const start = (args: readonly string[], env: Record<string, string> = {}, cwd = '/'): string => {
      const [program = '', ...rest] = words
      const { stdout, stderr } = spawnSync(program, [...rest, ...args], {
        env: { PATH: process.env.PATH, ...env },
        encoding: 'utf8',
        cwd,
      })
      expect(stderr).to.equal('')
      return stdout
    }
    /** The environment in which the program is started. */
    const environment = (args: readonly string[], env: Record<string, string> = {}): Map<string, string> =>
      new Map(
        start(args, env)
          .split('\0')
          .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
      )

    for (const [name, value] of [
      ['BUN_OPTIONS', '--preload=./foreign.js'],
      ['BUN_BE_BUN', '1'],
      ['BUN_JSC_anything', ''],
      ['NODE_OPTIONS', '--require dd-trace/init'],
      ['NODE_CHANNEL_FD', '3'],
      ['LD_PRELOAD', 'libm.so.6'],
      ['BUN_ODD', `two\nlines, '"$HOME" \\ and * `],
    ] as const)
      it(`sets ${name} aside, with its value`, () => {
        const env = environment([`${home}/run`], { [name]: value, OTHER: value })
        expect(env.has(name)).to.equal(false)
        expect(env.get(`WW_ASIDE_${name}`)).to.equal(value)
        expect(env.get('OTHER')).to.equal(value)
      })

    it('sets nothing else aside', () => {
      const given = {
        NODE_ENV: 'production',
        NODE_EXTRA_CA_CERTS: '/ca.pem',
        LD_LIBRARY_PATH: '/opt',
        BUNS: '1',
      }
      const env = environment([`${home}/run`], given)
      for (const [name, value] of Object.entries(given)) expect(env.get(name), name).to.equal(value)
      // but for what the tests themselves run with, such as the library of a false clock
      const aside = [...env.keys()].filter((name) => name.startsWith('WW_ASIDE_'))
      expect(aside.filter((name) => process.env[name.slice('WW_ASIDE_'.length)] === undefined)).to.deep.equal(
        [],
      )
    })

    it('is not confused by a value that looks like a variable', () => {
      const value = "a\nexport BUN_OPTIONS='x'\nexport NODE_OPTIONS; exit 3=\n"
      const env = environment([`${home}/ww`, 'events'], { VALUE: value })
      expect(env.get('VALUE')).to.equal(value)
      expect(env.has('WW_ASIDE_BUN_OPTIONS')).to.equal(false)
    })

    it('turns the compiler off for run alone', () => {
      expect(environment([`${home}/run`]).get('BUN_JSC_useJIT')).to.equal('0')
      const verb = environment([`${home}/ww`, 'events'], { BUN_JSC_useJIT: '1' })
      expect(verb.has('BUN_JSC_useJIT')).to.equal(false)
      expect(verb.get('WW_ASIDE_BUN_JSC_useJIT')).to.equal('1')
    })

    it('has WW_HOME be where the program is, unless it is given', () => {
      expect(environment([`${home}/run`]).get('WW_HOME')).to.equal(home)
      expect(environment([`${home}/ww`, 'events']).get('WW_HOME')).to.equal(home)
      expect(environment([`${home}/run`], { WW_HOME: '/my' }).get('WW_HOME')).to.equal('/my')
      expect(start(['any where/run'], {}, root)).to.contain(`WW_HOME=${root}/any where\0`)
    })

    it('finds the program through a link', () => {
      symlinkSync(`${home}/run`, `${root}/link`)
      expect(environment([`${root}/link`]).get('WW_HOME')).to.equal(home)
    })

    it('starts the program through the loader of the tree, with its libraries', () => {
      mkdirSync(`${home}/lib`)
      script('lib/ld.so', 'printf "%s\\n" "$@"')
      const expected = ['--library-path', `${home}/lib`, `${home}/whaleware`]
      expect(
        start([`${home}/run`])
          .trim()
          .split('\n'),
      ).to.deep.equal([...expected, 'run'])
      const words = start([`${home}/ww`, 'events', 'a b'])
        .trim()
        .split('\n')
      expect(words).to.deep.equal([...expected, 'events', 'a b'])
    })
  })
}
