import { expect } from 'chai'
import { describeExit, spawn, spawnWithInput } from '../../ww/processes/spawn.ts'

describe('beginning a process', () => {
  const quiet = { stdout: 'ignore', stderr: 'ignore', env: process.env } as const
  const tooLong = 'x'.repeat(200_000)

  it('tells how it ended: its exit code, or the signal', async () => {
    expect(await spawn('/bin/sh', ['-c', 'exit 3'], quiet).ended).to.deep.include({ exitCode: 3 })
    expect(await spawn('/bin/sh', ['-c', 'kill -9 $$'], quiet).ended).to.deep.include({ signal: 'SIGKILL' })
  })

  it('tells why it could not be started, and never throws', async () => {
    expect(await spawn('/there/is/no/such', [], quiet).ended).to.deep.equal({ code: 'ENOENT' })
    expect(await spawn('/bin/true', [tooLong], quiet).ended).to.deep.equal({ code: 'E2BIG' })
    expect(describeExit({ code: 'E2BIG' })).to.equal('it could not be started (E2BIG)')
    const fed = await spawnWithInput('/bin/true', [tooLong], { ...quiet, input: '' })
    expect(await fed.ended).to.include({ code: 'E2BIG' })
  })

  it('gives it input, which it may leave unread', async () => {
    const reads = await spawnWithInput('/bin/sh', ['-c', 'read -r a && test "$a" = word'], {
      ...quiet,
      input: 'word\n',
    })
    expect(await reads.ended).to.include({ exitCode: 0 })
    const deaf = await spawnWithInput('/bin/sh', ['-c', 'exit 0'], { ...quiet, input: tooLong.repeat(10) })
    expect(await deaf.ended).to.include({ exitCode: 0 })
  })
})
