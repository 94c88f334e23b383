// Records of every edition, written by a real client, and what the index makes of them.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { evaluationOf, newAccount } from '../lib/clients.mjs'
import { startNetwork, within } from '../lib/network.mjs'

const fixtures = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'fixtures', 'editions')
const activity = 'org.hypercerts.claim.activity'
const now = () => new Date().toISOString()

let network, author, ecologist
before(async () => {
  network = await startNetwork()
  author = await newAccount(network, 'author')
  ecologist = await newAccount(network, 'ecologist')
})
after(() => network.stop())

/** Asks the index; an answer that is not there yet is no answer. */
async function ask(method, uri) {
  const url = `${network.app}/xrpc/rs.hypercerts.index.${method}?uri=${encodeURIComponent(uri)}`
  const response = await fetch(url)
  return response.status === 200 && response.json()
}

/** Writes a record as `account`; resolves to its strong reference. */
async function write(account, collection, record, options = {}) {
  const { data } = await account.agent.com.atproto.repo.createRecord({
    repo: account.did,
    collection,
    record: { $type: collection, createdAt: now(), ...record },
    ...options,
  })
  return { $type: 'com.atproto.repo.strongRef', uri: data.uri, cid: data.cid }
}

test("the documentation's edition is written with its helper records, valid, and understood", async () => {
  const tag = await write(author, 'org.hypercerts.helper.workScopeTag', { key: 'mangroves', label: 'Mangroves' })
  const workScope = await write(author, 'org.hypercerts.helper.workScopeExpr', { version: 1, allOf: [tag] })
  const details = await write(author, 'org.hypercerts.claim.contributionDetails', { role: 'planting' })
  const rights = await write(author, 'org.hypercerts.claim.rights', {
    rightsName: 'Open',
    rightsType: 'cc0',
    rightsDescription: 'No rights reserved.',
  })
  const claim = await write(author, activity, {
    title: 'Mangroves for the southern flats',
    shortDescription: 'Twelve hectares planted with the people of the creek.',
    description: 'Read https://mangroves.example for more.',
    descriptionFacets: [
      {
        index: { byteStart: 5, byteEnd: 30 },
        features: [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://mangroves.example' }],
      },
    ],
    workScope,
    contributors: [
      {
        contributorIdentity: { $type: `${activity}#contributorIdentity`, identity: author.did },
        contributionWeight: '1',
        contributionDetails: details,
      },
    ],
    rights,
  })
  const picture = await within(1000, () => ask('getHypercert', claim.uri))
  assert.equal(picture.claim.edition, 'document')
  assert.deepEqual(picture.claim.validity, { state: 'valid' })
  assert.deepEqual(picture.claim.findings, [])
  assert.deepEqual(picture.scope, { state: 'understood', words: 'mangroves' })
  assert.equal(picture.contributors.items[0].role, 'planting')
  assert.equal(picture.rights.items[0].uri, rights.uri)
})

test('every older shape that a client can write is kept as it is and shown as what it is today', async () => {
  const written = []
  for (const folder of readdirSync(fixtures)) {
    for (const file of readdirSync(join(fixtures, folder))) {
      const text = readFileSync(join(fixtures, folder, file), 'utf8')
      // A record may only refer to a blob that was uploaded, and of those in the fixtures there are no bytes.
      if (text.includes('"blob"')) continue
      const fixture = JSON.parse(text)
      const rkey = fixture.collection.endsWith('rofile') ? 'self' : undefined
      const reference = await write(author, fixture.collection, fixture.record, { rkey, validate: false })
      written.push({ file: `${folder}/${file}`, fixture, ...reference })
    }
  }
  assert.ok(written.length > 30, `${written.length} fixtures`)
  for (const { file, fixture, uri, cid } of written) {
    const { record } = await within(2000, () => ask('getRecord', uri))
    assert.equal(record.cid, cid, file)
    assert.equal(record.edition, fixture.edition, file)
    assert.equal(record.kind, fixture.today.$type, file)
    assert.deepEqual(record.validity, { state: 'valid' }, file)
    assert.deepEqual(record.value, fixture.record, file)
    if (record.kind === activity) {
      const { claim } = await ask('getHypercert', uri)
      assert.equal(claim.uri, uri, file)
    }
  }
})

test('an edit after an evaluation shows what changed, field by field', async () => {
  const record = { title: 'Reeds', shortDescription: 'Reeds along the river.', startDate: '2025-01-01T00:00:00Z' }
  const claim = await write(author, activity, record)
  await write(ecologist, 'org.hypercerts.context.evaluation', evaluationOf(claim, ecologist.did, 'Good reeds.'))
  await within(1000, async () => (await ask('getHypercert', claim.uri)).evaluations.total === 1)
  const rkey = claim.uri.split('/').at(-1)
  const { value } = (await author.agent.com.atproto.repo.getRecord({ repo: author.did, collection: activity, rkey })).data
  await author.agent.com.atproto.repo.putRecord({
    repo: author.did,
    collection: activity,
    rkey,
    record: { ...value, title: 'Reeds and rushes', endDate: '2025-12-31T00:00:00Z' },
  })
  const picture = await within(1000, async () => {
    const picture = await ask('getHypercert', claim.uri)
    return picture.claim.cid !== claim.cid && picture
  })
  const [evaluation] = picture.evaluations.items
  assert.equal(evaluation.reference.state, 'stale')
  assert.equal(evaluation.reference.referenced, claim.cid)
  assert.deepEqual(evaluation.reference.changes, [
    { path: 'endDate', after: '2025-12-31T00:00:00Z' },
    { path: 'title', before: 'Reeds', after: 'Reeds and rushes' },
  ])
  assert.deepEqual(
    evaluation.record.findings.map((finding) => finding.code),
    ['reference-to-earlier-version'],
  )
})

test('a lock tells that the claim was edited after it', async () => {
  const claim = await write(author, activity, { title: 'Hedge', shortDescription: 'A hedge.' })
  await write(ecologist, 'rs.hypercerts.claim.lock', { subject: claim })
  const locked = await within(1000, async () => {
    const picture = await ask('getHypercert', claim.uri)
    return picture.locks?.total === 1 && picture
  })
  assert.equal(locked.locks.items[0].lock.reference.state, 'current')
  assert.equal(locked.locks.items[0].lock.ownRepository, false)
  const evaluation = evaluationOf(claim, ecologist.did, 'After the lock.')
  const { uri } = await write(ecologist, 'org.hypercerts.context.evaluation', evaluation)
  const [lock] = await within(1000, async () => {
    const { locks } = await ask('getHypercert', claim.uri)
    return locks.items[0].later.total === 1 && locks.items
  })
  assert.deepEqual(lock.later.items, [{ uri, what: 'came' }])
})
