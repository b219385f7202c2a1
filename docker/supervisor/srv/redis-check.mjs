// Answers 200 at :6380 when redis answers PING, else 500; before redis is there, nothing listens.
import { createServer } from 'node:http'
import { connect } from 'node:net'

const ping = () =>
  new Promise((resolve) => {
    const socket = connect(6379, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.setTimeout(500, () => socket.destroy())
    socket.on('data', (answer) => {
      resolve(String(answer).startsWith('+PONG'))
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(false))
  })

while (!(await ping())) await new Promise((resolve) => setTimeout(resolve, 50))

createServer(async (_request, response) => {
  response.statusCode = (await ping()) ? 200 : 500
  response.end()
}).listen(6380, '127.0.0.1')
