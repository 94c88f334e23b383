// This project's validator, as a process that is given records and answers with verdicts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

import { binary } from './network.mjs'

const program = process.env.HYPERCERTS_JUDGE ?? join(dirname(binary), 'examples', 'judge')

/** A judge who knows `documents`; `onVerdict` is called once for each record, in the order they were given. */
export function startJudge(documents, onVerdict) {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new Error(`${program} is missing: cargo build --release --package hypercerts-lexicon --examples`, { cause }),
      ),
    )
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the judge ended with ${code}`))))
  })
  createInterface({ input: child.stdout }).on('line', (line) => onVerdict(JSON.parse(line)))
  const tell = async (line) => {
    if (!child.stdin.write(`${line}\n`)) await Promise.race([once(child.stdin, 'drain'), ended])
  }
  for (const document of documents) tell(`lexicon\t${JSON.stringify(document)}`)
  return {
    /** `record` is JSON. */
    ask: (collection, rkey, record) => tell(`record\t${collection}\t${rkey}\t${record}`),
    /** Resolves when everything was answered. */
    async end() {
      child.stdin.end()
      await ended
    },
  }
}
