import { execa } from 'execa'
import { until } from '../helpers/until.ts'
import type { ServerContainer } from './server-container.ts'
import { base, docker, makeFiles } from './server-images.ts'

/** Has the whaleware image itself write a skeleton, and builds it; resolves with the name of the image. */
export async function buildLike(name: 'postgres' | 'nginx-php' | 'redis' | 'notify'): Promise<string> {
  const directory = makeFiles({})
  const init = ['init', '--like', name, '/out/new']
  await docker('run', '--rm', '-v', `${directory}:/out`, '--entrypoint', '/ww/ww', base, ...init)
  const image = `whaleware-test-like-${name}`
  await docker('build', '-q', '-t', image, '--build-arg', `BASE=${base}`, `${directory}/new`)
  return image
}

/** A service as `ww status` prints it to a pipe. */
export type ServiceRow = { state: string; pid: string; restarts: number; reason: string }

/** The row of a service in `ww status`. */
export async function statusOf(server: ServerContainer, name: string): Promise<ServiceRow> {
  const { stdout: status } = await server.try('ww status')
  const row = status.split('\n').find((line) => line.startsWith(`service: ${name}\t`)) ?? ''
  const [, state = '', , pid = '', restarts = '', reason = ''] = row.split('\t')
  return { state, pid, restarts: Number(restarts), reason }
}

/** Polls `ww health` in the container until `end` is called, which resolves with the different lines that it printed. */
export async function watchHealth(server: ServerContainer): Promise<{ end(): Promise<string[]> }> {
  const mark = `/tmp/polling-${Math.random().toString(36).slice(2)}`
  const line = `touch ${mark}; while [ -e ${mark} ]; do ww health; sleep 0.02; done | sort | uniq -c`
  const polling = execa('docker', ['exec', server.id, 'sh', '-c', line], { reject: false })
  await until(async () => (await server.try(`[ -e ${mark} ]`)).code === 0, 'health is polled')
  return {
    async end() {
      await server.sh(`rm ${mark}`)
      const { stdout } = await polling
      return stdout.split('\n').map((counted) => counted.replace(/^ *\d+ /, ''))
    },
  }
}

/** A line of bash that prints the response of a server in the container: its status line, headers and body. */
export function getPage(path: string, port = 80): string {
  const request = `GET ${path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n`
  return `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && printf "${request}" >&3 && cat <&3'`
}
