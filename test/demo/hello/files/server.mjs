import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [configuration, page] = process.argv.slice(2)
const { port } = JSON.parse(readFileSync(configuration))
let requests = 0
createServer((request, response) => {
  if (request.url === '/stats')
    return response.end(JSON.stringify({ requests, heap: process.memoryUsage().heapUsed }))
  if (request.url === '/die') process.exit(7)
  requests += 1
  response.end(readFileSync(page))
}).listen(port, '127.0.0.1')
