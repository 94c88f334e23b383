// The environment of a reference PDS among servers on loopback. Whoever starts it says its PDS_PORT, PDS_DATA_DIRECTORY
// and PDS_DID_PLC_URL, and may choose its domain and secrets.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

const secret = () => randomBytes(32).toString('hex')
const { env } = process
const { PDS_PORT: port, PDS_DATA_DIRECTORY: data } = env

Object.assign(env, {
  NODE_ENV: 'production',
  LOG_ENABLED: 'false',
  PDS_HOSTNAME: 'localhost',
  // Two of them on one machine differ by the port alone.
  PDS_SERVICE_DID: `did:web:localhost%3A${port}`,
  PDS_SERVICE_HANDLE_DOMAINS: env.PDS_SERVICE_HANDLE_DOMAINS ?? '.test',
  PDS_DEV_MODE: 'true',
  PDS_BLOBSTORE_DISK_LOCATION: join(data, 'blobs'),
  PDS_BLOBSTORE_DISK_TMP_LOCATION: join(data, 'unfinished'),
  // It looks up DIDs only with hosts that have a name.
  PDS_DID_PLC_URL: env.PDS_DID_PLC_URL.replace('127.0.0.1', 'localhost'),
  PDS_INVITE_REQUIRED: 'false',
  PDS_RATE_LIMITS_ENABLED: 'false',
  // Everything else in the network is on loopback.
  PDS_DISABLE_SSRF_PROTECTION: 'true',
  PDS_JWT_SECRET: env.PDS_JWT_SECRET ?? secret(),
  PDS_ADMIN_PASSWORD: env.PDS_ADMIN_PASSWORD ?? secret(),
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: secret(),
})

for (const name of ['blobs', 'unfinished']) mkdirSync(join(data, name), { recursive: true })
