import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { moreVerbs, shellVerbs, verbGroups, verbs } from '../ww/commands.ts'
import { programWords } from './helpers/program.ts'

describe('the program', () => {
  const ww = (...args: string[]) => {
    const [file, ...words] = programWords(...args)
    const { status, stdout, stderr } = spawnSync(file, words, { encoding: 'utf8' })
    return { status, stdout, stderr }
  }

  it('suggests the nearest verb, with exit 2', () => {
    expect(ww('rendr')).to.deep.equal({
      ...{ status: 2, stdout: '' },
      stderr: 'ww: no verb "rendr"; did you mean render? ww --help lists them\n',
    })
    expect(ww('xyzzy').stderr).to.equal('ww: no verb "xyzzy"; ww --help lists them\n')
    expect(ww('help', 'xyzzy').status).to.equal(2)
    expect(ww('toString').stderr).to.contain('no verb "toString"')
  })

  it('ends only when a slow reader has everything', () => {
    const home = mkdtempSync(join(tmpdir(), 'ww-main-'))
    mkdirSync(join(home, 'etc'))
    writeFileSync(join(home, 'etc/cfg.json'), '{}')
    writeFileSync(join(home, 'large'), 'x'.repeat(300_000))
    const line = '"$@" | { sleep 0.5; wc -c; }'
    const words = programWords('render', join(home, 'large'))
    const { stdout } = spawnSync('sh', ['-c', line, '-', ...words], {
      encoding: 'utf8',
      env: { ...process.env, WW_HOME: home, WW_RUN: home },
    })
    rmSync(home, { recursive: true })
    expect(Number(stdout)).to.equal(300_000)
  })

  it('leaves open the socket that it shares with other processes, as a service shares that of its instance', () => {
    // spawnSync gives the shell a socket as its standard output
    const words = programWords('--version')
    const { stdout } = spawnSync('sh', ['-c', '"$@"; echo after', '-', ...words], { encoding: 'utf8' })
    expect(stdout).to.match(/^whaleware .*\nafter\n$/)
  })

  it('names the verb in an error, and the option', () => {
    expect(ww('render', '--wrong')).to.deep.equal({
      ...{ status: 2, stdout: '' },
      stderr: 'ww render: no option "--wrong"; ww render --help lists them\n',
    })
  })

  it('prints its help with --help, -h and help, and to stderr with nothing', () => {
    const help = ww('--help')
    expect(help).to.include({ status: 0, stderr: '' })
    expect(help.stdout).to.match(
      /^Usage: ww VERB \[ARGUMENTS\] {7}from outside: docker exec CONTAINER ww VERB\n/,
    )
    for (const words of ['-h', 'help']) expect(ww(words)).to.deep.equal(help)
    expect(ww()).to.deep.equal({ status: 2, stdout: '', stderr: help.stdout })
  })

  it('lists every verb once, in lines of 80 columns', () => {
    const { stdout } = ww('--help')
    const listed = [...verbGroups.flatMap((group) => group.verbs), ...moreVerbs, 'check', 'init']
    expect(listed.toSorted()).to.deep.equal([...Object.keys(shellVerbs), ...Object.keys(verbs)].toSorted())
    for (const verb of listed) expect(stdout, verb).to.match(new RegExp(`\\b${verb}\\b`))
    for (const line of stdout.split('\n')) expect(line.length, line).to.be.at.most(80)
  })

  it('prints the help of a verb with --help, -h and help', () => {
    const help = ww('render', '--help')
    expect(help).to.include({ status: 0, stderr: '' })
    expect(help.stdout).to.match(/^Usage: ww render/)
    expect(ww('render', '-h')).to.deep.equal(help)
    expect(ww('help', 'render')).to.deep.equal(help)
  })

  it('prints its version', () => {
    const { status, stdout } = ww('--version')
    expect(status).to.equal(0)
    expect(stdout).to.match(
      /^whaleware \d+\.\d+\.\d+ \(linux-\w+-glibc, (Node|Bun) \d+\.\d+\.\d+(, commit \w+)?\)\n$/,
    )
  })
})
