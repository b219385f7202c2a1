/**
 * Measures whaleware beside a plain sh that calls the same hooks, in one container of the image: interleaved rounds,
 * medians, ratios. Build the image first: npm run image.
 */
import { execa } from 'execa'

const { stdout: image } = await execa('docker', ['image', 'inspect', '-f', '{{.Id}}', 'whaleware'])
process.stdout.write(`image ${image.slice(7, 19)}, ${(await execa('uname', ['-srm'])).stdout}\n\n`)
await execa(
  'docker',
  [
    'run',
    '--rm',
    '-v',
    `${import.meta.dirname}:/bench:ro`,
    '--entrypoint',
    '/ww/node',
    'whaleware',
    '/bench/measure.ts',
  ],
  { stdio: 'inherit' },
)
