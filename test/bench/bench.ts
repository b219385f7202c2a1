/**
 * Measures whaleware beside its peers, in one container of the image: interleaved rounds, medians, ratios. Build the
 * image first, and the tree to compare with: npm run image && npm run build -- --runtime node.
 */
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs'
import { execa } from 'execa'

const base = process.env.WW_IMAGE ?? 'whaleware'
const { stdout: image } = await execa('docker', ['image', 'inspect', '-f', '{{.Id}}', base])
process.stdout.write(`image ${image.slice(7, 19)}, ${(await execa('uname', ['-srm'])).stdout}\n\n`)
const here = import.meta.dirname
const context = `${here}/../../dist/bench`
mkdirSync(`${context}/peers`, { recursive: true })
copyFileSync(`${here}/Dockerfile`, `${context}/Dockerfile`)
rmSync(`${context}/ww-node`, { recursive: true, force: true })
cpSync(`${here}/../../dist/ww-node`, `${context}/ww-node`, { recursive: true })
await execa('npm', ['install', '--no-save', '--prefix', '.', 'pm2@7.0.4'], {
  cwd: `${context}/peers`,
  stdio: 'inherit',
})
await execa('docker', ['build', '-q', '-t', 'whaleware-bench', '--build-arg', `BASE=${base}`, context], {
  stdio: 'inherit',
})
for (const program of [
  'measure.ts',
  'measure-services.ts',
  'measure-many.ts',
  'measure-supervise.ts',
  'logs.ts',
]) {
  const options = ['--rm', '--init', '-v', `${here}:/bench:ro`, '--entrypoint', '/ww-node/node']
  await execa('docker', ['run', ...options, 'whaleware-bench', `/bench/${program}`], { stdio: 'inherit' })
  process.stdout.write('\n')
}
