import { expect } from 'chai'
import { parseTargets } from '../../ww/supervisor/parse-targets.ts'
import { targetDefaults } from '../../ww/supervisor/target/config.ts'

const url = 'http://localhost:8080'
const refusal = (data: unknown): string => {
  try {
    parseTargets(data, 'conf.json')
    return 'nothing was refused'
  } catch (error) {
    return error instanceof Error && 'exitCode' in error
      ? `${error.exitCode} ${error.message}`
      : String(error)
  }
}

describe('the configuration of a supervisor', () => {
  it('is a command for each URL', () => {
    expect(parseTargets({ [url]: 'serve' }, '')).to.deep.equal([{ url, ...targetDefaults, run: 'serve' }])
  })

  it('says more in an object, each duration with its unit', () => {
    const other = 'http://localhost:9090/health'
    const [target] = parseTargets(
      {
        [url]: {
          ...{
            run: 'serve',
            stop: 'halt',
            env: { A: '1' },
            cwd: '/srv',
            user: 'www',
            every: '2s',
            timeout: '500ms',
          },
          ...{ start_limit: '1m', stop_limit: '5s', failures: 3, requires: [other] },
          restart: { limit: 2, backoff_max: '2s' },
        },
        [other]: {},
      },
      '',
    )
    expect(target).to.deep.include({ run: 'serve', stop: 'halt', env: { A: '1' }, cwd: '/srv', user: 'www' })
    expect(target).to.deep.include({ every: 2000, timeout: 500, startLimit: 60_000, stopLimit: 5000 })
    expect(target).to.deep.include({ failures: 3, requires: [other] })
    expect(target?.restart).to.deep.equal({ ...targetDefaults.restart, limit: 2, backoffMax: 2000 })
  })

  const mistakes: [string, unknown, string][] = [
    ['a list', [], 'it must be a JSON object from URL to command'],
    ['a key that is no URL', { here: 'x' }, '"here" is no URL such as http://localhost:8080'],
    ['a number for a command', { [url]: 1 }, `"${url}" must be a command, or an object with "run"`],
    ['a misspelt setting', { [url]: { evry: '1s' } }, `"${url}".evry is no setting; did you mean every?`],
    ['a bare number', { [url]: { every: 1 } }, `"${url}".every must be a duration such as "500ms" or "30s"`],
    ['no failure', { [url]: { failures: 0 } }, `"${url}".failures must be a whole number from 1`],
    ['an empty command', { [url]: { run: ' ' } }, `"${url}".run must be a text`],
    [
      'a variable that is no text',
      { [url]: { env: { A: 1 } } },
      `"${url}".env must be an object from name to text`,
    ],
    [
      'an unknown limit',
      { [url]: { restart: { limt: 1 } } },
      `"${url}".restart has no setting limt; did you mean limit?`,
    ],
    [
      'who is required and not there',
      { [url]: { requires: ['http://x'] } },
      `"${url}".requires names http://x, which is no target`,
    ],
    [
      'a circle',
      { [url]: { requires: ['http://b'] }, 'http://b': { requires: [url] } },
      `requires goes round in a circle: ${url} → http://b → ${url}`,
    ],
  ]
  for (const [what, data, message] of mistakes)
    it(`is refused with ${what}, naming the key, with exit 78`, () => {
      expect(refusal(data)).to.contain(`78 cannot use conf.json: ${message}`)
    })
})
