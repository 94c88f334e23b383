// Attestations between programs: what others sign is judged rightly here, what is signed here holds for others.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  INLINE, PROOF, contentCid, didKeyId, evmLink, inlineEntry, inlineHolds, keypair, linkSigner, recordCid, strongRef, wallet,
} from '../lib/attestations.mjs'
import { newAccount } from '../lib/clients.mjs'
import { hypercerts, startNetwork } from '../lib/network.mjs'

const CLAIM = 'org.hypercerts.claim.activity'
const picture = Buffer.from('a picture, as far as the server knows')
let network, author, auditor, claim
before(async () => {
  network = await startNetwork()
  author = await newAccount(network, 'solar')
  auditor = await newAccount(network, 'auditor')
  const { data } = await author.agent.uploadBlob(picture, { encoding: 'image/png' })
  const rights = await create(author, 'org.hypercerts.claim.rights', {
    rightsName: 'All rights reserved', rightsType: 'ARR', rightsDescription: 'Nobody may resell the claim.', createdAt: now(),
  })
  claim = await create(author, CLAIM, {
    title: 'Solar roof of the village hall',
    shortDescription: 'Forty kilowatts, owned by those who live below it. ☀️',
    image: { $type: 'org.hypercerts.defs#smallImage', image: data.blob },
    rights: { uri: rights.uri, cid: rights.cid },
    createdAt: now(),
  })
})
after(() => network.stop())

const now = () => new Date().toISOString()
const rkey = (uri) => uri.split('/').at(-1)

async function create({ agent, did }, collection, record) {
  const input = { repo: did, collection, record: { $type: collection, ...record } }
  return (await agent.com.atproto.repo.createRecord(input)).data
}

/** A record as the wire has it: `$link` and `$bytes`, nothing decoded. */
async function stored(uri) {
  const [, , repo, collection, rkey] = uri.split('/')
  const query = new URLSearchParams({ repo, collection, rkey })
  return (await fetch(`${network.pds}/xrpc/com.atproto.repo.getRecord?${query}`)).json()
}

/** Puts a record in JSON, as a program without any library would. */
async function put({ agent, did }, uri, record) {
  const response = await fetch(`${network.pds}/xrpc/com.atproto.repo.putRecord`, {
    method: 'POST',
    headers: { authorization: `Bearer ${agent.session.accessJwt}`, 'content-type': 'application/json' },
    body: JSON.stringify({ repo: did, collection: uri.split('/')[3], rkey: rkey(uri), record }),
  })
  assert.equal(response.status, 200, await response.clone().text())
  return response.json()
}

const as = (name) => ({ env: { XDG_CONFIG_HOME: join(network.data, `config-${name}`) } })
async function run(args, options) {
  const result = await hypercerts(network, args, options)
  assert.equal(result.code, 0, `hypercerts ${args.join(' ')}\n${result.stdout}\n${result.stderr}`)
  return result.stdout
}
const logIn = (account, name) => run(
  ['account', 'login', account.handle, '--password-stdin'], { ...as(name), input: `${account.password}\n` },
)
async function check(uri) {
  const { code, stdout, stderr } = await hypercerts(network, ['attest', 'check', '--json', uri])
  assert.ok(stdout, stderr)
  return { code, ...JSON.parse(stdout) }
}

