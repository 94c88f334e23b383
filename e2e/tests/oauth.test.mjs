// Apps that sign in by OAuth, with the library that apps use and the pages that people see.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skip } from '../lib/browser.mjs'
import {
  CLAIM, EVALUATION, allow, claim, create, decide, evaluation, giveMyPassword, loopbackClient,
} from '../lib/oauth.mjs'
import { browser, callback, forester, network, visiting } from '../lib/stage.mjs'

const GENERIC = 'atproto transition:generic'

const app = (scope, options) => loopbackClient(network, callback, scope, options)

test('an app is let in, writes what it was allowed to, refreshes, and is put out', { skip }, async () => {
  const client = app(`atproto repo:${CLAIM}`)
  const { session, words } = await allow(browser, client, callback, forester)
  assert.equal(session.did, forester.did)
  assert.match(words, /Let this app act for you\?/)
  assert.ok(words.includes('forester.test'), words)

  const { data } = await create(session, CLAIM, claim())
  assert.ok(data.uri.startsWith(`at://${forester.did}/${CLAIM}/`))
  await assert.rejects(
    create(session, EVALUATION, evaluation(forester.did)),
    (error) => error.status === 403 && error.error === 'ScopeMissingError',
  )

  const before = await session.getTokenInfo(false)
  const refreshed = await client.restore(forester.did, true)
  assert.ok((await refreshed.getTokenInfo(false)).expiresAt >= before.expiresAt)
  await create(refreshed, CLAIM, claim())

  await refreshed.signOut()
  await assert.rejects(create(refreshed, CLAIM, claim()))
})

test('a permission set opens every type of record of its namespace', { skip }, async () => {
  const { session } = await allow(browser, app('atproto include:org.hypercerts.authWrite'), callback, forester)
  await create(session, CLAIM, claim())
  await create(session, EVALUATION, evaluation(forester.did))
})

test('none of it needs JavaScript', { skip }, async () => {
  const context = { javaScriptEnabled: false }
  const { session } = await allow(browser, app(GENERIC), callback, forester, { context })
  await create(session, CLAIM, claim())
})

test('an app that takes its answer as a form gets it', { skip }, async () => {
  const { session } = await allow(browser, app(GENERIC, { responseMode: 'form_post' }), callback, forester)
  await create(session, CLAIM, claim())
})

test('whoever does not allow it sends the app away with that word', { skip }, () =>
  visiting(async (page) => {
    const client = app(GENERIC)
    const params = callback.arrival()
    await page.goto((await client.authorize(forester.handle)).href)
    await giveMyPassword(page, forester)
    await decide(page, 'Do not allow')
    assert.equal((await params).get('error'), 'access_denied')
  }))
