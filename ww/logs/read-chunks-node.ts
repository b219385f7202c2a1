import { Socket } from 'node:net'
import type { ReadChunks } from './read-chunks.ts'

/** A socket of Node.js, which waits for a FIFO without a thread. */
export const readChunks: ReadChunks = (descriptor) =>
  new Socket({ fd: descriptor, readable: true, writable: false })
