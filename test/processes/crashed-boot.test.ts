import { spawn, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { endCrashedBoot } from '../../ww/processes/crashed-boot.ts'
import { findProcess, hasEnvironment } from '../../ww/processes/list.ts'
import { until } from '../helpers/until.ts'

describe('endCrashedBoot', () => {
  const lines: string[] = []
  const log = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(`! ${line}`) }
  beforeEach(() => lines.splice(0))

  const begin = async (boot: string): Promise<number> => {
    const env = { ...process.env, WW_BOOT_ID: boot }
    // only SIGKILL ends it
    const script = 'trap "" TERM; exec sleep 3600'
    const child = spawn('/bin/bash', ['-c', script], { detached: true, stdio: 'ignore', env })
    const pid = Number(child.pid)
    await until(() => hasEnvironment(pid, `WW_BOOT_ID=${boot}`) && findProcess(pid)?.name === 'sleep')
    return pid
  }

  it('logs nothing when nothing is left', async () => {
    expect(await endCrashedBoot('no-such-boot', log)).to.deep.equal([])
    expect(lines).to.deep.equal([])
  })

  it('ends what was started with the id of that boot, and nothing else', async () => {
    const [theirs, ours] = [await begin('crashed-1'), await begin('crashed-10')]
    expect(await endCrashedBoot('crashed-1', log, 15_000)).to.deep.equal([])
    expect(findProcess(theirs)).to.equal(null)
    expect(findProcess(ours)).to.not.equal(null)
    expect(lines).to.deep.equal([`! ending what the crashed boot left running: sleep (pid ${theirs})`])
    process.kill(ours, 'SIGKILL')
  })

  it('names all that it ends', async () => {
    const pids = [await begin('crashed-4'), await begin('crashed-4')]
    expect(await endCrashedBoot('crashed-4', log, 15_000)).to.deep.equal([])
    const names = pids.toSorted((a, b) => a - b).map((pid) => `sleep (pid ${pid})`)
    expect(lines).to.deep.equal([`! ending what the crashed boot left running: ${names.join(', ')}`])
  })

  it('never ends the process that calls it, whatever its environment', () => {
    const module = resolve(import.meta.dirname, '../../ww/processes/crashed-boot.ts')
    const script = `const { endCrashedBoot } = await import('${module}')
      const log = { info() {}, warn: console.log }
      console.log(JSON.stringify(await endCrashedBoot('crashed-3', log)))`
    const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { ...process.env, WW_BOOT_ID: 'crashed-3' },
    })
    expect(stdout.trim().split('\n').at(-1)).to.equal('[]')
  })

  it('returns what it cannot end, instead of trying for ever', async () => {
    const pid = await begin('crashed-2')
    const kill = process.kill
    process.kill = () => true
    try {
      expect(await endCrashedBoot('crashed-2', log, 20)).to.deep.equal([`sleep (pid ${pid})`])
    } finally {
      process.kill = kill
    }
    expect(lines.at(-1)).to.equal(`! cannot end what the crashed boot left running: sleep (pid ${pid})`)
    process.kill(pid, 'SIGKILL')
  })
})
