// A whole network for one test file: the release binary on free ports, in a folder that is removed afterwards.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

export const binary = process.env.HYPERCERTS_BIN ?? join(root, 'target', 'release', 'hypercerts')

/** Starts `hypercerts up`; the answer has the addresses, `stop()` which insists on a clean exit, and `restart()`. */
export async function startNetwork(...flags) {
  const data = await mkdtemp(join(tmpdir(), 'hypercerts-e2e-'))
  let running = await up(data, flags)
  return {
    ...running.addresses,
    data,
    log: () => running.log(),
    /** Another process goes on with the same data at the same addresses, which a network keeps. */
    async restart() {
      await running.stop()
      running = await up(data, flags)
    },
    async stop() {
      try {
        await running.stop()
      } finally {
        await rm(data, { recursive: true, force: true })
      }
    },
  }
}

async function up(data, flags) {
  const free = '127.0.0.1:0'
  const child = spawn(
    binary,
    ['up', '--json', '--data', data, '--app', free, '--pds', free, '--plc', free, ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let log = ''
  child.stderr.on('data', (chunk) => (log += chunk))
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  return {
    addresses: JSON.parse(await firstLine(child, exited, () => log)),
    log: () => log,
    async stop() {
      child.kill('SIGTERM')
      const { code, signal } = await exited
      if (code !== 0) throw new Error(`hypercerts up ended with ${code ?? signal}:\n${log}`)
    },
  }
}

async function firstLine(child, exited, log) {
  const line = new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
  const early = exited.then(({ code, signal }) => {
    throw new Error(`hypercerts up ended at once with ${code ?? signal}:\n${log()}`)
  })
  return Promise.race([line, early])
}

/** Runs the command line of the same binary; resolves to `{ code, stdout, stderr }`, never rejects on a failing command. */
export function hypercerts(network, args, { env = {}, input } = {}) {
  const child = spawn(binary, args, {
    env: {
      ...process.env,
      HYPERCERTS_PDS: network.pds,
      HYPERCERTS_APP: network.app,
      HYPERCERTS_PLC_URL: network.plc,
      HYPERCERTS_DATA: network.data,
      XDG_CONFIG_HOME: join(network.data, 'config'),
      ...env,
    },
  })
  const out = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (out.stdout += chunk))
  child.stderr.on('data', (chunk) => (out.stderr += chunk))
  child.stdin.end(input)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...out })))
}

/** The same for a command that must succeed; resolves to what it wrote. */
export async function run(network, args, options) {
  const result = await hypercerts(network, args, options)
  if (result.code !== 0) throw new Error(`hypercerts ${args.join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`)
  return result.stdout
}

/** Creates an account with the command line, which is then logged in. */
export const signUp = (network, handle) =>
  run(network, ['account', 'create', handle, '--password-stdin'], { input: `correct horse ${handle}\n` })

/** Asks again and again until `question` answers something true; fails after `ms` with what it saw last. */
export async function within(ms, question) {
  const deadline = performance.now() + ms
  let last
  for (;;) {
    try {
      const answer = await question()
      if (answer) return answer
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) {
      throw new Error(`not true within ${ms} ms: ${question}`, { cause: last })
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export const pagePath = (uri) => `/hypercert/${uri.slice('at://'.length)}`

/** The page's visible words, as a reader without JavaScript gets them. */
export async function pageText(network, path) {
  const response = await fetch(network.app + path)
  const html = await response.text()
  const text = html
    .replace(/<(style|svg|head)\b[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#x27;|&#39;/g, "'")
    .replace(/&quot;|&#34;/g, '"')
    .replace(/&amp;|&#38;/g, '&')
    .replace(/\s+/g, ' ')
  return { status: response.status, text }
}
