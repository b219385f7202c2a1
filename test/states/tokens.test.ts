import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkExposure } from '../../ww/states/serve.ts'
import { readTokens } from '../../ww/states/tokens.ts'

describe('tokens', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ww-tokens-'))
  after(() => rmSync(directory, { recursive: true }))

  it('are read from the command line, a file and the environment', () => {
    const file = join(directory, 'tokens')
    writeFileSync(file, '# who\nops=word-of-ops\n\n  ci=word-of-ci=2\n')
    expect(
      Object.fromEntries(readTokens(['chef=word-of-chef'], file, 'a=aaaaaaaa b=bbbbbbbb,c=cccccccc')),
    ).to.deep.equal({
      chef: 'word-of-chef',
      ops: 'word-of-ops',
      ci: 'word-of-ci=2',
      a: 'aaaaaaaa',
      b: 'bbbbbbbb',
      c: 'cccccccc',
    })
  })

  it('are refused when they have no name or are short, without a word of them', () => {
    for (const text of ['nameless-secret', 'chef=short', '=secret-word', 'chef=two words'])
      expect(() => readTokens([text], undefined, undefined), text)
        .to.throw(/NAME=TOKEN/)
        .and.not.match(/secret-word|nameless/)
    expect(() => readTokens([], join(directory, 'none'), undefined)).to.throw(
      /cannot read the tokens: .*none/,
    )
  })

  it('are needed where others can reach the service', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) checkExposure(host, new Map())
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'db.example', '127.evil.example'])
      expect(() => checkExposure(host, new Map()), host).to.throw(/without a token/)
    checkExposure('0.0.0.0', new Map([['chef', 'word-of-chef']]))
  })
})
