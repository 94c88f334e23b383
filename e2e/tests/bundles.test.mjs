// Evidence bundles, read by other people's code: CAR, proofs and signatures by the AT Protocol's own packages.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { verifySignature } from '@atproto/crypto'
import { blocksToCarFile, readCar, verifyProofs } from '@atproto/repo'
import * as cbor from '@ipld/dag-cbor'
import { base32 } from 'multiformats/bases/base32'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { hypercerts, run, signUp, startNetwork, within } from '../lib/network.mjs'

let network, claim, evaluation, made, file
before(async () => (network = await startNetwork()))
after(() => network.stop())

const offline = { env: { HYPERCERTS_PLC_URL: 'http://127.0.0.1:9', HYPERCERTS_PDS: 'http://127.0.0.1:9', HYPERCERTS_APP: 'http://127.0.0.1:9' } }

/** The CAR's root and blocks, each block's hash checked by @atproto/repo. */
const open = async (bytes) => {
  const { roots, blocks } = await readCar(bytes)
  assert.equal(roots.length, 1)
  const text = (cid) => CID.parse(cid.toString()).toString()
  const get = (cid) => blocks.get(cid)
  return { root: roots[0], blocks, text, read: (cid) => cbor.decode(get(cid)) }
}

test('a bundle is made of a claim and its evaluation', async () => {
  await signUp(network, 'forester.test')
  const created = await run(network, ['create', '--json', '--title', 'Oak wood replanted', '--short-description', 'Three hectares.'])
  claim = JSON.parse(created).uri
  await signUp(network, 'ecologist.test')
  evaluation = JSON.parse(await run(network, ['evaluate', '--json', claim, '--summary', 'Well mixed stand.'])).uri
  await within(5000, async () => (await run(network, ['show', claim])).includes('Well mixed stand'))
  file = join(network.data, 'oak.car')
  made = JSON.parse(await run(network, ['bundle', '--json', claim, '-o', file]))
  assert.equal(made.verdict, 'verified')
  const report = JSON.parse(await run(network, ['verify', '--json', file], offline))
  assert.equal(report.root, made.root)
  assert.equal(report.subject.uri, claim)
})

test("another implementation finds the manifest and verifies every record's proof with the bundle's blocks", async () => {
  const { root, blocks, read } = await open(await readFile(file))
  assert.equal(root.toString(), made.root)
  const manifest = read(root)
  assert.deepEqual([manifest.format, manifest.version], ['hypercerts-bundle', 1])
  assert.equal(manifest.subject.uri, claim)

  const proven = []
  for (const account of manifest.accounts) {
    const identity = read(account.identity)
    const signingKey = read(identity.log.at(-1).operation).verificationMethods.atproto
    for (const { commit, records } of account.commits) {
      const claims = records.map(({ path, cid }) => {
        const [collection, rkey] = path.split('/')
        return { collection, rkey, cid }
      })
      // The commit as the root, as com.atproto.sync.getRecord would answer.
      const proof = await blocksToCarFile(commit, blocks)
      const { verified, unverified } = await verifyProofs(proof, claims, account.did, signingKey)
      assert.equal(unverified.length, 0)
      proven.push(...verified.map(({ collection, rkey }) => `at://${account.did}/${collection}/${rkey}`))
    }
  }
  assert.deepEqual(proven.sort(), [claim, evaluation].sort())
})

test('the identity logs are the operations that made the DIDs, signed with their own rotation keys', async () => {
  const { root, blocks, read } = await open(await readFile(file))
  for (const account of read(root).accounts) {
    const [first] = read(account.identity).log
    const digest = createHash('sha256').update(blocks.get(first.operation)).digest()
    assert.equal(`did:plc:${base32.baseEncode(digest).slice(0, 24)}`, account.did)
    const { sig, ...unsigned } = read(first.operation)
    const holds = await Promise.all(
      unsigned.rotationKeys.map((key) => verifySignature(key, cbor.encode(unsigned), Buffer.from(sig, 'base64url'))),
    )
    assert.ok(holds.includes(true))
  }
})

test('the file is the manifest and then every block in the order of its CID, and nothing else', async () => {
  const bytes = await readFile(file)
  const { root, blocks } = await open(bytes)
  const rest = blocks.entries().map(({ cid }) => cid).filter((cid) => !cid.equals(root))
  rest.sort((a, b) => Buffer.compare(a.bytes, b.bytes))
  const varint = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)])
  const section = (cid) => {
    const block = blocks.get(cid)
    return Buffer.concat([Buffer.from(varint(cid.bytes.length + block.length)), cid.bytes, block])
  }
  const header = cbor.encode({ version: 1, roots: [CID.decode(root.bytes)] })
  const expected = Buffer.concat([Buffer.from(varint(header.length)), header, ...[root, ...rest].map(section)])
  assert.ok(expected.equals(bytes))
  assert.equal(CID.create(1, cbor.code, await sha256.digest(blocks.get(root))).toString(), made.root)
})

test('one changed bit is found and named by both', async () => {
  const bytes = await readFile(file)
  bytes[bytes.indexOf('Well mixed')] ^= 1
  const forged = join(network.data, 'forged.car')
  await writeFile(forged, bytes)
  await assert.rejects(open(bytes))
  const told = await hypercerts(network, ['verify', forged], offline)
  assert.equal(told.code, 1)
  assert.ok(told.stdout.includes(`✗ ${evaluation}`), told.stdout)
})

test('a lock names the root', async () => {
  const lock = JSON.parse(await run(network, ['lock', '--json', claim, '--bundle', file, '--note', 'As evaluated.']))
  const [, , repo, collection, rkey] = lock.uri.split('/')
  const query = new URLSearchParams({ repo, collection, rkey })
  const stored = await (await fetch(`${network.pds}/xrpc/com.atproto.repo.getRecord?${query}`)).json()
  assert.deepEqual(stored.value.bundle, { $link: made.root })
  assert.equal(stored.value.subject.uri, claim)
})
