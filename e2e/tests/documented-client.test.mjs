// The program of the documentation, run unchanged, and what a reader sees of it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { documentedProgram, evaluationOf, newAccount } from '../lib/clients.mjs'
import { pagePath, pageText, startNetwork, within } from '../lib/network.mjs'

let network, maintainer, ecologist
before(async () => {
  network = await startNetwork()
  maintainer = await newAccount(network, 'maintainer')
  ecologist = await newAccount(network, 'ecologist')
})
after(() => network.stop())

const picture = async (uri) => {
  const url = `${network.app}/xrpc/rs.hypercerts.index.getHypercert?uri=${encodeURIComponent(uri)}`
  const response = await fetch(url)
  return { status: response.status, body: await response.json() }
}

test('a claim written by the documented program becomes a verified hypercert page', async () => {
  const claim = await documentedProgram(network.pds, maintainer.handle, maintainer.appPassword)
  assert.match(claim.uri, /^at:\/\/did:plc:[a-z2-7]{24}\/org\.hypercerts\.claim\.activity\/[2-7a-z]{13}$/)
  assert.equal(claim.validationStatus, 'valid')

  await within(1000, async () => (await picture(claim.uri)).status === 200)
  await ecologist.agent.com.atproto.repo.createRecord({
    repo: ecologist.did,
    collection: 'org.hypercerts.context.evaluation',
    record: evaluationOf(claim, ecologist.did, 'Careful work, well documented.'),
  })
  const { text } = await within(1000, async () => {
    const page = await pageText(network, pagePath(claim.uri))
    return page.text.includes('Careful work, well documented.') && page
  })
  for (const words of ['Open Source Library Maintenance', 'library-maintenance', 'Signed', 'Intact', '@ecologist.test']) {
    assert.ok(text.includes(words), `the page says "${words}": ${text}`)
  }

  const { body } = await picture(claim.uri)
  assert.equal(body.claim.cid, claim.cid)
  assert.equal(body.evaluations.total, 1)
  assert.equal(body.evaluations.items[0].author.did, ecologist.did)
  assert.equal(body.evaluations.items[0].ownRepository, false)
})

test('an edit is seen within a second, and an evaluation of the earlier version says so', async () => {
  const { agent, uri, cid } = await documentedProgram(network.pds, maintainer.handle, maintainer.appPassword)
  await ecologist.agent.com.atproto.repo.createRecord({
    repo: ecologist.did,
    collection: 'org.hypercerts.context.evaluation',
    record: evaluationOf({ uri, cid }, ecologist.did, 'About the first wording.'),
  })
  const rkey = uri.split('/').at(-1)
  const { data } = await agent.com.atproto.repo.getRecord({ repo: agent.session.did, collection: 'org.hypercerts.claim.activity', rkey })
  await agent.com.atproto.repo.putRecord({
    repo: agent.session.did,
    collection: 'org.hypercerts.claim.activity',
    rkey,
    swapRecord: cid,
    record: { ...data.value, title: 'Open Source Library Maintenance, 2025' },
  })
  const page = await within(1000, async () => {
    const { text } = await pageText(network, pagePath(uri))
    return text.includes('Library Maintenance, 2025') && text
  })
  assert.ok(page.includes('earlier version'), page)
})

test('a deletion is seen within a second', async () => {
  const { agent, uri } = await documentedProgram(network.pds, maintainer.handle, maintainer.appPassword)
  await within(1000, async () => (await pageText(network, pagePath(uri))).status === 200)
  const rkey = uri.split('/').at(-1)
  await agent.com.atproto.repo.deleteRecord({ repo: agent.session.did, collection: 'org.hypercerts.claim.activity', rkey })
  await within(1000, async () => (await pageText(network, pagePath(uri))).status === 404)
  assert.equal((await picture(uri)).body.error, 'RecordNotFound')
})

test('a wrong password and a record of the wrong shape are refused with words that help', async () => {
  await assert.rejects(
    documentedProgram(network.pds, maintainer.handle, 'not-the-password'),
    (error) => error.status === 401 && error.error === 'AuthenticationRequired',
  )
  await assert.rejects(
    maintainer.agent.com.atproto.repo.createRecord({
      repo: maintainer.did,
      collection: 'org.hypercerts.claim.activity',
      record: { title: 'No description', createdAt: 'yesterday' },
    }),
    (error) => error.status === 400 && /shortDescription/.test(error.message) && /createdAt/.test(error.message),
  )
})
