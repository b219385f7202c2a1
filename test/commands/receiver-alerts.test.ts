import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'
import { MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { RealReceiver } from '../helpers/real-receiver.ts'
import { until } from '../helpers/until.ts'

describe('ww receiver --alerts', function () {
  this.timeout(60_000)
  let directory: string
  let file: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-alerts-'))
    file = join(directory, 'alerts.yaml')
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const refusal = (text: string): string => {
    writeFileSync(file, text)
    const { status, stderr } = typeCommand([
      'receiver',
      '--port',
      '0',
      '--db',
      join(directory, 'db'),
      '--alerts',
      file,
    ])
    return `${status} ${stderr.replaceAll(directory, '').trim()}`
  }

  it('refuses a file that is wrong with one line that names the key, and exit code 78', () => {
    expect(refusal('rules: [{name: x, status: LOST, fro: 1m}]')).to.match(
      /^78 .*\/alerts\.yaml: rules\[0\]\.fro is no key here; did you mean for\?$/,
    )
    expect(refusal('rules: [')).to.match(/^78 .*cannot read the alerts in \/alerts\.yaml: [^\n]*$/)
  })

  it('refuses a file that is not there', () => {
    const { status, stderr } = typeCommand(['receiver', '--alerts', join(directory, 'none')])
    expect(status).to.equal(78)
    expect(stderr).to.include('cannot read the alerts in').and.include('ENOENT')
  })

  it('tells a webhook, in time, even when it is killed and the webhook fails at first', async () => {
    const webhook = await new MisbehavingServer().start()
    webhook.script = [503]
    writeFileSync(
      file,
      `gather: 0s
page: https://fleet.example.com
rules:
  - {name: error, status: ERROR}
webhooks:
  - {url: "${webhook.url}", secret: whsec_c2VjcmV0c2VjcmV0c2VjcmV0}
`,
    )
    const receiver = await new RealReceiver(['--alerts', file]).start()
    try {
      await fetch(`${receiver.url}/v1/instances/backup/state?reason=no+disk`, {
        method: 'POST',
        body: 'ERROR',
      })
      await until(() => webhook.received.length > 0, 'the webhook is asked', 20_000)
      await receiver.end('SIGKILL')
      await receiver.start()
      await until(() => webhook.accepted.length > 0, 'the webhook is told', 20_000)
      const last = webhook.received.at(-1)
      expect(JSON.parse(last?.body ?? '').text).to.match(
        /^backup: ERROR, since \S+Z\n\(no disk\) https:\/\/fleet\.example\.com\/#\/instances\/backup$/,
      )
      expect(last?.headers).to.include.keys('webhook-id', 'webhook-timestamp', 'webhook-signature')
    } finally {
      await receiver.remove()
      await webhook.stop()
    }
  })
})
