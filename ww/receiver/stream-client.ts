import type { StreamMessage } from './stream-message.ts'

/** Follows a receiver's live stream until it breaks off; rejects with why when it cannot be read. */
export async function* readStream(url: string, token: string | undefined): AsyncGenerator<StreamMessage> {
  const { got } = await import('../http/client.ts')
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const stream = got.stream(new URL('/v1/stream', url), {
    headers,
    retry: { limit: 0 },
    // a receiver says something every 15 s
    timeout: { connect: 5000, response: 5000, socket: 40_000 },
  })
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    text += String(chunk)
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '))
      const message: unknown = data && JSON.parse(data.slice('data: '.length))
      if (isMessage(message)) yield message
    }
  }
}

/** What a receiver of this version says; of another one no more is read than this. */
function isMessage(value: unknown): value is StreamMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    (value.type === 'snapshot' || value.type === 'change') &&
    'instances' in value &&
    Array.isArray(value.instances) &&
    'apps' in value &&
    Array.isArray(value.apps)
  )
}
