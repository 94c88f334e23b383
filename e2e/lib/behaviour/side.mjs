// One of two servers that are asked the same, and the people who have accounts there.
//
// A method's `com.atproto.` is left out: `s.query('repo.getRecord', …)`. `who` is an account (acting with its access
// token), an Authorization header as text, or nobody.
import { within } from '../network.mjs'
import { PHOTO, seed } from './stage.mjs'

const OURS = /^(admin|identity|label|moderation|repo|server|sync|temp)\./

/** Longer than any answer may take. */
const PATIENCE = 20_000

const CODE = /\b[A-Z0-9]{5}-[A-Z0-9]{5}\b/

export class Side {
  /**
   * `secrets` mints tokens this server takes for its own; `mailsTo` reads what it wrote to an address; `service` and
   * `gone` are the names of a service of somebody else's and of one that is not there any more.
   */
  constructor({ name, url, did, secrets, mailsTo, service, gone }) {
    Object.assign(this, { name, url, did, secrets, mailsTo, service, gone })
  }

  /** Any request at all. */
  fetch(path, { headers = {}, who, ...options } = {}) {
    return fetch(this.url + path, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
      headers: { ...(who && { authorization: authorization(who) }), ...headers },
      ...options,
    })
  }

  query(method, params = {}, who, headers) {
    return this.fetch(`/xrpc/${nsid(method)}${search(params)}`, { who, headers })
  }

  /** A procedure; a body that is text or bytes goes out as it is, everything else as JSON. */
  call(method, body, who, headers) {
    return this.fetch(`/xrpc/${nsid(method)}`, { method: 'POST', who, ...content(body, headers) })
  }

  /** The JSON of an answer that has to be a good one. */
  async ask(method, params, who) {
    return good(method, await this.query(method, params, who))
  }

  async tell(method, body, who) {
    return good(method, await this.call(method, body, who))
  }

  async signUp(name) {
    const { email, password } = { email: `${name}@example.com`, password: `correct horse ${name}` }
    const made = await this.tell('server.createAccount', { handle: `${name}.test`, email, password })
    return { ...made, email, password, name }
  }

  /** A session that began with an app password. */
  async appSession(account, name) {
    const { password } = await this.tell('server.createAppPassword', { name }, account)
    return this.tell('server.createSession', { identifier: account.did, password })
  }

  /** Everybody and everything that the cases speak of. */
  async raiseCurtain() {
    this.alice = await this.signUp('alice')
    this.bob = await this.signUp('bob')
    this.blobLimit = (await this.ask('server.describeServer')).blobUploadLimit
    for (const name of ['carol', 'dave', 'erin', 'frank', 'gina', 'judy']) this[name] = await this.signUp(name)
    this.app = await this.appSession(this.alice, 'an app')
    await seed(this)
  }

  async upload(bytes = PHOTO, type = 'image/png', who = this.alice) {
    return good('repo.uploadBlob', await this.call('repo.uploadBlob', bytes, who, { 'content-type': type }))
  }

  /** Calls a method that mails a code to an account, and waits for the code. */
  async mailedCode(account, method, body) {
    const before = (await this.mailsTo(account.email)).length
    await this.tell(method, body, account)
    return within(PATIENCE, async () => {
      const mails = await this.mailsTo(account.email)
      return mails.length > before && mails.at(-1).text.match(CODE)?.[0]
    })
  }
}

const nsid = (method) => (OURS.test(method) ? `com.atproto.${method}` : method)

const authorization = (who) => (typeof who === 'string' ? who : `Bearer ${who.accessJwt}`)

function search(params) {
  const pairs = Object.entries(params).flatMap(([key, value]) => [value].flat().map((one) => [key, one]))
  const given = pairs.filter(([, value]) => value !== undefined)
  return given.length > 0 ? `?${new URLSearchParams(given)}` : ''
}

function content(body, headers) {
  if (body === undefined) return { headers }
  if (typeof body === 'string' || body instanceof Uint8Array) return { body, headers }
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
}

async function good(method, response) {
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} answered ${response.status}: ${text}`)
  return text === '' ? {} : JSON.parse(text)
}
