// A group whose people hold real clients: two accounts of this server, and one of the reference PDS.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AtpAgent } from '@atproto/api'
import { newAccount } from '../lib/clients.mjs'
import { pagePath, pageText, startNetwork, within } from '../lib/network.mjs'
import { startReference } from '../lib/reference.mjs'
import { OURS, documentsUnder, readDocument } from '../lib/schemas.mjs'

const CLAIM = 'org.hypercerts.claim.activity'
const claim = (title) => ({
  $type: CLAIM,
  title,
  shortDescription: 'Three hectares of storm damage, replanted.',
  createdAt: new Date().toISOString(),
})

let network, reference, did, olive, max, neighbour
before(async () => {
  network = await startNetwork()
  reference = await startReference({ plc: network.plc, domain: '.ref.test' })
  did = (await (await fetch(`${network.pds}/.well-known/did.json`)).json()).id
  olive = person((await newAccount(network, 'olive')).agent)
  const app = await newAccount(network, 'max')
  const agent = new AtpAgent({ service: network.pds })
  await agent.login({ identifier: app.handle, password: app.appPassword })
  max = person(agent)
  neighbour = await fromNextDoor()
})
after(async () => {
  await reference?.stop()
  await network?.stop()
})

/** A client that knows the methods of groups by our schemas, and so checks the answers against them. */
function person(agent) {
  for (const file of documentsUnder(OURS)) {
    if (file.includes('group')) agent.lex.add(readDocument(OURS, file))
  }
  return {
    did: agent.session.did,
    agent,
    call: async (method, params, body, options) =>
      (await agent.call(`app.certified.${method}`, params, body, options ?? (body && { encoding: 'application/json' }))).data,
  }
}

/** Somebody whose account is on the reference PDS, and whose backend calls us with service tokens that it gives. */
async function fromNextDoor() {
  const agent = new AtpAgent({ service: reference.url })
  await agent.createAccount({ handle: 'neighbour.ref.test', email: 'neighbour@example.com', password: 'correct horse' })
  const call = async (method, params, body) => {
    const lxm = `app.certified.${method}`
    const { data } = await agent.com.atproto.server.getServiceAuth({ aud: did, lxm })
    const url = new URL(`/xrpc/${lxm}?${new URLSearchParams(params)}`, network.pds)
    const headers = { authorization: `Bearer ${data.token}`, ...(body && { 'content-type': 'application/json' }) }
    const response = await fetch(url, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body) })
    const answer = await response.json()
    if (!response.ok) throw Object.assign(new Error(answer.message), { status: response.status, error: answer.error })
    return answer
  }
  return { did: agent.session.did, agent, call }
}

const refused = (status, error) => (why) => why.status === status && why.error === error

test('people of two servers look after one repository, and readers see an account like any other', async () => {
  const { groupDid: repo, handle } = await olive.call('group.register', {}, { handle: 'nursery', ownerDid: olive.did })
  assert.equal(handle, 'nursery.test')
  for (const { did: memberDid } of [max, neighbour]) {
    const added = await olive.call('group.member.add', {}, { repo, memberDid, role: 'member' })
    assert.equal(added.addedBy, olive.did)
  }

  const write = (title) => ({ repo, collection: CLAIM, record: claim(title) })
  const oaks = await max.call('group.repo.createRecord', {}, write('Oak wood replanted'))
  const beeches = await neighbour.call('group.repo.createRecord', {}, write('Beech wood replanted'))
  const page = await within(2000, async () => {
    const { status, text } = await pageText(network, pagePath(beeches.uri))
    return status === 200 && text
  })
  assert.ok(page.includes('Beech wood replanted') && page.includes('@nursery.test'), page)

  const rkey = oaks.uri.split('/').at(-1)
  const replace = (record) => ({ repo, collection: CLAIM, rkey, record })
  await assert.rejects(neighbour.call('group.repo.putRecord', {}, replace(claim('Mine now'))), refused(403, 'Forbidden'))
  await max.call('group.repo.putRecord', {}, replace(claim('Oak wood, replanted')))
  await olive.call('group.role.set', {}, { repo, memberDid: neighbour.did, role: 'admin' })
  await neighbour.call('group.repo.deleteRecord', {}, { repo, collection: CLAIM, rkey })

  await olive.call('group.ownershipTransfer.propose', {}, { repo, newOwner: neighbour.did })
  const status = await neighbour.call('group.ownershipTransfer.status', { repo })
  assert.equal(status.proposedBy, olive.did)
  const accepted = await neighbour.call('group.ownershipTransfer.accept', {}, { repo })
  assert.deepEqual([accepted.owner, accepted.previousOwner], [neighbour.did, olive.did])
  await assert.rejects(
    olive.call('group.role.set', {}, { repo, memberDid: max.did, role: 'admin' }), refused(403, 'Forbidden'),
  )

  const { members } = await olive.call('group.member.list', { repo })
  assert.deepEqual(members.map(({ did, role }) => [did, role]), [
    [olive.did, 'admin'], [max.did, 'member'], [neighbour.did, 'owner'],
  ])
  const { groups } = await neighbour.call('groups.membership.list', {})
  assert.deepEqual(groups.map(({ groupDid, role }) => [groupDid, role]), [[repo, 'owner']])
  const { entries } = await olive.call('group.audit.query', { repo, actorDid: neighbour.did })
  assert.deepEqual(entries.map(({ action, result }) => `${action} ${result}`), [
    'ownershipTransfer.accept permitted', 'deleteAnyRecord permitted', 'putAnyRecord denied', 'createRecord permitted',
  ])
})

test('a picture is uploaded for the group', async () => {
  const { groupDid: repo } = await olive.call('group.register', {}, { handle: 'orchard', ownerDid: olive.did })
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  )
  const { blob } = await olive.call('group.repo.uploadBlob', { repo }, png, { encoding: 'image/png' })
  const image = { $type: 'org.hypercerts.defs#smallImage', image: blob }
  await olive.call('group.repo.createRecord', {}, { repo, collection: CLAIM, record: { ...claim('Pears'), image } })
  const { data } = await olive.agent.com.atproto.sync.getBlob({ did: repo, cid: blob.ref.toString() })
  assert.deepEqual(Buffer.from(data), png)
})

test('an account becomes a group, and from then on its members write', async () => {
  const { agent } = await newAccount(network, 'garden')
  const garden = person(agent)
  await garden.call('group.import', {}, { groupDid: garden.did, ownerDid: olive.did, appPassword: 'not-looked-at' })
  await assert.rejects(
    agent.com.atproto.repo.createRecord({ repo: garden.did, collection: CLAIM, record: claim('In its own name') }),
    (why) => why.error === 'ExpiredToken',
  )
  await olive.call('group.repo.createRecord', {}, { repo: 'garden.test', collection: CLAIM, record: claim('In ours') })
})
