// The AT Protocol's reference PDS, the npm package `@atproto/pds`, as a second server beside ours.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = join(dirname(fileURLToPath(import.meta.url)), '..', 'reference')

export const ADMIN_PASSWORD = 'the administrator'

/**
 * Starts one that knows the directory at `plc`. `domain` is what its handles end in; with `appView`, it believes that
 * there is one, which it needs to keep preferences.
 */
export async function startReference({ plc, port, domain = '.test', appView = false }) {
  const data = await mkdtemp(join(tmpdir(), 'hypercerts-reference-'))
  port ??= await freePort()
  const jwtSecret = randomBytes(32).toString('hex')
  const child = fork(join(home, 'serve.mjs'), {
    cwd: home,
    env: {
      ...process.env,
      PDS_PORT: port,
      PDS_DATA_DIRECTORY: data,
      PDS_DID_PLC_URL: plc,
      PDS_SERVICE_HANDLE_DOMAINS: domain,
      PDS_JWT_SECRET: jwtSecret,
      PDS_ADMIN_PASSWORD: ADMIN_PASSWORD,
      PDS_ENABLE_DID_DOC_WITH_SESSION: 'true',
      ...(appView ? APP_VIEW : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const server = watch(child)
  await server.listening
  return {
    url: `http://localhost:${port}`,
    did: `did:web:localhost%3A${port}`,
    domain,
    data,
    jwtSecret,
    log: server.log,
    /** The mails it would have sent to an address, oldest first. */
    mailsTo: (address) => server.mails.filter((mail) => mail.to === address),
    async stop() {
      child.kill('SIGTERM')
      const code = await server.exited
      await rm(data, { recursive: true, force: true })
      if (code !== 0) throw new Error(`the reference PDS ended with ${code}:\n${server.log()}`)
    },
  }
}

/** What the child says: its log, its mails, whether it listens, and how it ended. */
function watch(child) {
  let log = ''
  const mails = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk))
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
  const listening = new Promise((resolve, reject) => {
    child.on('message', ({ mail, listening }) => {
      if (mail) mails.push(mail)
      if (listening) resolve()
    })
    exited.then((code) => reject(new Error(`the reference PDS ended at once with ${code}:\n${log}`)))
  })
  return { log: () => log, mails, exited, listening }
}

const APP_VIEW = { PDS_BSKY_APP_VIEW_URL: 'http://127.0.0.1:9', PDS_BSKY_APP_VIEW_DID: 'did:web:appview.invalid' }

/** A port that nobody listens on. */
export async function freePort() {
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}
