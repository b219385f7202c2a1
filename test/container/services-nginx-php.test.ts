import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { until } from '../helpers/until.ts'
import { buildLike, getPage, statusOf } from './like-images.ts'
import type { ServerContainer } from './server-container.ts'
import { makeFiles, removeServers, runContainer, startServer } from './server-images.ts'

const skeleton = resolve(import.meta.dirname, '../../usr-scripts/like/nginx-php')

/** The option that mounts the hook of php-fpm, with a line before it. */
function mountPhp(line: string): string[] {
  const hook = readFileSync(`${skeleton}/ww/usr/serve-php`, 'utf8')
  const files = makeFiles({ 'serve-php': hook.replace('\n', `\n${line}\n`) }, 0o755)
  return ['-v', `${files}/serve-php:/ww/usr/serve-php:ro`]
}

/** The option that mounts a page which takes so many seconds. */
function mountSlowPage(seconds: number): string[] {
  const files = makeFiles({ 'slow.php': `<?php touch('/tmp/begun'); sleep(${seconds}); echo 'slow';` })
  return ['-v', `${files}/slow.php:/srv/www/slow.php:ro`]
}

/** Requests the slow page, and resolves with its response; returns when PHP works on it. */
async function beginSlowPage(server: ServerContainer): Promise<{ response: Promise<string> }> {
  const response = execa('docker', ['exec', server.id, 'sh', '-c', getPage('/slow.php')], { reject: false })
  await until(async () => (await server.try('[ -e /tmp/begun ]')).code === 0, 'the slow page has begun')
  return { response: response.then(({ stdout }) => stdout) }
}

describe('the nginx-php skeleton', function () {
  this.timeout(900_000)
  let image = ''
  before(async () => {
    image = await buildLike('nginx-php')
  })
  afterEach(removeServers)

  it('starts nginx only when php-fpm listens, and serves a page at the instant of UP', async () => {
    const server = await startServer(image, {}, ...mountPhp('until [ -e /tmp/go ]; do sleep 0.1; done'))
    // begins before UP, and requests the page as soon as health says so
    const watch = `until ww health >/dev/null; do :; done; ${getPage('/')}`
    const first = execa('docker', ['exec', server.id, 'sh', '-c', watch])
    const reason = async (): Promise<string> => (await statusOf(server, 'serve')).reason
    await until(async () => (await reason()) === 'waiting for serve-php', 'nginx waits for php-fpm')
    expect((await statusOf(server, 'serve-php')).state).to.equal('starting')
    // nothing of nginx runs yet
    expect(await server.sh('cat /proc/[0-9]*/comm 2>/dev/null || true')).not.to.contain('nginx')
    expect((await server.try('ww health')).stdout).to.match(/^not ready: WARMUP: /)
    expect((await server.try(getPage('/'))).code).to.equal(1)
    await server.sh('touch /tmp/go')
    expect((await first).stdout).to.match(/^HTTP\/1.1 200 OK\r\n[\s\S]*hello from PHP 8$/)
    expect(await server.logs()).to.match(
      /fpm is running[\s\S]*ready to handle connections[\s\S]*start worker processes/,
    )
    const { pid } = await statusOf(server, 'serve-php')
    expect(await server.sh(`stat -c %U /proc/${pid}`)).to.equal('www-data')
  })

  it('lets requests finish when php is restarted; nginx stays and responds all the time', async () => {
    const server = await (await startServer(image, {}, ...mountSlowPage(2))).isUp()
    const nginx = await statusOf(server, 'serve')
    const php = await statusOf(server, 'serve-php')
    const request = `${getPage('/')} | head -n 1 || echo failed`
    const line = `while [ ! -e /tmp/over ]; do ${request}; done | sort | uniq -c`
    const load = execa('docker', ['exec', server.id, 'sh', '-c', line])
    const slow = await beginSlowPage(server)
    expect(await server.sh('ww restart php')).to.match(/^serve-php: ready after .* \(pid \d+\)$/)
    expect(await slow.response).to.match(/^HTTP\/1.1 200 OK\r\n[\s\S]*slow$/)
    expect(await server.sh(getPage('/'))).to.match(/^HTTP\/1.1 200 OK/)
    await server.sh('touch /tmp/over')
    const responses = (await load).stdout.split('\n').map((counted) => counted.trim().replace(/^\d+ /, ''))
    expect(responses.map((response) => response.trim())).to.include('HTTP/1.1 200 OK')
    for (const response of responses) expect(response).to.match(/^HTTP\/1.1 (200 OK|502 Bad Gateway)/)
    expect(await statusOf(server, 'serve')).to.deep.equal(nginx)
    expect((await statusOf(server, 'serve-php')).pid).to.not.equal(php.pid)
    expect(await server.sh('ww health')).to.equal('UP')
    expect(await server.logs()).not.to.contain('RESTARTING')
  })

  it('restarts php alone when its part of the configuration has changed', async () => {
    const files = makeFiles({ 'cfg.json': '{"php_workers": 3}' })
    const config = ['-v', `${files}:/config:ro`, '-e', 'CFG_FILE=/config/cfg.json']
    const php = mountPhp('echo "workers: $(ww cfg php_workers)"')
    const server = await (await runContainer([...config, ...php, image])).isUp()
    const nginx = await statusOf(server, 'serve')
    writeFileSync(`${files}/cfg.json`, '{"php_workers": 5}')
    expect(await server.sh('ww reload')).to.contain('php_workers')
    expect((await server.logs()).match(/workers: \d/g)).to.deep.equal(['workers: 3', 'workers: 5'])
    expect(await statusOf(server, 'serve')).to.deep.equal(nginx)
    expect(await server.sh(getPage('/'))).to.match(/^HTTP\/1.1 200 OK/)
  })

  it('works as well with what Debian’s php-fpm itself sends by sd_notify', async () => {
    const cfg = { ww: { services: { 'serve-php': { ready: 'notify' } } } }
    const server = await (await startServer(image, cfg)).isUp()
    const shows = async (): Promise<boolean> =>
      (await statusOf(server, 'serve-php')).reason.includes('Processes active: ')
    await until(shows, 'what php-fpm sends as its STATUS is shown')
    expect((await statusOf(server, 'serve-php')).state).to.equal('ready')
    expect(await server.sh(getPage('/'))).to.match(/^HTTP\/1.1 200 OK/)
    expect(await server.stop()).to.equal('0')
  })

  it('stops nginx first, then php-fpm, within the grace period, and lets a request finish', async () => {
    const server = await (await startServer(image, {}, ...mountSlowPage(2))).isUp()
    const slow = await beginSlowPage(server)
    expect(await server.stop()).to.equal('0')
    expect(await slow.response).to.match(/^HTTP\/1.1 200 OK\r\n[\s\S]*slow$/)
    const log = await server.logs()
    expect(log).to.match(/gracefully shutting down[\s\S]*#\d+: exit\n[\s\S]*NOTICE: Finishing[\s\S]*bye-bye!/)
    expect(log).to.match(/exit code 0 after .*nothing was killed/)
  })
})
