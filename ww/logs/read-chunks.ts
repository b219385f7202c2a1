/**
 * Reads a FIFO, whose descriptor does not block, as it is printed to; little is read
 * ahead of what is consumed. It ends when nobody can write to it any longer. package.json selects the version by the
 * runtime that the program is built for.
 */
export type ReadChunks = (descriptor: number) => AsyncIterable<Uint8Array>
