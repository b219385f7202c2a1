// Takes whatever is posted to $PORT, and does nothing with it: what any server of Node.js costs at the least.
import { createServer } from 'node:http'

createServer((request, response) => request.resume().once('end', () => response.end())).listen(
  Number(process.env.PORT),
  '127.0.0.1',
)
