// Validates the claim on standard input with @atproto/lexicon and prints nanoseconds each: median of 7 rounds.
// Arguments: the project's folder, how many a round.

import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [folder, count] = process.argv.slice(2)
const root = resolve(folder)
const require = createRequire(join(root, 'e2e/package.json'))
const { Lexicons, jsonToLex } = require('@atproto/lexicon')

const files = readdirSync(join(root, 'lexicons'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
const documents = files.map((file) => JSON.parse(readFileSync(file, 'utf8')))
const lexicons = new Lexicons()
for (const document of documents) {
  // Older than the permission sets, which validate no record.
  if (document.defs?.main?.type !== 'permission-set') lexicons.add(document)
}

const claim = jsonToLex(JSON.parse(readFileSync(0, 'utf8')))
const rounds = []
for (let round = 0; round < 7; round++) {
  const begun = process.hrtime.bigint()
  for (let done = 0; done < Number(count); done++) lexicons.assertValidRecord(claim.$type, claim)
  rounds.push(Number(process.hrtime.bigint() - begun) / Number(count))
}
console.log(rounds.sort((a, b) => a - b)[3].toFixed(0))
