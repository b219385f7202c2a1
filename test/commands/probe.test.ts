import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { programWords } from '../helpers/program.ts'
import { makeCertificate } from '../helpers/real-certificate.ts'

/** Runs `ww probe` while servers of this process respond. */
const type = (...args: string[]) => typeWith({}, ...args)

type Typed = { status: number; stdout: string; stderr: string }

function typeWith(more: NodeJS.ProcessEnv, ...args: string[]): Promise<Typed> {
  const [file, ...words] = programWords('probe', ...args)
  return new Promise((resolve) => {
    execFile(file, words, { env: { ...process.env, ...more } }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

const time = String.raw`\d+(\.\d)? m?s`

describe('ww probe', () => {
  let server: Server
  let port: number
  before(async () => {
    server = createServer((request, response) => {
      if (request.url !== '/slow') response.writeHead(Number(request.url?.slice(1)) || 200).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  it('prints how it responded, and in what time', async () => {
    for (const [address, what] of [
      [`tcp://127.0.0.1:${port}`, 'connected'],
      [`tcp:127.0.0.1:${port}`, 'connected'],
      [`tcp:${port}`, 'connected'],
      [`http://localhost:${port}/health`, 'status 200'],
      ['file:/etc', 'exists'],
      ['exec:exit 0', 'exited with code 0'],
    ] as const) {
      const { status, stdout, stderr } = await type(address)
      expect({ status, stderr }, address).to.deep.equal({ status: 0, stderr: '' })
      expect(stdout).to.match(new RegExp(`^${address}: ${what} in ${time}\n$`))
    }
  })

  it('prints on stderr why it did not, with exit code 1', async () => {
    for (const [address, reason] of [
      [`http://localhost:${port}/503`, 'status 503, not 2xx'],
      ['tcp:127.0.0.1:1', 'connection refused'],
      ['file:/etc/absent', 'does not exist'],
      ['exec:exit 7', 'exited with code 7'],
    ] as const) {
      const { status, stdout, stderr } = await type(address)
      expect({ status, stdout }, address).to.deep.equal({ status: 1, stdout: '' })
      expect(stderr).to.match(new RegExp(`^ww probe: ${address}: ${reason} \\(${time}\\)\n$`))
    }
  })

  it('ends at its limit', async () => {
    const { status, stderr } = await type(`http://127.0.0.1:${port}/slow`, '--timeout', '200ms')
    expect(status).to.equal(1)
    expect(stderr).to.match(
      new RegExp(`^ww probe: http://127.0.0.1:${port}/slow: timed out \\(${time}\\)\n$`),
    )
    expect((await type('exec:sleep 60', '--timeout', '200ms')).stderr).to.contain('exec:sleep 60: timed out')
  })

  describe('of an https:// URL', () => {
    let secure: TlsServer
    let url: string
    let cert: string
    let directory: string
    before(async function () {
      if (spawnSync('openssl', ['version']).error) this.skip()
      directory = mkdtempSync(join(tmpdir(), 'ww-probe-'))
      const files = await makeCertificate(directory)
      cert = files.cert
      secure = createTlsServer(
        { cert: readFileSync(cert), key: readFileSync(files.key) },
        (_, response) => void response.end('ok'),
      )
      await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
      url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`
    })
    after(() => {
      secure?.close()
      if (directory) rmSync(directory, { recursive: true })
    })

    it('prints that its certificate is not trusted', async () => {
      const { status, stderr } = await type(url)
      expect(status).to.equal(1)
      expect(stderr).to.match(
        new RegExp(`^ww probe: ${url}: its certificate is self-signed \\(${time}\\)\n$`),
      )
    })

    it('succeeds with a certificate that is trusted', async () => {
      const { status, stdout, stderr } = await typeWith({ NODE_EXTRA_CA_CERTS: cert }, url)
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
      expect(stdout).to.contain('status 200 in ')
    })

    it('fails where the server speaks no TLS', async () => {
      const { status, stderr } = await type(`https://127.0.0.1:${port}/`)
      expect(status).to.equal(1)
      expect(stderr).to.contain('does not speak TLS')
    })
  })

  for (const [args, message] of [
    [[], 'takes one ADDRESS; see ww probe --help'],
    [['tcp:1', 'tcp:2'], 'takes one ADDRESS; see ww probe --help'],
    [['db:5432'], '"db:5432" has no kind; write tcp:db:5432'],
    [['tcp://db'], '"tcp://db" has no port; write tcp:db:PORT'],
    [['database'], '"database" is not tcp:HOST:PORT, http://…, file:/path or exec:command'],
    [['tcp:1', '--timeout', '5'], '--timeout: "5" has no unit; write 5s'],
    [['tcp:1', '--timeout', '0s'], '--timeout: "0s" must be greater than 0 and at most 24d'],
    [['tcp:1', '--timeout', '25d'], '--timeout: "25d" must be greater than 0 and at most 24d'],
  ] as const) {
    it(`refuses ${['ww probe', ...args].join(' ')} with exit code 2`, async () => {
      expect(await type(...args)).to.deep.equal({ status: 2, stdout: '', stderr: `ww probe: ${message}\n` })
    })
  }
})
