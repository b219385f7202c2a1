import { expect } from 'chai'
import { fingerprint, renderPublic } from '../../ww/config/fingerprint.ts'

describe('the fingerprint of a configuration', () => {
  it('is the same for the same, and another one for another', async () => {
    const one = await fingerprint({ port: 80, hosts: ['a', 'b'] }, null)
    expect(one).to.match(/^[0-9a-f]{8}$/)
    expect(await fingerprint({ hosts: ['a', 'b'], port: 80 }, null), 'in another order of keys').to.equal(one)
    expect(await fingerprint({ port: 80, hosts: ['b', 'a'] }, null)).to.not.equal(one)
    expect(await fingerprint({ port: '80', hosts: ['a', 'b'] }, null)).to.not.equal(one)
  })

  it('is another one for each key, so that nobody without it can confirm a guess', async () => {
    const prints = await Promise.all([null, 'a', 'b'].map((key) => fingerprint({ port: 80 }, key)))
    expect(new Set(prints).size).to.equal(3)
    expect(await fingerprint({ port: 80 }, 'a')).to.equal(prints[1])
  })

  for (const name of [
    'password',
    'DB_PASSWD',
    'pwd',
    'clientSecret',
    'token',
    'apiKey',
    'credentials',
    'private',
  ]) {
    it(`does not depend on what is below ${name}`, async () => {
      const withSecret = (secret: string): Promise<string> =>
        fingerprint({ db: { [name]: secret, host: 'a' }, list: [{ [name]: { deep: secret } }] }, null)
      expect(await withSecret('hunter2')).to.equal(await withSecret('correct horse'))
    })
  }

  it('does not depend on a password in an address, but on any other address', async () => {
    const of = (url: string): Promise<string> => fingerprint({ url }, null)
    expect(await of('postgres://app:a@db/x')).to.equal(await of('postgres://app:b@db/x'))
    expect(await of('postgres://db/x')).to.not.equal(await of('postgres://db/y'))
  })

  it('depends on the path of a file with a secret', async () => {
    const of = (path: string): Promise<string> => fingerprint({ db: { $file: path } }, null)
    expect(await of('/run/a')).to.not.equal(await of('/run/b'))
  })

  it('is computed over JSON with sorted keys, in which secrets are left out', () => {
    const config = {
      z: [1, null, true, 'x'],
      auth: { user: 'u' },
      a: { c: {}, b: [] },
      dsn: 5,
      u: 'amqp://x@y',
    }
    expect(renderPublic(config)).to.equal(
      '{"a":{"b":[],"c":{}},"auth":"(secret)","dsn":"(secret)","u":"(secret)","z":[1,null,true,"x"]}',
    )
    for (const key of ['salt', 'cookie']) expect(renderPublic({ [key]: 1 })).to.equal(`{"${key}":"(secret)"}`)
  })
})
