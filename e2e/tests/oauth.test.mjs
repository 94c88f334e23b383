// Apps that sign in by OAuth, with the library that apps use and the pages that people see.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { Agent } from '@atproto/api'
import { NodeOAuthClient, requestLocalLock } from '@atproto/oauth-client-node'
import { atprotoLoopbackClientMetadata } from '@atproto/oauth-types'
import { chromium } from 'playwright-core'
import { newAccount } from '../lib/clients.mjs'
import { startNetwork } from '../lib/network.mjs'

const skip = process.env.HYPERCERTS_E2E_BROWSER === '0' && 'without a browser'
const CLAIM = 'org.hypercerts.claim.activity'

let network, forester, browser, callback, arrived
before(async () => {
  if (skip) return
  network = await startNetwork()
  forester = await newAccount(network, 'forester')
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] })
  callback = createServer((request, response) => {
    arrived?.(new URL(request.url, 'http://127.0.0.1').searchParams)
    response.end('Back at the app.')
  })
  await new Promise((resolve) => callback.listen(0, '127.0.0.1', resolve))
})
after(async () => {
  callback?.close()
  await browser?.close()
  await network?.stop()
})

/** An app on somebody's own machine, which remembers its sessions in memory. */
function app(scope) {
  const redirect = `http://127.0.0.1:${callback.address().port}/`
  const params = new URLSearchParams({ scope, redirect_uri: redirect })
  const memory = () => {
    const map = new Map()
    return { get: async (key) => map.get(key), set: async (key, value) => void map.set(key, value), del: async (key) => void map.delete(key) }
  }
  const clientMetadata = atprotoLoopbackClientMetadata(`http://localhost?${params}`)
  return new NodeOAuthClient({
    clientMetadata,
    stateStore: memory(),
    sessionStore: memory(),
    requestLock: requestLocalLock,
    allowHttp: true,
    plcDirectoryUrl: network.plc,
    handleResolver: network.pds,
  })
}

/** Signs in at the server's pages and allows what is asked, as a person does; answers what the page said that was. */
async function allow(client, scope, { javaScriptEnabled = true } = {}) {
  const url = await client.authorize(forester.handle, { scope })
  const context = await browser.newContext({ javaScriptEnabled })
  const page = await context.newPage()
  const params = new Promise((resolve) => (arrived = resolve))
  await page.goto(url.href)
  await page.getByLabel('Password').fill(forester.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Allow', exact: true }).waitFor()
  const words = (await page.textContent('main')).replace(/\s+/g, ' ')
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  const { session } = await client.callback(await params)
  await context.close()
  return { session, words }
}

const claim = () => ({
  title: 'Oak wood replanted',
  shortDescription: 'Three hectares.',
  createdAt: new Date().toISOString(),
})

const evaluation = (did) => ({
  evaluators: [{ $type: 'app.certified.defs#did', did }],
  summary: 'Well done.',
  createdAt: new Date().toISOString(),
})

const create = (session, collection, record) =>
  new Agent(session).com.atproto.repo.createRecord({ repo: session.did, collection, record })

test('an app is let in, writes what it was allowed to, refreshes, and is put out', { skip }, async () => {
  const client = app(`atproto repo:${CLAIM}`)
  const { session, words } = await allow(client, `atproto repo:${CLAIM}`)
  assert.equal(session.did, forester.did)
  assert.match(words, /Let this app act for you\?/)
  assert.ok(words.includes('forester.test'), words)

  const { data } = await create(session, CLAIM, claim())
  assert.ok(data.uri.startsWith(`at://${forester.did}/${CLAIM}/`))
  await assert.rejects(
    create(session, 'org.hypercerts.context.evaluation', evaluation(forester.did)),
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
  const scope = 'atproto include:org.hypercerts.authWrite'
  const { session } = await allow(app(scope), scope)
  await create(session, CLAIM, claim())
  await create(session, 'org.hypercerts.context.evaluation', evaluation(forester.did))
})

test('none of it needs JavaScript', { skip }, async () => {
  const scope = 'atproto transition:generic'
  const { session } = await allow(app(scope), scope, { javaScriptEnabled: false })
  await create(session, CLAIM, claim())
})

test('whoever does not allow it sends the app away with that word', { skip }, async () => {
  const client = app('atproto transition:generic')
  const url = await client.authorize(forester.handle, { scope: 'atproto transition:generic' })
  const page = await browser.newPage()
  const params = new Promise((resolve) => (arrived = resolve))
  await page.goto(url.href)
  await page.getByLabel('Password').fill(forester.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Do not allow' }).click()
  assert.equal((await params).get('error'), 'access_denied')
  await page.close()
})

test('the pages fit their screens, have no accessibility violation, and cannot be framed', { skip }, async () => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
  for (const path of ['/account/sign-in', '/account/create', '/account/recover']) {
    for (const width of [360, 1440]) {
      for (const colorScheme of ['light', 'dark']) {
        const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true })
        const page = await context.newPage()
        const response = await page.goto(network.pds + path)
        assert.equal(response.headers()['x-frame-options'], 'DENY')
        assert.match(response.headers()['content-security-policy'], /frame-ancestors 'none'/)
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        assert.ok(overflow <= 0, `${path} at ${width}: ${overflow} px stick out`)
        await page.addScriptTag({ path: axe })
        const { violations } = await page.evaluate(() => globalThis.axe.run())
        assert.deepEqual(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes.map((node) => node.html).join(' | ')}`), [])
        await context.close()
      }
    }
  }
})
