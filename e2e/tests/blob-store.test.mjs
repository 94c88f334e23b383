// Blobs in an S3-compatible store: a real store that checks signatures, and nothing left in files.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import S3rver from 's3rver'
import { newAccount } from '../lib/clients.mjs'
import { startNetwork } from '../lib/network.mjs'

let store, objects, network, forester
before(async () => {
  objects = await mkdtemp(join(tmpdir(), 'hypercerts-s3-'))
  store = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory: objects, configureBuckets: [{ name: 'blobs' }] })
  const { port } = await store.run()
  // The keys that the store knows; it refuses every other.
  process.env.AWS_ACCESS_KEY_ID = 'S3RVER'
  process.env.AWS_SECRET_ACCESS_KEY = 'S3RVER'
  network = await startNetwork('--s3-bucket', 'blobs', '--s3-endpoint', `http://127.0.0.1:${port}`)
  forester = await newAccount(network, 'forester')
})
after(async () => {
  await network?.stop()
  await store?.close().catch(() => {})
  await rm(objects, { recursive: true, force: true })
})

const attach = (blob) =>
  forester.agent.com.atproto.repo.createRecord({
    repo: forester.did,
    collection: 'org.hypercerts.context.attachment',
    record: {
      title: 'Satellite image',
      content: [{ $type: 'org.hypercerts.defs#smallBlob', blob }],
      createdAt: new Date().toISOString(),
    },
  })

test('an upload goes to the store and comes back byte for byte', async () => {
  const bytes = randomBytes(3_000_000)
  const { data } = await forester.agent.uploadBlob(bytes, { encoding: 'application/octet-stream' })
  await attach(data.blob)
  const cid = data.blob.ref.toString()

  const { data: got } = await forester.agent.com.atproto.sync.getBlob({ did: forester.did, cid })
  assert.ok(Buffer.from(got).equals(bytes))
  const kept = await readdir(join(objects, 'blobs'), { recursive: true })
  assert.ok(kept.some((name) => name.includes(cid)), kept.join('\n'))
  assert.deepEqual(await readdir(join(network.data, 'pds', 'uploads')), [])
  await assert.rejects(readdir(join(network.data, 'pds', 'blobs')))
})

test('a store that is away is said to be away, and the server goes on', async () => {
  await store.close()
  await assert.rejects(
    forester.agent.uploadBlob(randomBytes(1000), { encoding: 'application/octet-stream' }),
    (error) => error.status === 502 && error.error === 'UpstreamFailure',
  )
  const { data } = await forester.agent.com.atproto.server.getSession()
  assert.equal(data.did, forester.did)
})
