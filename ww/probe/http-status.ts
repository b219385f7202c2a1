/**
 * The status of an HTTP response, from what has arrived of it; null while more of it is needed, NaN when it is something
 * else. Those of 100 to 199 announce another response.
 */
export function parseStatus(received: string): number | null {
  for (let rest = received; ; ) {
    const [line, status] = /^HTTP\/\d(?:\.\d)? (\d{3})(?=[ \r\n])/.exec(rest) ?? []
    if (line === undefined) return couldBeginLine(rest) ? null : Number.NaN
    if (Number(status) >= 200) return Number(status)
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return null
    rest = rest.slice(end + 4)
  }
}

/** Whether it may become the first line of a response. */
function couldBeginLine(text: string): boolean {
  const example = 'HTTP/1.1 200 '
  return text.length < example.length && [...text].every((char, index) => isLike(char, example[index] ?? ''))
}

function isLike(char: string, example: string): boolean {
  return /\d/.test(example) ? /\d/.test(char) : char === example
}
