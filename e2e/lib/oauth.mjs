// Apps that sign in by OAuth, and the person at the browser who lets them.
import { createServer } from 'node:http'
import { Agent } from '@atproto/api'
import { NodeOAuthClient, requestLocalLock } from '@atproto/oauth-client-node'
import { atprotoLoopbackClientMetadata } from '@atproto/oauth-types'
import { press } from './browser.mjs'

export const CLAIM = 'org.hypercerts.claim.activity'
export const EVALUATION = 'org.hypercerts.context.evaluation'

export const claim = () => ({
  title: 'Oak wood replanted',
  shortDescription: 'Three hectares.',
  createdAt: new Date().toISOString(),
})

export const evaluation = (did) => ({
  evaluators: [{ $type: 'app.certified.defs#did', did }],
  summary: 'Well done.',
  createdAt: new Date().toISOString(),
})

export const create = (session, collection, record) =>
  new Agent(session).com.atproto.repo.createRecord({ repo: session.did, collection, record })

/** A server of the test's own on this machine; `answer` gets the request and the response. */
export async function serve(answer) {
  const server = createServer(answer)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Where an app has people sent back to; `arrival()` resolves to what the next one brings along. */
export async function serveCallback(documents = new Map()) {
  let arrived
  const server = await serve(async (request, response) => {
    const url = new URL(request.url, 'http://app')
    if (documents.has(url.pathname)) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(documents.get(url.pathname)))
      return
    }
    let params = url.searchParams
    if (request.method === 'POST') {
      const body = await Array.fromAsync(request)
      params = new URLSearchParams(Buffer.concat(body).toString())
    }
    arrived?.(params)
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><link rel="icon" href="data:,"><title>App</title>Back at the app.')
  })
  return { ...server, arrival: () => new Promise((resolve) => (arrived = resolve)) }
}

/** An app as a program, which remembers its sessions in memory. */
export function nodeClient(network, options) {
  const memory = () => {
    const map = new Map()
    return { get: async (key) => map.get(key), set: async (key, value) => void map.set(key, value), del: async (key) => void map.delete(key) }
  }
  return new NodeOAuthClient({
    stateStore: memory(),
    sessionStore: memory(),
    requestLock: requestLocalLock,
    allowHttp: true,
    plcDirectoryUrl: network.plc,
    handleResolver: network.pds,
    ...options,
  })
}

/** An app on somebody's own machine, whose id says all there is to know of it. */
export function loopbackClient(network, callback, scope, options) {
  const params = new URLSearchParams({ scope, redirect_uri: `${callback.origin}/` })
  const clientMetadata = atprotoLoopbackClientMetadata(`http://localhost?${params}`)
  return nodeClient(network, { clientMetadata, ...options })
}

/** Fills in and sends the form for a password on the page. */
export async function giveMyPassword(page, { password }, name) {
  if (name) await page.getByLabel('Handle or e-mail address').first().fill(name)
  await page.getByLabel('Password').fill(password)
  await press(page, 'Sign in')
}

/** Signs in on the account's own pages. */
export async function signIn(page, origin, account) {
  await page.goto(`${origin}/account/sign-in`)
  await giveMyPassword(page, account, account.handle)
  await page.waitForURL(/\/account$/)
}

/** Reads what the app asks for, and answers it; resolves to the words of the page. */
export async function decide(page, decision = 'Allow') {
  await page.getByRole('button', { name: decision, exact: true }).waitFor()
  const words = (await page.textContent('main')).replace(/\s+/g, ' ')
  await press(page, decision)
  return words
}

/** Does both, where an app has sent somebody. */
export async function letIn(page, account) {
  await giveMyPassword(page, account)
  return decide(page)
}

/** Lets `client` in as `account` in a browser of its own; resolves to the session and the words of the page. */
export async function allow(browser, client, callback, account, { context: settings, ...options } = {}) {
  const context = await browser.newContext(settings)
  try {
    const page = await context.newPage()
    const params = callback.arrival()
    await page.goto((await client.authorize(account.handle, options)).href)
    const words = await letIn(page, account)
    const { session } = await client.callback(await params)
    return { session, words }
  } finally {
    await context.close()
  }
}
