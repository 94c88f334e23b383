// The environment of a reference PDS among servers on loopback. Whoever starts it says its PDS_PORT, PDS_DATA_DIRECTORY
// and PDS_DID_PLC_URL; what else they say goes before what is said here.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

const secret = () => randomBytes(32).toString('hex')
const { PDS_PORT: port, PDS_DATA_DIRECTORY: data, PDS_DID_PLC_URL: plc } = process.env

const given = {
  NODE_ENV: 'production',
  LOG_ENABLED: 'false',
  PDS_HOSTNAME: 'localhost',
  // Two of them on one machine differ by the port alone.
  PDS_SERVICE_DID: `did:web:localhost%3A${port}`,
  PDS_SERVICE_HANDLE_DOMAINS: '.test',
  PDS_DEV_MODE: 'true',
  PDS_BLOBSTORE_DISK_LOCATION: join(data, 'blobs'),
  PDS_BLOBSTORE_DISK_TMP_LOCATION: join(data, 'unfinished'),
  PDS_INVITE_REQUIRED: 'false',
  PDS_RATE_LIMITS_ENABLED: 'false',
  PDS_ENABLE_DID_DOC_WITH_SESSION: 'true',
  // Everything else in the network is on loopback.
  PDS_DISABLE_SSRF_PROTECTION: 'true',
  PDS_JWT_SECRET: secret(),
  PDS_ADMIN_PASSWORD: secret(),
  PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: secret(),
}

for (const [name, value] of Object.entries(given)) process.env[name] ??= value
// It looks up DIDs only with hosts that have a name.
process.env.PDS_DID_PLC_URL = plc.replace('127.0.0.1', 'localhost')
for (const name of ['blobs', 'unfinished']) mkdirSync(join(data, name), { recursive: true })
