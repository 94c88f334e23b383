// The reference PDS as a child process, on loopback only. Tells its parent when it listens, and hands over every mail
// instead of sending it.
import net from 'node:net'
// Before the server, parts of which read their settings when they are loaded.
import './settings.mjs'
import { PDS } from '@atproto/pds'

// It asks for all interfaces and has no setting for it.
const { listen } = net.Server.prototype
net.Server.prototype.listen = function (port, ...rest) {
  return typeof port === 'number' ? listen.call(this, port, '127.0.0.1', ...rest) : listen.call(this, port, ...rest)
}

const handOver = (mail, done) => {
  process.send?.({ mail: { to: mail.data.to, subject: mail.data.subject, text: mail.data.text } })
  done()
}

await PDS.run({
  // After the step that makes text of HTML.
  onCreated: (pds) => void pds.ctx.mailer.transporter.use('compile', handOver),
  onStarted: () => void process.send?.({ listening: true }),
})
// The channel to the parent would keep the process.
process.disconnect?.()