test('entries made by other libraries hold, on a record with a blob and links', async () => {
  const { value } = await stored(claim.uri)
  assert.equal((await recordCid(value)).toString(), claim.cid, 'the libraries and the server agree on the record itself')
  const [k256, p256] = [await keypair('K-256', 'a1'.repeat(32)), await keypair('P-256', 'b2'.repeat(32))]
  const signatures = [await inlineEntry(value, author.did, k256), await inlineEntry(value, author.did, p256)]
  await put(author, claim.uri, { ...value, signatures })

  const { code, attestations } = await check(claim.uri)
  assert.equal(code, 0)
  assert.deepEqual(attestations.map(({ outcome, kind, by, recipe }) => ({ outcome, kind, by, recipe })), [
    { outcome: 'holds', kind: 'inline', by: k256.did(), recipe: 'lexicon' },
    { outcome: 'holds', kind: 'inline', by: p256.did(), recipe: 'lexicon' },
  ])
  assert.equal(attestations[0].content, (await contentCid(value, author.did)).toString())
  assert.match(await run(['attest', 'check', claim.uri]), /✓ did:key:zQ3sh\S+\s+signed exactly this content/)
  assert.match(await run(['verify', claim.uri]), /Verified/)
})

test('a changed record, a record copied from elsewhere and a foreign key are told', async () => {
  const { value } = await stored(claim.uri)
  const stranger = await keypair('K-256', 'c3'.repeat(32))
  await auditor.agent.uploadBlob(picture, { encoding: 'image/png' })
  const copy = await create(auditor, CLAIM, { title: 'To be overwritten', shortDescription: 'Soon.', createdAt: now() })
  await put(auditor, copy.uri, value)
  const copied = await check(copy.uri)
  assert.equal(copied.code, 1)
  assert.deepEqual(copied.attestations.map(({ outcome, why }) => [outcome, why]), [['fails', 'not-signed'], ['fails', 'not-signed']])

  const [first, second] = value.signatures
  await put(author, claim.uri, { ...value, signatures: [first, { ...second, key: didKeyId(stranger) }] })
  const swapped = await check(claim.uri)
  assert.deepEqual(swapped.attestations.map(({ outcome }) => outcome), ['holds', 'fails'])

  await put(author, claim.uri, { ...value, title: 'Solar roof of two village halls' })
  const changed = await check(claim.uri)
  assert.deepEqual(changed.attestations.map(({ why }) => why), ['not-signed', 'not-signed'])
  assert.match(changed.attestations[0].message, /changed since/)
  await put(author, claim.uri, value)
})

test('a key from a DID document, and one that it does not have', async () => {
  const { value } = await stored(claim.uri)
  const entry = await inlineEntry(value, author.did, await keypair('K-256', 'd4'.repeat(32)), `${auditor.did}#atproto`)
  const absent = { ...entry, key: `${auditor.did}#older` }
  await put(author, claim.uri, { ...value, signatures: [entry, absent] })
  const { code, attestations } = await check(claim.uri)
  assert.equal(code, 1)
  assert.deepEqual(attestations.map(({ by, why }) => [by, why]), [[auditor.did, 'not-signed'], [auditor.did, 'key-absent']])
  await put(author, claim.uri, value)
})

test('a proof written by another program holds until it is edited or deleted', async () => {
  const { value } = await stored(claim.uri)
  const cid = (await contentCid(value, author.did)).toString()
  const proof = await create(auditor, PROOF, { cid, note: 'Seen on site.', createdAt: now() })
  await put(author, claim.uri, { ...value, signatures: [strongRef(proof.uri, proof.cid)] })
  const { code, attestations: [held] } = await check(claim.uri)
  assert.deepEqual([code, held.outcome, held.kind, held.by, held.note], [0, 'holds', 'remote', auditor.did, 'Seen on site.'])

  await put(auditor, proof.uri, { $type: PROOF, cid, note: 'Not so sure.' })
  assert.equal((await check(claim.uri)).attestations[0].why, 'proof-changed')
  await auditor.agent.com.atproto.repo.deleteRecord({ repo: auditor.did, collection: PROOF, rkey: rkey(proof.uri) })
  assert.equal((await check(claim.uri)).attestations[0].why, 'proof-absent')
  await put(author, claim.uri, { ...value, signatures: undefined })
})

