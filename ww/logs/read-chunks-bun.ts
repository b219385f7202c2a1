import type { ReadChunks } from './read-chunks.ts'

/** The part of Bun's own API that is used here; its types would change those of Node.js. */
declare const Bun: { file(descriptor: number): { stream(): AsyncIterable<Uint8Array> } }

/** Bun's own stream: it has no sockets of Node.js on a FIFO. */
export const readChunks: ReadChunks = (descriptor) => Bun.file(descriptor).stream()
