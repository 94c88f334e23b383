// The libraries that apps use, from asking to being put out: in a browser, and on a server that proves who it is.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { JoseKey } from '@atproto/oauth-client-node'
import { build } from 'esbuild'
import { skip } from '../lib/browser.mjs'
import {
  CLAIM, EVALUATION, claim, create, decide, evaluation, letIn, nodeClient, serve, serveCallback,
} from '../lib/oauth.mjs'
import { browser, forester, network } from '../lib/stage.mjs'

let app
before(async () => {
  if (!skip) app = await browserApp()
})
after(() => app?.stop())

/** A page that is an app. */
async function browserApp() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../lib/oauth-app.mjs', import.meta.url))],
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  })
  const script = outputFiles[0].text
  return serve((request, response) => {
    const isScript = request.url === '/app.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><link rel="icon" href="data:,"><title>App</title><script type="module" src="/app.js"></script>')
  })
}

/** Opens the app's page in a browser of its own; `begin()` resolves to whom the app takes for signed in. */
async function openApp(scope) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const options = { scope, pds: network.pds, plc: network.plc }
  const begin = async (where = page) => {
    await where.waitForFunction(() => 'begin' in window)
    return where.evaluate((options) => begin(options), options)
  }
  await page.goto(app.origin)
  assert.equal(await begin(), undefined, 'nobody is signed in')
  return {
    page,
    begin,
    /** The library never comes back from it, as the page is left. */
    leave: (input, options) => void page.evaluate(([input, options]) => signIn(input, options), [input, options]).catch(() => {}),
    write: (collection, record) => page.evaluate(([collection, record]) => write(collection, record), [collection, record]),
    close: () => context.close(),
  }
}

test('an app in a browser is let in, writes, outlives its page, refreshes and is put out', { skip }, async () => {
  const { page, begin, leave, write, close } = await openApp(`atproto repo:${CLAIM}`)
  try {
    leave(forester.handle)
    await page.waitForURL(`${network.pds}/account/sign-in**`)
    const words = await letIn(page, forester)
    assert.match(words, /Write, change and delete hypercert claims/)
    await page.waitForURL(`${app.origin}/#**`)
    assert.match(page.url(), /#.*code=/, 'the answer comes where servers do not see it')

    assert.equal(await begin(), forester.did)
    const { uri } = await write(CLAIM, claim())
    assert.ok(uri?.startsWith(`at://${forester.did}/${CLAIM}/`))
    const { refused } = await write(EVALUATION, evaluation(forester.did))
    assert.deepEqual([refused?.status, refused?.error], [403, 'ScopeMissingError'])

    await page.goto(app.origin)
    assert.equal(await begin(), forester.did, 'the session outlives the page')
    await page.evaluate(() => refresh())
    assert.ok((await write(CLAIM, claim())).uri)

    await page.evaluate(() => signOut())
    assert.deepEqual(await page.evaluate(() => useOldTokens()), { status: 401, refreshed: 'invalid_grant' })
    await page.goto(app.origin)
    assert.equal(await begin(), undefined, 'the app knows that it is signed out')
  } finally {
    await close()
  }
})

test('an app opens the pages in a window of its own, which closes', { skip }, async () => {
  const { page, begin, write, close } = await openApp(`atproto repo:${CLAIM}`)
  try {
    const opening = page.waitForEvent('popup')
    const signedIn = page.evaluate((handle) => signInBeside(handle), forester.handle)
    const popup = await opening
    const closing = popup.waitForEvent('close')
    await letIn(popup, forester)
    await popup.waitForURL(`${app.origin}/#**`)
    begin(popup).catch(() => {})
    assert.equal(await signedIn, forester.did)
    await closing
    assert.ok((await write(CLAIM, claim())).uri)
  } finally {
    await close()
  }
})

test('somebody without an account makes one on the way to an app', { skip }, async () => {
  const { page, begin, leave, write, close } = await openApp(`atproto repo:${CLAIM}`)
  try {
    leave(network.pds, { prompt: 'create' })
    await page.waitForURL(`${network.pds}/account/create**`)
    await page.getByLabel('Name', { exact: true }).fill('newcomer')
    await page.getByLabel('E-mail address').fill('newcomer@example.com')
    await page.getByLabel('Password').fill('correct horse newcomer')
    await page.getByRole('button', { name: 'Create the account' }).click()
    const words = await decide(page)
    assert.ok(words.includes('newcomer.test'), words)
    await page.waitForURL(`${app.origin}/#**`)
    const did = await begin()
    assert.match(did, /^did:plc:/)
    assert.ok((await write(CLAIM, claim())).uri?.startsWith(`at://${did}/`))
  } finally {
    await close()
  }
})

/** An app on a server, which publishes who it is; `client(key)` is the app as it signs with that key. */
async function confidentialApp() {
  const documents = new Map()
  const server = await serveCallback(documents)
  const metadata = {
    client_name: 'Forest Ledger',
    redirect_uris: [`${server.origin}/callback`],
    scope: 'atproto include:org.hypercerts.authWrite',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    application_type: 'native',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    dpop_bound_access_tokens: true,
  }
  const addresses = { client_id: `${server.origin}/client.json`, jwks_uri: `${server.origin}/jwks.json` }
  documents.set('/client.json', { ...metadata, ...addresses })
  return {
    ...server,
    publish: (...keys) => documents.set('/jwks.json', { keys: keys.map((key) => key.publicJwk) }),
    client(key) {
      const elsewhere = { client_id: 'https://app.example.org/client.json', jwks_uri: 'https://app.example.org/jwks.json' }
      const client = nodeClient(network, { clientMetadata: { ...metadata, ...elsewhere }, keyset: [key] })
      // The library insists on certificates, which a network on one machine has none of.
      Object.assign(client.clientMetadata, addresses)
      return client
    },
  }
}

test('an app that proves who it is is asked about once, and lives as long as its key', { skip }, async () => {
  const ledger = await confidentialApp()
  const [first, second] = await Promise.all(['first', 'second'].map((kid) => JoseKey.generate(['ES256'], kid)))
  ledger.publish(first)
  const context = await browser.newContext()
  const visit = async (client, step) => {
    const page = await context.newPage()
    const params = ledger.arrival()
    await page.goto((await client.authorize(forester.handle)).href)
    await step?.(page)
    const { session } = await client.callback(await params)
    await page.close()
    return session
  }
  try {
    const client = ledger.client(first)
    const session = await visit(client, async (page) => {
      const words = await letIn(page, forester)
      assert.match(words, /127\.0\.0\.1.*It calls itself “Forest Ledger”, which nobody has checked/)
      assert.match(words, /Write your Hypercerts records/)
    })
    await create(session, CLAIM, claim())
    await create(await client.restore(forester.did, true), CLAIM, claim())
    await create(await visit(client), CLAIM, claim())

    // What an app publishes is taken for true for a minute, or until the server starts anew.
    await network.restart()
    await create(await client.restore(forester.did, true), CLAIM, claim())

    ledger.publish(second)
    await network.restart()
    await assert.rejects(client.restore(forester.did, true), ({ error }) => error === 'invalid_client')
    await create(await visit(ledger.client(second)), CLAIM, claim())
  } finally {
    await context.close()
    ledger.stop()
  }
})
