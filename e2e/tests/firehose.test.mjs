// A consumer built on the npm packages, with verification on, reads our stream and finds nothing to complain about.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { IdResolver } from '@atproto/identity'
import { Firehose } from '@atproto/sync'
import { documentedProgram, newAccount } from '../lib/clients.mjs'
import { startNetwork, within } from '../lib/network.mjs'

let network
before(async () => (network = await startNetwork()))
after(() => network.stop())

test('every event of a busy account verifies, in order, from the beginning', async () => {
  const { handle, appPassword } = await newAccount(network, 'busy')
  const { agent, uri } = await documentedProgram(network.pds, handle, appPassword)
  const repo = agent.session.did
  const collection = 'org.hypercerts.claim.activity'
  const record = { $type: collection, title: 'Many', shortDescription: 'A batch.', createdAt: new Date().toISOString() }

  const events = []
  const errors = []
  const firehose = new Firehose({
    service: network.pds.replace(/^http/, 'ws'),
    idResolver: new IdResolver({ plcUrl: network.plc, fetch: globalThis.fetch }),
    getCursor: () => 0,
    // `.test` names resolve only inside the private network; commits are what is verified here.
    unauthenticatedHandles: true,
    handleEvent: (event) => void events.push(event),
    onError: (error) => void errors.push(error),
  })
  void firehose.start()
  try {
    await agent.com.atproto.repo.applyWrites({
      repo,
      writes: Array.from({ length: 150 }, (_, n) => ({
        $type: 'com.atproto.repo.applyWrites#create',
        collection,
        rkey: `batch-${n}`,
        value: { ...record, title: `Many ${n}` },
      })),
    })
    for (let n = 0; n < 20; n++) {
      await agent.com.atproto.repo.putRecord({ repo, collection, rkey: `batch-${n}`, record: { ...record, title: `Edited ${n}` } })
      await agent.com.atproto.repo.deleteRecord({ repo, collection, rkey: `batch-${n + 50}` })
    }
    await agent.com.atproto.repo.deleteRecord({ repo, collection, rkey: uri.split('/').at(-1) })

    const count = (kind) => events.filter((event) => event.event === kind).length
    await within(10_000, () => count('delete') === 21 || errors.length > 0)
    assert.deepEqual(errors, [])
    assert.equal(count('create'), 151)
    assert.equal(count('update'), 20)
    assert.equal(count('account'), 1)
    assert.ok(count('identity') >= 1)
    assert.equal(count('sync'), 1)
    const seqs = events.map((event) => event.seq)
    assert.deepEqual(seqs, seqs.toSorted((a, b) => a - b))
  } finally {
    await firehose.destroy()
  }
})
