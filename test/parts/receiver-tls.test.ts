import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'
import { makeCertificate } from '../helpers/real-certificate.ts'
import { RealReceiver } from '../helpers/real-receiver.ts'

describe('a receiver that serves https', () => {
  let root: string
  const file = (name: string): string => join(root, name)
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'ww-tls-'))
    for (const name of ['own', 'other']) await makeCertificate(root, name)
  })
  after(() => rmSync(root, { recursive: true }))

  /** Asks as one who trusts a certificate alone; rejects when it is another's. */
  const ask = (url: string, trusted: string, method = 'GET', body = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const asking = request(url, { method, ca: readFileSync(file(trusted)) }, (answer) =>
        resolve(text(answer)),
      )
      asking.once('error', reject).end(body)
    })

  it('takes reports and is read under its certificate, and by nobody who trusts another', async () => {
    const receiver = await new RealReceiver([
      '--tls-cert',
      file('own.pem'),
      '--tls-key',
      file('own.key'),
    ]).start()
    try {
      expect(receiver.url).to.match(/^https:/)
      const state = `${receiver.url}/v1/instances/backup/state`
      expect(await ask(state, 'own.pem', 'POST', 'UP')).to.equal('{"kept":1,"duplicates":0}')
      expect(await ask(`${receiver.url}/v1/instances/backup`, 'own.pem')).to.contain('"state":"UP"')
      expect(await ask(state, 'other.pem', 'POST', 'UP').catch(String)).to.match(/self-signed certificate/)
    } finally {
      await receiver.remove()
    }
  })

  it('does not start with a key of another certificate, or without one that can be read', () => {
    const refusal = (cert: string, key: string): [number | null, string] => {
      const words = ['receiver', '--db', file('fleet.db'), '--port', '0']
      const { status, stderr } = typeCommand([...words, '--tls-cert', file(cert), '--tls-key', file(key)])
      return [status, stderr.replaceAll(root, '')]
    }
    expect(refusal('own.pem', 'other.key')).to.deep.equal([
      78,
      'ww receiver: cannot use the certificate /own.pem with /other.key: the key is not the one of the certificate\n',
    ])
    const [status, said] = refusal('own.pem', 'nowhere')
    expect(status).to.equal(78)
    expect(said).to.match(/^ww receiver: cannot use the certificate \/own\.pem with \/nowhere: ENOENT.*\n$/)
  })
})
