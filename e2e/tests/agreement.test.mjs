// Two validators on the same records: this project's, and the reference implementation `@atproto/lexicon`. Where their
// verdicts differ, docs/behaviours.md says why.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

import { Lexicons, jsonStringToLex } from '@atproto/lexicon'

import { CODES, explain } from '../lib/disagreements.mjs'
import { startJudge } from '../lib/judge.mjs'
import { LABORATORY } from '../lib/laboratory.mjs'
import { Records } from '../lib/records.mjs'
import { OURS, Schemas, documentsUnder, readDocument } from '../lib/schemas.mjs'

const RECORDS = 100_000
const SEED = Number(process.env.HYPERCERTS_SEED ?? 20251120)

/** A key that every record type takes whose key is no literal. */
const KEY = '3jzfcijpj2z2a'

const documents = [...documentsUnder(OURS).map((file) => readDocument(OURS, file)), ...LABORATORY]
const schemas = new Schemas(documents)

test(`${RECORDS} records get the same verdict, or are of a class with a reason`, async () => {
  const tally = await compare(RECORDS)

  assert.deepEqual(tally.unexplained.slice(0, 20), [], `${tally.unexplained.length} disagreements have no reason`)
  assert.ok(tally.judged >= RECORDS)
  for (const collection of schemas.recordTypes()) {
    assert.ok(tally.validOf.get(collection) > 0, `${collection}: no valid record`)
    assert.ok(tally.invalidOf.get(collection) > 100, `${collection}: too few invalid records`)
  }
  assert.deepEqual([...tally.codes.keys()].sort(), [...CODES].sort(), 'a class that never occurs is none')
  console.log(`${tally.judged} records, valid for both ${sum(tally.validOf)}, invalid for both ${sum(tally.invalidOf)}`)
  console.log('disagreements:', Object.fromEntries([...tally.codes].sort()))
})

test('every class of disagreement has its reason in docs/behaviours.md, and no other is there', () => {
  const text = readFileSync(new URL('../../docs/behaviours.md', import.meta.url), 'utf8')
  const [section] = text.split('\n## Validation\n')[1].split('\n## ')
  const reasoned = [...section.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code)
  assert.deepEqual(reasoned.sort(), [...CODES].sort())
})

/** Asks both validators, and counts. */
async function compare(count) {
  const reference = new Lexicons(structuredClone(documents))
  const tally = { judged: 0, validOf: new Map(), invalidOf: new Map(), codes: new Map(), unexplained: [] }
  const waiting = []
  const judge = startJudge(documents, (ours) => settle(tally, waiting.shift(), ours))
  for (const { collection, record, changes } of new Records(schemas, SEED).generate(count)) {
    const text = JSON.stringify(record)
    waiting.push({ collection, record, changes, theirs: refusal(reference, collection, text) })
    await judge.ask(collection, keyOf(collection), text)
  }
  await judge.end()
  assert.equal(waiting.length, 0, 'every record was answered')
  return tally
}

function settle(tally, { collection, record, changes, theirs }, ours) {
  tally.judged += 1
  const valid = ours.verdict === 'valid'
  if (valid === (theirs === null)) return increase(valid ? tally.validOf : tally.invalidOf, collection)
  const codes = explain(record, ours, theirs)
  if (codes === undefined) tally.unexplained.push({ collection, changes, ours, theirs: theirs?.message ?? 'valid' })
  for (const code of codes ?? []) increase(tally.codes, code)
}

/** Why the reference implementation does not take a record; `null` if it does. */
function refusal(reference, collection, text) {
  try {
    reference.assertValidRecord(collection, jsonStringToLex(text))
    return null
  } catch (error) {
    return error
  }
}

function keyOf(collection) {
  const { key } = schemas.documents.get(collection).defs.main
  return key.startsWith('literal:') ? key.slice('literal:'.length) : KEY
}

const increase = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1)

const sum = (counts) => [...counts.values()].reduce((total, count) => total + count, 0)
