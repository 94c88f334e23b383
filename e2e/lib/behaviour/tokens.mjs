// Tokens as each server would sign them, made with its own secret: the only way to have one that has expired.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'

const NONCE = 24

/** Opens what `crates/pds` sealed with the master key beside its database. */
export function secretOfOurs(data) {
  const master = readFileSync(join(data, 'pds', 'master.key'))
  const database = new DatabaseSync(join(data, 'pds', 'pds.sqlite'), { readOnly: true })
  const { value } = database.prepare("SELECT value FROM meta WHERE key = 'token-secret'").get()
  database.close()
  const purpose = Buffer.from('hypercerts-pds\ntoken-secret\n')
  return Buffer.from(xchacha20poly1305(master, value.subarray(0, NONCE), purpose).decrypt(value.subarray(NONCE)))
}

/** Mints for the server with this secret and DID; what is not said is as in a good access token. */
export const minter = (secret, audience) => (subject, { typ = 'at+jwt', alg = 'HS256', key = secret, ...claims } = {}) => {
  const now = Math.floor(Date.now() / 1000)
  const header = encode({ typ, alg })
  const payload = encode({
    scope: 'com.atproto.access',
    aud: audience,
    sub: subject.did,
    iat: now,
    exp: now + 7200,
    ...claims,
  })
  const signature = alg === 'none' ? '' : createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url')
  return `Bearer ${header}.${payload}.${signature}`
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
