import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'
import { RealReceiver } from '../helpers/real-receiver.ts'

describe('ww receiver', () => {
  let receiver: RealReceiver
  afterEach(() => receiver?.remove())

  it('serves until it is asked to stop, and exits 0', async () => {
    receiver = await new RealReceiver().start()
    expect(await (await fetch(`${receiver.url}/livez`)).text()).to.equal('ok\n')
    expect(await receiver.end('SIGTERM')).to.equal(0)
    await receiver.start()
    expect(await receiver.end('SIGINT')).to.equal(0)
  })

  it('stops though readers follow its stream', async () => {
    receiver = await new RealReceiver().start()
    const answer = await fetch(`${receiver.url}/v1/stream`)
    const ended = answer.text().catch(() => '')
    expect(await receiver.end('SIGTERM')).to.equal(0)
    await ended
  })

  it('refuses a file that another one has, and a port that is taken', async () => {
    receiver = await new RealReceiver().start()
    const port = new URL(receiver.url).port
    const twin = typeCommand(['receiver', '--port', '0', '--db', receiver.db])
    expect([twin.status, twin.stderr]).to.deep.equal([
      78,
      `ww receiver: cannot open ${receiver.db}: another process has it open\n`,
    ])
    const other = typeCommand(['receiver', '--port', port, '--db', join(receiver.root, 'other.db')])
    expect(other.status).to.equal(1)
    expect(other.stderr).to.match(/cannot serve at 127\.0\.0\.1:\d+: .*EADDRINUSE/)
  })

  describe('tells what is wrong with', () => {
    let root: string
    before(() => {
      root = mkdtempSync(join(tmpdir(), 'ww-receiver-'))
    })
    after(() => rmSync(root, { recursive: true }))
    const refusal = (...args: string[]): [number | null, string] => {
      const { status, stderr } = typeCommand(['receiver', '--db', join(root, 'fleet.db'), ...args])
      expect(stderr.trim().split('\n'), stderr).to.have.length(1)
      return [status, stderr]
    }
    const cases: readonly (readonly [what: string, args: readonly string[], status: number, says: string])[] =
      [
        ['an option', ['--prot', '1'], 2, 'no option "--prot"'],
        ['a number', ['--port', 'x'], 2, '--port takes a whole number, not "x"'],
        ['a duration', ['--keep-stats', 'long'], 2, '--keep-stats takes a duration such as 30d'],
        ['an address that others reach, without a key', ['--host', '0.0.0.0'], 78, 'without a key'],
        ['a key', ['--key', 'short'], 78, 'must have 8 characters or more'],
        ['a file of keys', ['--key-file', '/nowhere'], 78, 'cannot read the keys: ENOENT'],
        ['half of a certificate', ['--tls-cert', '/x'], 2, 'go together'],
        [
          'a certificate',
          ['--tls-cert', '/x', '--tls-key', '/y'],
          78,
          'cannot use the certificate /x with /y: ENOENT',
        ],
        ['a place of keeping', ['--db', '/nowhere/fleet.db'], 78, 'cannot open /nowhere/fleet.db'],
      ]
    for (const [what, args, status, says] of cases) {
      it(what, () => {
        const [exit, stderr] = refusal(...args)
        expect(stderr).to.contain(says)
        expect(exit).to.equal(status)
      })
    }

    it('a file that is no database, and leaves it alone', () => {
      const file = join(root, 'notes.txt')
      writeFileSync(file, 'notes '.repeat(1000))
      const [status, stderr] = refusal('--db', file)
      expect(stderr).to.contain('file is not a database')
      expect(status).to.equal(78)
    })
  })
})
