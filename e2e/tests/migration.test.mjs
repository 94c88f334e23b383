// An account moves between the reference PDS and ours, in both directions, and everything that refers to it still holds.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { AtpAgent } from '@atproto/api'

import { evaluationOf } from '../lib/clients.mjs'
import { moveByCalls, moveByCommand } from '../lib/migration.mjs'
import { pagePath, pageText, run, startNetwork, within } from '../lib/network.mjs'
import { outboxOf } from '../lib/outbox.mjs'
import { freePort, startReference } from '../lib/reference.mjs'

const CLAIM = 'org.hypercerts.claim.activity'
const PREFERENCES = [{ $type: 'app.bsky.actor.defs#adultContentPref', enabled: false }]
const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

let network, reference, ours, theirs
before(async () => {
  // The app follows the reference from the beginning, which needs our directory to begin.
  const port = await freePort()
  network = await startNetwork('--follow', `ws://localhost:${port}`)
  reference = await startReference({ plc: network.plc, port, domain: '.ref.test', appView: true })
  ours = { url: network.pds, domain: '.test', mailsTo: outboxOf(network.pds), signsWhatItTakes: true }
  // It keeps the newest commit as it came, signed by the old place's key, until something is written.
  theirs = { url: reference.url, domain: '.ref.test', mailsTo: reference.mailsTo }
})
after(async () => {
  await reference?.stop()
  await network?.stop()
})

test('from the reference to ours', () =>
  story({ from: theirs, to: ours, move: moveByCalls, mover: 'forester', witness: 'ecologist' }))

test('from ours to the reference', () =>
  story({ from: ours, to: theirs, move: moveByCalls, mover: 'fisher', witness: 'warden' }))

const byCommand = (what) => moveByCommand(network, what)

test('from the reference to ours, by one command', () =>
  story({ from: theirs, to: ours, move: byCommand, mover: 'gardener', witness: 'botanist' }))

test('from ours to the reference, by one command', () =>
  story({ from: ours, to: theirs, move: byCommand, mover: 'shepherd', witness: 'vet' }))

/** The mover claims, the witness at the other place evaluates, the mover moves there; nothing is lost, and work goes on. */
async function story({ from, to, move, mover, witness }) {
  const account = await signUp(from, mover)
  const claims = await claimsOf(account.agent)
  const other = await signUp(to, witness)
  await evaluate(other.agent, claims[0], 'Seen on the ground.')
  await shows(claims[0], 'Seen on the ground.')
  const before = await everythingOf(from, account.did)

  await move({ from, to, account, handle: mover + to.domain })

  assert.deepEqual(await everythingOf(to, account.did), before, 'records and files, each under its CID')
  await isAtHome(account.did, mover, from, to)
  if (to.signsWhatItTakes) await holdsStill(claims[0])

  const settled = new AtpAgent({ service: to.url })
  await settled.login({ identifier: mover + to.domain, password: account.password })
  assert.deepEqual((await settled.app.bsky.actor.getPreferences()).data.preferences, PREFERENCES)
  const [more] = await claimsOf(settled, ['Written at the new place'])
  await evaluate(other.agent, more, 'Seen there, too.')
  await shows(more, 'Seen there, too.')
  for (const claim of [more, ...claims]) await run(network, ['verify', claim.uri])
  await holdsStill(claims[0])
}

async function signUp(home, name) {
  const agent = new AtpAgent({ service: home.url })
  const account = { identifier: name + home.domain, email: `${name}@example.com`, password: `correct horse ${name}` }
  await agent.createAccount({ handle: account.identifier, email: account.email, password: account.password })
  await agent.app.bsky.actor.putPreferences({ preferences: PREFERENCES })
  return { ...account, agent, did: agent.session.did }
}

/** Claims with a picture each; the first of them gets edited. */
async function claimsOf(agent, titles = ['Oaks replanted', 'Hedges laid', 'Ponds dug']) {
  const { data } = await agent.uploadBlob(PHOTO, { encoding: 'image/png' })
  const record = (title) => ({
    $type: CLAIM,
    title,
    shortDescription: 'Work that can be seen.',
    image: { $type: 'org.hypercerts.defs#smallImage', image: data.blob },
    createdAt: new Date().toISOString(),
  })
  const made = []
  for (const title of titles) {
    const place = { repo: agent.did, collection: CLAIM }
    made.push((await agent.com.atproto.repo.createRecord({ ...place, record: record(title) })).data)
  }
  return made
}

const evaluate = (agent, claim, summary) =>
  agent.com.atproto.repo.createRecord({
    repo: agent.did,
    collection: 'org.hypercerts.context.evaluation',
    record: evaluationOf(claim, agent.did, summary),
  })

/** The page of a claim says `words`, within the time that news takes. */
const shows = (claim, words) =>
  within(20_000, async () => {
    const { text } = await pageText(network, pagePath(claim.uri))
    return text.includes(words) && text
  })

/** All records and files of an account, as a stranger reads them. */
async function everythingOf(home, did) {
  const agent = new AtpAgent({ service: home.url })
  const { data } = await agent.com.atproto.repo.listRecords({ repo: did, collection: CLAIM, limit: 100 })
  const { data: blobs } = await agent.com.atproto.sync.listBlobs({ did })
  const files = await Promise.all(blobs.cids.map((cid) => agent.com.atproto.sync.getBlob({ did, cid })))
  return {
    records: data.records.map(({ uri, cid, value }) => ({ uri, cid, value: JSON.parse(JSON.stringify(value)) })),
    files: files.map(({ data }, n) => [blobs.cids[n], Buffer.from(data).toString('base64')]),
  }
}

/** The DID leads to the new place, and the old one says that nobody lives there any more. */
async function isAtHome(did, name, from, to) {
  const document = await (await fetch(`${network.plc}/${did}`)).json()
  assert.deepEqual(document.alsoKnownAs, [`at://${name}${to.domain}`])
  assert.equal(document.service[0].serviceEndpoint, to.url)
  const status = async (home) => (await new AtpAgent({ service: home.url }).com.atproto.sync.getRepoStatus({ did })).data
  assert.equal((await status(to)).active, true)
  const { active, status: why } = await status(from)
  assert.deepEqual({ active, why }, { active: false, why: 'deactivated' })
}

/** Whoever checks the evidence from scratch finds it in order, and the page goes on saying so. */
async function holdsStill(claim) {
  await within(20_000, () => run(network, ['verify', claim.uri]))
  const text = await shows(claim, 'Oaks replanted')
  assert.ok(text.includes('Seen on the ground.'), text)
  const [did] = claim.uri.slice('at://'.length).split('/')
  const picture = await within(20_000, async () => {
    const page = await (await fetch(network.app + pagePath(claim.uri))).text()
    const [, path] = page.match(/<img[^>]+src="([^"]+)"/) ?? []
    const answer = path && (await fetch(network.app + path))
    return answer?.ok && answer
  })
  assert.match(picture.headers.get('content-type'), /^image\//, did)
}
