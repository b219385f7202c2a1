import { parentPort, workerData } from 'node:worker_threads'
import { answerCalls } from './calls.ts'
import { SqliteFile } from './sqlite-file.ts'

// the file has a thread of its own: who reports and who reads is heard while the disk is waited for
if (parentPort) answerCalls(parentPort, () => new SqliteFile(workerData.file, workerData.pages))