test('what the command line signs, other libraries verify', async () => {
  await logIn(author, 'author')
  for (const curve of ['k256', 'p256']) {
    const file = join(network.data, `${curve}.key`)
    const { keyId } = JSON.parse(await run(['attest', 'key', '--json', '--curve', curve, file]))
    const entry = JSON.parse(await run(['attest', 'sign', claim.uri, '--key', file]))
    assert.equal(entry.$type, INLINE)
    assert.equal(entry.key, keyId)
    const { value } = await stored(claim.uri)
    assert.ok(await inlineHolds(value, entry, author.did, keyId.split('#')[0]), curve)
    assert.equal(await inlineHolds(value, entry, auditor.did, keyId.split('#')[0]), false)

    const path = join(network.data, `${curve}.json`)
    await writeFile(path, JSON.stringify(entry))
    const accepted = JSON.parse(await run(['attest', 'accept', '--json', claim.uri, path], as('author')))
    assert.equal(accepted.cid, (await stored(claim.uri)).cid)
    const again = await hypercerts(network, ['attest', 'accept', claim.uri, path], as('author'))
    assert.match(again.stderr, /has this very entry already/)
    const exists = await hypercerts(network, ['attest', 'key', file])
    assert.match(exists.stderr, /is there already/)
  }
  const { code, attestations } = await check(claim.uri)
  assert.deepEqual([code, attestations.length], [0, 2])
})

test('an auditor attests from the command line, and the author shows it', async () => {
  await logIn(auditor, 'auditor')
  const to = ['attest', 'to', '--json', claim.uri, '--note', 'Reviewed on site.']
  const proof = JSON.parse(await run(to, as('auditor')))
  const written = await stored(proof.uri)
  const { value } = await stored(claim.uri)
  assert.equal(written.value.cid, (await contentCid(value, author.did)).toString())
  assert.equal(proof.cid, (await recordCid(written.value)).toString())
  assert.deepEqual(proof.entry, strongRef(proof.uri, proof.cid))

  await run(['attest', 'accept', claim.uri, proof.uri], as('author'))
  const { code, attestations } = await check(claim.uri)
  assert.equal(code, 0)
  assert.deepEqual(attestations.map(({ kind }) => kind), ['inline', 'inline', 'remote'])
  assert.match(await run(['attest', 'check', claim.uri]), /“Reviewed on site\.”/)

  const own = await hypercerts(network, ['attest', 'to', claim.uri], as('author'))
  assert.match(own.stderr, /your own/)
  const others = await hypercerts(network, ['attest', 'accept', claim.uri, proof.uri], as('auditor'))
  assert.match(others.stderr, /only the author/)
})

test('an entry that shows nothing is not accepted', async () => {
  const { value } = await stored(claim.uri)
  const foreign = await inlineEntry(value, auditor.did, await keypair('K-256', 'a1'.repeat(32)))
  const path = join(network.data, 'foreign.json')
  await writeFile(path, JSON.stringify(foreign))
  const refused = await hypercerts(network, ['attest', 'accept', claim.uri, path], as('author'))
  assert.equal(refused.code, 1, refused.stderr)
  assert.match(refused.stderr, /copied from elsewhere/)
  assert.deepEqual((await stored(claim.uri)).value, value)
})

test('a wallet linked by another library is recognised, and a stolen link is not', async () => {
  const purse = wallet(`0x${'e5'.repeat(32)}`)
  const link = await evmLink(purse, author.did, { chainId: '10', nonce: '48213907' })
  assert.equal(linkSigner(link), purse.address)
  const mine = await create(author, 'app.certified.link.evm', link)
  const found = await check(mine.uri)
  assert.deepEqual([found.code, found.link.outcome, found.link.address], [0, 'holds', purse.address])

  const stolen = await create(auditor, 'app.certified.link.evm', link)
  const told = await check(stolen.uri)
  assert.deepEqual([told.code, told.link.outcome, told.link.why], [1, 'fails', 'other-account'])
  assert.match(await run(['attest', 'check', mine.uri]), /once\s+agreed to link it/)
})
