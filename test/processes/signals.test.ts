import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { until } from '../helpers/until.ts'

describe('listenToSignals', () => {
  it('requests what each signal of the container means, and survives those that mean nothing', async function () {
    this.timeout(60_000)
    const program = resolve(import.meta.dirname, '../fixtures/listens-to-signals.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += chunk
    })
    const ended = new Promise((done) => child.once('exit', (code) => done(code)))
    await until(() => printed.includes('listening'), 'the program', 50_000)
    printed = ''
    for (const name of ['SIGUSR2', 'SIGALRM', 'SIGPIPE'] as const) child.kill(name)
    const expected = [
      ['SIGUSR1', 'monitor'],
      ['SIGHUP', 'restart SIGHUP'],
      ['SIGTERM', 'stop SIGTERM'],
      ['SIGINT', 'stop SIGINT'],
      ['SIGQUIT', 'stop SIGQUIT'],
    ] as const
    for (const [name, line] of expected) {
      child.kill(name)
      await until(() => printed.includes(`${line}\n`), line, 50_000)
    }
    expect(await ended).to.equal(7)
    await until(() => printed.endsWith('last resort\n'))
    expect(printed).to.equal(`${expected.map(([, line]) => `${line}\n`).join('')}last resort\n`)
  })
})
