// Reading `subscribeRepos`, as far as telling what was told.
import * as dagCbor from '@ipld/dag-cbor'
import { decodeFirst } from 'cborg'
import { CID } from 'multiformats/cid'

import { NOTE, note } from './stage.mjs'

const PATIENCE = 10_000
let marks = 0

/**
 * The frames about an account that arrive while something is done; or, without an action, all until the server hangs
 * up. Like any answer, so that it can be compared like one.
 */
export async function framesOf(s, did, action, params = {}) {
  const frames = []
  const socket = new WebSocket(`${s.url.replace('http', 'ws')}/xrpc/com.atproto.sync.subscribeRepos?${new URLSearchParams(params)}`)
  socket.binaryType = 'arraybuffer'
  const ended = new Promise((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  const mark = `mark-${(marks += 1)}`
  const marked = new Promise((resolve) =>
    socket.addEventListener('message', ({ data }) => {
      const frame = readFrame(new Uint8Array(data))
      if (frame.body.ops?.some(({ path }) => path === `${NOTE}/${mark}`)) resolve()
      frames.push(frame)
    }),
  )
  await opened(socket, ended)
  if (action) {
    await action()
    // Whatever came of it was told before this.
    await s.tell('repo.putRecord', { repo: s.alice.did, collection: NOTE, rkey: mark, record: note() }, s.alice)
    await patiently(marked)
    socket.close()
  }
  const code = await patiently(ended)
  if (!action) return Response.json({ frames, code })
  const who = typeof did === 'function' ? did() : did
  return Response.json(frames.filter(({ body }) => (body.repo ?? body.did) === who))
}

const opened = (socket, ended) =>
  patiently(Promise.race([new Promise((resolve) => socket.addEventListener('open', resolve)), ended]))

const patiently = (promise) =>
  Promise.race([
    promise,
    new Promise((_, refuse) => setTimeout(() => refuse(new Error('nothing came')), PATIENCE).unref()),
  ])

function readFrame(bytes) {
  const [head, rest] = decodeFirst(bytes, dagCbor.decodeOptions)
  return { head, body: plain(dagCbor.decode(rest)) }
}

/** With links and bytes as texts. */
function plain(value) {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  const link = CID.asCID(value)
  if (link) return link.toString()
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}
