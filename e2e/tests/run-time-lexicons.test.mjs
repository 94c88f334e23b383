// Record types that the program was not built with: lexicons in a folder, written while it runs.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newAccount } from '../lib/clients.mjs'
import { startNetwork, within } from '../lib/network.mjs'

// In a namespace that the index keeps, though nobody knows the type.
const PLOT = 'org.hypercerts.trial.plot'

let network, folder, surveyor
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hypercerts-lexicons-'))
  await writeFile(join(folder, 'broken.json'), '{ "lexicon": 1, "id": "org.hypercerts.trial.tree", "defs": { "main": 3 } }')
  network = await startNetwork('--lexicons', folder)
  surveyor = await newAccount(network, 'surveyor')
})
after(async () => {
  await network.stop()
  await rm(folder, { recursive: true, force: true })
})

const lexicon = (least) => ({
  lexicon: 1,
  id: PLOT,
  defs: {
    main: {
      type: 'record',
      key: 'any',
      record: {
        type: 'object',
        required: ['hectares'],
        properties: { hectares: { type: 'integer', minimum: least } },
      },
    },
  },
})
const describe = async (least) => {
  await mkdir(join(folder, 'forest'), { recursive: true })
  await writeFile(join(folder, 'forest', 'plot.json'), JSON.stringify(lexicon(least)))
}
const write = async (record, validate) => {
  const input = { repo: surveyor.did, collection: PLOT, record, validate }
  return (await surveyor.agent.com.atproto.repo.createRecord(input)).data
}
const refused = (record, words, validate) =>
  assert.rejects(write(record, validate), (error) => error.status === 400 && words.test(error.message))
const validityOf = async (uri) => {
  const url = `${network.app}/xrpc/rs.hypercerts.index.getRecord?uri=${encodeURIComponent(uri)}`
  const { record } = await (await fetch(url)).json()
  return JSON.stringify(record.validity)
}

test('a lexicon takes effect while the network runs, and what was stored before is judged by it', async () => {
  const early = await write({ hectares: 1 })
  assert.equal(early.validationStatus, 'unknown')
  await refused({ hectares: 1 }, /Unknown lexicon type org\.hypercerts\.trial\.plot/, true)
  await within(2000, async () => (await validityOf(early.uri)).includes('unknown'))

  await describe(1)
  await within(6000, async () => (await write({ hectares: 2 })).validationStatus === 'valid')
  assert.equal((await write({ hectares: 2 }, true)).validationStatus, 'valid')
  await refused({ hectares: 'two' }, /“hectares” must be an integer/)
  await within(2000, async () => (await validityOf(early.uri)).includes('"valid"'))

  await describe(10)
  await within(6000, () => refused({ hectares: 2 }, /“hectares” must be at least 10/).then(() => true))
  await within(2000, async () => (await validityOf(early.uri)).includes('must be at least 10'))

  await rm(join(folder, 'forest'), { recursive: true })
  await within(6000, async () => (await write({ hectares: 2 })).validationStatus === 'unknown')
})

test('a file that cannot be used is told with its name, the place in it and the reason, and stops nothing', () => {
  const line = network.log().split('\n').find((told) => told.includes('broken.json'))
  assert.match(line, /org\.hypercerts\.trial\.tree/)
  assert.match(line, /main/)
  assert.match(line, /“type”/)
})

test('what is built in cannot be replaced', async () => {
  const loose = { ...lexicon(1), id: 'org.hypercerts.claim.activity' }
  await writeFile(join(folder, 'activity.json'), JSON.stringify(loose))
  await within(6000, () => /is built in.*activity\.json/.test(network.log()))
  await assert.rejects(
    surveyor.agent.com.atproto.repo.createRecord({
      repo: surveyor.did,
      collection: 'org.hypercerts.claim.activity',
      record: { hectares: 2 },
    }),
    /title/,
  )
})
