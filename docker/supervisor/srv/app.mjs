// Counts visits in redis: GET / answers how many there were, GET /health that it lives.
import { createServer } from 'node:http'
import { connect } from 'node:net'

const countVisit = () =>
  new Promise((resolve, reject) => {
    const socket = connect(6379, '127.0.0.1', () => socket.write('INCR visits\r\n'))
    socket.on('data', (answer) => {
      resolve(Number(String(answer).slice(1)))
      socket.destroy()
    })
    socket.on('error', reject)
  })

createServer(async (request, response) => {
  if (request.url === '/health') return response.end('ok\n')
  try {
    response.end(`visit ${await countVisit()}\n`)
  } catch (error) {
    response.statusCode = 500
    response.end(`${error.message}\n`)
  }
}).listen(8000, '127.0.0.1')
