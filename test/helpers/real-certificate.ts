import { join } from 'node:path'
import { execa } from 'execa'

/** Makes a certificate for 127.0.0.1 that is signed by itself, with openssl; answers with the paths of its files. */
export async function makeCertificate(
  directory: string,
  name = 'server',
): Promise<{ readonly cert: string; readonly key: string }> {
  const [cert, key] = [join(directory, `${name}.pem`), join(directory, `${name}.key`)]
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const made = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert]
  await execa('openssl', ['req', '-x509', ...made, ...subject])
  return { cert, key }
}
