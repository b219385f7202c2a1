/** whaleware's own lines; they go to standard error, so that standard output is the service's alone. */
export type Log = {
  info(line: string): void
  warn(line: string): void
}

/** A log whose lines begin with `ww` and the time of day (UTC). */
export const log: Log = {
  info: (line) => write('', line),
  warn: (line) => write('warning: ', line),
}

function write(level: string, line: string): void {
  process.stderr.write(`ww ${new Date().toISOString().slice(11, 23)} ${level}${line}\n`)
}
