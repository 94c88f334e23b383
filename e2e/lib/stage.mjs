// What the tests of signing in share: each file that imports it has a network, an account on it, a browser, and a place
// where an app is answered, from before its first test until after its last one.
import { after, before } from 'node:test'
import { launch, skip } from './browser.mjs'
import { newAccount } from './clients.mjs'
import { startNetwork } from './network.mjs'
import { serveCallback } from './oauth.mjs'

export let network, browser, callback, forester
/** The PDS by its name instead of its address: browsers keep passkeys for names only. */
export let named

before(async () => {
  if (skip) return
  network = await startNetwork()
  named = network.pds.replace('127.0.0.1', 'localhost')
  forester = await newAccount(network, 'forester')
  browser = await launch()
  callback = await serveCallback()
})
after(async () => {
  callback?.stop()
  await browser?.close()
  await network?.stop()
})

/** Runs `visit` with a page in a browser of its own. */
export async function visiting(visit, settings) {
  const context = await browser.newContext(settings)
  try {
    await visit(await context.newPage())
  } finally {
    await context.close()
  }
}
