import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { builtTree } from '../../helpers/program.ts'
import { makePlace, type Place } from '../../helpers/real-instance.ts'

/** What an app or its base image sets for a runtime of its own; each would change or end one that reads it. */
const foreign = {
  BUN_BE_BUN: '1',
  BUN_OPTIONS: '--preload=./foreign.js',
  BUN_JSC_useJIT: '1',
  BUN_JSC_noSuchOption: '1',
  NODE_OPTIONS: '--require ./no-such-agent.js',
  NODE_CHANNEL_FD: '77',
}

describe("an app's own runtime", () => {
  let place: Place
  beforeEach(() => {
    place = makePlace({ boot: 'env -0 > "$WW_DATA/environment"; kill -TERM $PPID' })
    const foreignCode = 'require("node:fs").writeFileSync("foreign", "ran"); process.exit(99)\n'
    const files = {
      'foreign.js': foreignCode,
      '.env': 'WW_INSTANCE=foreign\nFROM_FILE=1\n',
      'bunfig.toml': 'preload = ["./foreign.js"]\n',
      'package.json': '{"name": "foreign", "type": "commonjs", "imports": {"#beginner": "./foreign.js"}}\n',
      'tsconfig.json': '{"compilerOptions": {"paths": {"*": ["./foreign.js"]}}}\n',
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place.root, name), text)
  })
  afterEach(() => rmSync(place.root, { recursive: true }))

  /** Boots an instance in the app's directory as its image does; its boot hook stops it. */
  const boot = (env: Record<string, string> = {}) => {
    const words = builtTree ? [`${builtTree}/run`] : [resolve('ww/sh/ww'), 'run']
    const { home, data, run, backup } = place
    const { status, stderr } = spawnSync('sh', words, {
      cwd: place.root,
      env: { PATH: process.env.PATH, WW_HOME: home, WW_DATA: data, WW_RUN: run, WW_BACKUP: backup, ...env },
      encoding: 'utf8',
    })
    return { status, log: stderr }
  }
  const hookEnvironment = (): Map<string, string> =>
    new Map(
      readFileSync(join(place.data, 'environment'), 'utf8')
        .split('\0')
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    )

  it('neither changes nor ends whaleware, and reaches the hooks as it was set', () => {
    const { status, log } = boot(foreign)
    expect(status, log).to.equal(0)
    expect(log).to.contain('STOPPED')
    for (const [name, value] of Object.entries(foreign))
      expect(hookEnvironment().get(name), name).to.equal(value)
  })

  it('is not configured by files in its directory that are executed or change whaleware', () => {
    const { status, log } = boot()
    expect(status, log).to.equal(0)
    expect(hookEnvironment().has('FROM_FILE')).to.equal(false)
    expect(hookEnvironment().get('WW_INSTANCE')).not.to.equal('foreign')
    expect(() => readFileSync(join(place.root, 'foreign'))).to.throw('ENOENT')
  })

  it('gets nothing that whaleware sets for its own', () => {
    expect(boot().status).to.equal(0)
    // what the tests themselves run with, such as the library of a false clock, is not whaleware's
    const names = [...hookEnvironment().keys()].filter((name) => process.env[name] === undefined)
    expect(names.filter((name) => /^(BUN_|NODE_|LD_|WW_ASIDE_)/.test(name))).to.deep.equal([])
  })
})
