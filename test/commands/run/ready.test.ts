import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { needsRoot } from '../../helpers/as-user.ts'
import { typeCommand } from '../../helpers/command-line.ts'
import { builtTree } from '../../helpers/program.ts'
import { bootAt, bootWith, endInstances, makePlace, type RealInstance } from '../../helpers/real-instance.ts'
import { until } from '../../helpers/until.ts'

/** sd_notify in ten lines, as a service: it sends its arguments, one a second after the other, and stays. */
const service = (...texts: string[]): string => `#!/usr/bin/perl
use Socket;
$| = 1;
my $path = $ENV{NOTIFY_SOCKET} or die "no NOTIFY_SOCKET";
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
connect($socket, sockaddr_un($path)) or die "connect: $!";
for my $text (${texts.map((text) => JSON.stringify(text)).join(', ')}) {
  select(undef, undef, undef, 0.2);
  defined(send($socket, $text, 0)) or die "send: $!";
}
sleep 1000;
`

describe('the readiness of services in an instance', () => {
  afterEach(endInstances)
  const ready = (probe: string, more: object = {}) => ({
    ww: { services: { serve: { ready: probe, ...more } } },
  })
  const status = (instance: RealInstance): string =>
    typeCommand(['status'], { WW_RUN: instance.place.run }).stdout

  it('is awaited: a port', async () => {
    const port = 20_000 + (process.pid % 10_000)
    const listen = `#!/usr/bin/perl
use IO::Socket::INET; sleep 1; mkdir "$ENV{WW_DATA}/begun"; $s = IO::Socket::INET->new(Listen => 5, LocalPort => ${port}, ReuseAddr => 1) or die $!; while ($c = $s->accept) { close $c }`
    const instance = await bootWith({ serve: listen }, ready(`tcp:${port}`)).reaches('UP')
    expect(existsSync(join(instance.place.data, 'begun'))).to.equal(true)
  })

  it('is awaited: a command in the environment of the service', async () => {
    const serve = 'sleep 0.5; touch "$WW_DATA/$FILE"; exec sleep 1000'
    const settings = ready('exec:test -e "$WW_DATA/$FILE"', { env: { FILE: 'ready now' } })
    await bootWith({ serve }, settings).reaches('UP')
  })

  describe('with notify', () => {
    before(function () {
      // the sources have no addon of their own
      if (!builtTree) this.skip()
    })

    it('is awaited until READY=1', async () => {
      const instance = bootWith(
        { serve: service('STATUS=loading', 'READY=1\nSTATUS=serving') },
        ready('notify'),
      )
      await instance.reaches('UP')
      expect(instance.stderr).to.not.contain('warning')
      expect(await instance.stop()).to.equal(0)
    })

    it('is awaited in a service that runs as another user', async function () {
      needsRoot(this)
      const place = makePlace({ serve: service('READY=1') })
      chmodSync(place.root, 0o755)
      const instance = await bootAt(place, ready('notify', { user: '65534' })).reaches('UP')
      expect(instance.stderr).to.not.contain('notify')
    })

    it('is lost when the service requests a restart', async () => {
      const instance = await bootWith(
        { serve: service('READY=1', 'WATCHDOG=trigger') },
        ready('notify'),
      ).says('sent WATCHDOG=trigger')
      await until(
        () => instance.states().includes('RESTARTING'),
        () => instance.describe('restart'),
      )
    })

    it('is lost when no other WATCHDOG=1 comes in time', async () => {
      const texts = ['READY=1', 'WATCHDOG_USEC=500000\nWATCHDOG=1']
      await bootWith({ serve: service(...texts) }, ready('notify')).says('sent no WATCHDOG=1 for 500 ms')
    })

    it('shows why it is missing', async () => {
      const instance = bootWith({ serve: service('STATUS=loading') }, ready('notify'))
      await until(
        () => /starting/.test(status(instance)),
        () => instance.describe('start'),
      )
    })
  })
})
