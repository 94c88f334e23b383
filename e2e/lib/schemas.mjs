// Lexicon documents as they lie on disk, and finding one's way in them.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const OURS = fileURLToPath(new URL('../../lexicons/', import.meta.url))
export const PUBLISHED = fileURLToPath(new URL('../node_modules/@hypercerts-org/lexicon/lexicons/', import.meta.url))

/** The paths of all documents under `root`, in order. */
export const documentsUnder = (root) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()

export const readDocument = (root, file) => JSON.parse(readFileSync(join(root, file), 'utf8'))

/** Documents by NSID, with references followed. */
export class Schemas {
  constructor(documents) {
    this.documents = new Map(documents.map((document) => [document.id, document]))
  }

  /** The NSIDs of the record types. */
  recordTypes() {
    return [...this.documents.values()].filter(({ defs }) => defs.main?.type === 'record').map(({ id }) => id)
  }

  /** What `reference`, written in the document `home`, leads to: `{ def, home, name }`; `name` is its `$type`. */
  follow(reference, home) {
    const [nsid, fragment = 'main'] = reference.split('#')
    const id = nsid || home
    const def = this.documents.get(id)?.defs[fragment]
    return def && { def, home: id, name: fragment === 'main' ? id : `${id}#${fragment}` }
  }
}
