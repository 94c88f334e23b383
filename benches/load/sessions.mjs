// Signs a person in at a PDS for an app on this machine, as many times as asked, and prints each session as a line of
// JSON: what the load generator needs to refresh it.
//
//     node sessions.mjs SERVER DID HANDLE PASSWORD COUNT
//
// Walks through the pages of this project's server or of the reference PDS without a browser.
import { createHash, randomBytes, subtle } from 'node:crypto'
import { request } from 'node:http'

const [server, did, handle, password, count] = process.argv.slice(2)
const scope = 'atproto transition:generic'
const redirectUri = 'http://127.0.0.1/callback'
const clientId = `http://localhost?${new URLSearchParams({ redirect_uri: redirectUri, scope })}`

const cookies = new Map()
let nonce

/** A request as a browser would make it: with cookies and the headers that say where it comes from. */
function send(address, { method = 'GET', mode = 'navigate', from, headers = {}, body } = {}) {
  const url = new URL(address, server)
  const site = from ? 'same-origin' : 'none'
  const sent = {
    accept: '*/*',
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    'sec-fetch-site': site,
    'sec-fetch-mode': mode,
    'sec-fetch-dest': mode === 'navigate' ? 'document' : 'empty',
    ...(from ? { referer: from, origin: new URL(server).origin } : {}),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: sent }, (answer) => {
      for (const cookie of answer.headers['set-cookie'] ?? []) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)
        cookies.set(name, value)
      }
      nonce = answer.headers['dpop-nonce'] ?? nonce
      let text = ''
      answer.on('data', (chunk) => (text += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode, location: answer.headers.location, text, url }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const form = (fields) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})

async function post(path, fields, key) {
  for (;;) {
    const used = nonce
    const { body, headers } = form(fields)
    const proof = await key.proof('POST', new URL(path, server).href)
    const answer = await send(path, { method: 'POST', mode: 'cors', body, headers: { ...headers, dpop: proof } })
    const said = JSON.parse(answer.text)
    if (said.error === 'use_dpop_nonce' && nonce !== used) continue
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    return said
  }
}

/** A key pair and the proofs that one has it. */
async function newKey() {
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const { kty, crv, x, y } = await subtle.exportKey('jwk', pair.publicKey)
  const jwk = { kty, crv, x, y }
  const proof = async (htm, htu) => {
    const claims = { jti: randomBytes(16).toString('hex'), htm, htu, iat: Math.floor(Date.now() / 1000), nonce }
    const signed = [{ typ: 'dpop+jwt', alg: 'ES256', jwk }, claims].map(encode).join('.')
    const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, Buffer.from(signed))
    return `${signed}.${Buffer.from(signature).toString('base64url')}`
  }
  const secret = Buffer.from(await subtle.exportKey('pkcs8', pair.privateKey)).toString('base64url')
  return { jwk, proof, secret }
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

async function session() {
  const key = await newKey()
  const verifier = randomBytes(32).toString('base64url')
  const pushed = await post(
    '/oauth/par',
    {
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      response_type: 'code',
      state: randomBytes(8).toString('hex'),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    },
    key,
  )
  const query = new URLSearchParams({ client_id: clientId, request_uri: pushed.request_uri })
  const code = await allow(`/oauth/authorize?${query}`)
  const tokens = await post(
    '/oauth/token',
    { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri, code, code_verifier: verifier },
    key,
  )
  return { clientId, jwk: key.jwk, secret: key.secret, nonce, refreshToken: tokens.refresh_token }
}

/** The code that the app gets when the person agrees. */
async function allow(address) {
  let page = await send(address)
  while (page.location?.startsWith('/')) page = await send(page.location)
  const agreed = page.text.includes('<form') ? await byForms(page) : await byCalls(page)
  const { searchParams } = new URL(agreed, server)
  if (!searchParams.has('code')) throw new Error(`nobody agreed: ${agreed}`)
  return searchParams.get('code')
}

/** This project's pages. */
async function byForms(page) {
  if (page.text.includes('action="/account/sign-in"')) {
    const signedIn = await submit(page, '/account/sign-in', { identifier: handle, password })
    page = await send(signedIn.location)
    while (page.location?.startsWith('/')) page = await send(page.location)
  }
  return (await submit(page, '/oauth/authorize', { decision: 'allow' })).location
}

function submit(page, action, filled) {
  const start = page.text.indexOf(`action="${action}"`)
  const inside = page.text.slice(start, page.text.indexOf('</form>', start))
  const hidden = [...inside.matchAll(/<input[^>]*>/g)].map(([input]) => [attribute(input, 'name'), attribute(input, 'value')])
  const fields = { ...Object.fromEntries(hidden.filter(([name]) => name)), ...filled }
  return send(action, { method: 'POST', from: page.url.href, ...form(fields) })
}

const attribute = (tag, name) => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1].replaceAll('&amp;', '&') ?? ''

/** The reference PDS, whose pages call back. */
async function byCalls(page) {
  const call = async (name, input, token) => {
    const headers = { 'content-type': 'application/json', 'x-csrf-token': cookies.get('csrf-token') }
    if (token) headers.authorization = `Bearer ${token}`
    const path = `/@atproto/oauth-provider/~api/${name}`
    const body = JSON.stringify(input)
    const answer = await send(path, { method: 'POST', mode: 'same-origin', from: page.url.href, headers, body })
    if (answer.status >= 300) throw new Error(`${name}: ${answer.status} ${answer.text}`)
    return JSON.parse(answer.text)
  }
  const signedIn = await call('sign-in', { locale: 'en', username: handle, password, remember: false })
  return (await call('consent', { did, scope }, signedIn.ephemeralToken)).url
}

for (let number = 0; number < Number(count); number += 1) console.log(JSON.stringify(await session()))
