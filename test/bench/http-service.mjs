// The trivial server that every supervisor has: writes its pid to $PLACE/pid when it answers at $PORT.
import { renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { PLACE, PORT } = process.env
createServer((_, response) => response.end()).listen(Number(PORT), '127.0.0.1', () => {
  writeFileSync(`${PLACE}/pid.new`, String(process.pid))
  renameSync(`${PLACE}/pid.new`, `${PLACE}/pid`)
})
